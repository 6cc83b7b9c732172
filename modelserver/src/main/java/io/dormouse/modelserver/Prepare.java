package io.dormouse.modelserver;

import io.dormouse.modelserver.setup.Preparation;
import io.dormouse.modelserver.xgboost.XgboostPredictor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Prepares a model for serving, once, at its deployment: `Prepare [--kind KIND] --model DIR --into
/// EMPTY_DIR`.
///
/// See `docs/container-contract.md`.
public final class Prepare {
    private Prepare() {}

    public static void main(String[] words) throws IOException {
        List<String> rest = new ArrayList<>(Arrays.asList(words));
        String kind = "onnx";
        if (rest.size() > 1 && rest.getFirst().equals("--kind")) {
            kind = rest.get(1);
            rest = rest.subList(2, rest.size());
        }
        boolean quick = rest.size() == 5 && rest.getLast().equals("--quick");
        if ((rest.size() != 4 && !quick)
                || !(kind.equals("onnx") || kind.equals("xgboost"))
                || !rest.get(0).equals("--model")
                || !rest.get(2).equals("--into")) {
            System.err.println(
                    "prepare: the arguments are [--kind onnx|xgboost] --model DIR --into EMPTY_DIR"
                            + " [--quick]");
            System.exit(2);
        }
        Path model = Path.of(rest.get(1));
        Path into = Path.of(rest.get(3));
        try {
            if (kind.equals("xgboost")) {
                XgboostPredictor.prepare(model.toFile(), into.toFile());
            } else {
                new Preparation(model, into).run(quick);
            }
        } catch (Unloadable e) {
            System.err.println("cannot load: " + e.getMessage());
            System.exit(Main.UNLOADABLE);
        }
    }
}
