package io.dormouse.modelserver;

import io.dormouse.modelserver.setup.Installation;
import java.io.IOException;
import java.nio.file.Path;

/// Makes this machine ready for workers, once: `Install --into DIR`. Prints the folder that it made
/// or found.
///
/// See `docs/container-contract.md`.
public final class Install {
    private Install() {}

    public static void main(String[] words) throws IOException {
        if (words.length != 2 || !words[0].equals("--into")) {
            System.err.println("install: the only arguments are --into DIR");
            System.exit(2);
        }
        System.out.println(new Installation(Path.of(words[1])).complete());
    }
}
