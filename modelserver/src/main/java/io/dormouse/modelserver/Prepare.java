package io.dormouse.modelserver;

import io.dormouse.modelserver.setup.Preparation;
import java.io.IOException;
import java.nio.file.Path;

/// Prepares an ONNX model for serving, once, at its deployment: `Prepare --model DIR --into
/// EMPTY_DIR`.
///
/// See `docs/container-contract.md`.
public final class Prepare {
    private Prepare() {}

    public static void main(String[] words) throws IOException {
        boolean quick = words.length == 5 && words[4].equals("--quick");
        if ((words.length != 4 && !quick)
                || !words[0].equals("--model")
                || !words[2].equals("--into")) {
            System.err.println("prepare: the arguments are --model DIR --into EMPTY_DIR [--quick]");
            System.exit(2);
        }
        try {
            new Preparation(Path.of(words[1]), Path.of(words[3])).run(quick);
        } catch (Unloadable e) {
            System.err.println("cannot load: " + e.getMessage());
            System.exit(Main.UNLOADABLE);
        }
    }
}
