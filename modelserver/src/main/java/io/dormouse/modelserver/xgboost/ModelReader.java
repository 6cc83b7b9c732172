package io.dormouse.modelserver.xgboost;

import io.dormouse.modelserver.Decimal;
import io.dormouse.modelserver.Unloadable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads XGBoost's model schema, from 1.0's to the current one.
///
/// Members come in any order and unknown ones are passed over, as XGBoost itself does.
///
/// <https://github.com/dmlc/xgboost/blob/master/doc/model.schema>
final class ModelReader {
    private static final int[] NONE = {};

    private final Cursor in;
    private int features;
    private int classes;
    private int targets;
    private String baseScore = "";
    private String objective = "";
    private int trees;
    private int treesPerRound = 1;
    private int[] roundStarts = NONE;
    private int[] groupOfTree = NONE;
    private Tree[] forest = {};
    private float[] weightOfTree = {};
    private float[] linear = {};
    private boolean isLinear;

    private ModelReader(Cursor in) {
        this.in = in;
    }

    static XgboostModel read(byte[] file, int rounds) throws Unloadable {
        ModelReader reader = new ModelReader(cursor(file));
        reader.document();
        return reader.model(rounds);
    }

    private static Cursor cursor(byte[] file) throws Unloadable {
        int at = 0;
        while (at < file.length && (file[at] == ' ' || file[at] == '\n' || file[at] == '\r')) {
            at++;
        }
        if (at == file.length) {
            throw new Unloadable("the model file is empty");
        }
        if (file[at] == '{') {
            // A member's name comes next: in JSON behind a quote, in UBJ behind the type of its
            // length.
            byte next = at + 1 < file.length ? file[at + 1] : 0;
            return next == 'L'
                            || next == 'l'
                            || next == 'i'
                            || next == 'U'
                            || next == 'I'
                            || next == '#'
                    ? new UbjCursor(file)
                    : new JsonCursor(file);
        }
        if ((file[at] & 0xff) == 0x80) {
            throw new Unloadable(
                    "the model file is a Python pickle, which is a program and is not run here:"
                            + " save the model with booster.save_model('xgboost-model.json')");
        }
        boolean binary = startsWith(file, "binf") || startsWith(file, "bs64") || file[at] < ' ';
        throw new Unloadable(
                binary
                        ? "the model file is in XGBoost's old binary format, which XGBoost itself"
                                + " dropped in 3.1: load it with the version that wrote it and save it"
                                + " again with booster.save_model('xgboost-model.json')"
                        : "the model file is neither JSON nor UBJ as XGBoost's save_model writes it:"
                                + " expected '{' at byte 0");
    }

    private static boolean startsWith(byte[] file, String mark) {
        byte[] bytes = mark.getBytes(StandardCharsets.US_ASCII);
        return file.length >= bytes.length
                && Arrays.equals(file, 0, bytes.length, bytes, 0, bytes.length);
    }

    private void document() throws Unloadable {
        boolean learner = false;
        in.enterObject();
        while (in.nextMember()) {
            if (in.name().equals("learner")) {
                learner = true;
                learner();
            } else {
                in.skip();
            }
        }
        if (!learner) {
            throw new Unloadable(
                    "the model file has no member 'learner': it is not an XGBoost model");
        }
    }

    private void learner() throws Unloadable {
        in.enterObject();
        while (in.nextMember()) {
            switch (in.name()) {
                case "learner_model_param" -> modelParameters();
                case "objective" -> objective();
                case "gradient_booster" -> booster();
                default -> in.skip();
            }
        }
    }

    private void modelParameters() throws Unloadable {
        in.enterObject();
        while (in.nextMember()) {
            switch (in.name()) {
                case "base_score" -> baseScore = in.string();
                case "num_feature" -> features = number("num_feature", in.string());
                case "num_class" -> classes = number("num_class", in.string());
                case "num_target" -> targets = number("num_target", in.string());
                default -> in.skip();
            }
        }
    }

    private void objective() throws Unloadable {
        in.enterObject();
        while (in.nextMember()) {
            if (in.name().equals("name")) {
                objective = in.string();
            } else {
                in.skip();
            }
        }
    }

    /// `gbtree` and `gblinear` hold their `model` themselves; `dart` holds a `gbtree` and weights.
    private void booster() throws Unloadable {
        in.enterObject();
        while (in.nextMember()) {
            switch (in.name()) {
                case "model" -> boosterModel();
                case "gbtree" -> booster();
                case "weight_drop" -> weightOfTree = in.floats();
                case "name" -> known(in.string());
                default -> in.skip();
            }
        }
    }

    private static void known(String booster) throws Unloadable {
        if (!booster.equals("gbtree") && !booster.equals("dart") && !booster.equals("gblinear")) {
            throw new Unloadable(
                    "the model's booster '" + booster + "' is none of gbtree, dart and gblinear");
        }
    }

    private void boosterModel() throws Unloadable {
        in.enterObject();
        while (in.nextMember()) {
            switch (in.name()) {
                case "gbtree_model_param" -> treeParameters();
                case "iteration_indptr" -> roundStarts = in.ints();
                case "tree_info" -> groupOfTree = in.ints();
                // Newer versions have it here, older ones beside the gbtree.
                case "weight_drop" -> weightOfTree = in.floats();
                case "trees" -> trees();
                case "weights" -> {
                    linear = in.floats();
                    isLinear = true;
                }
                default -> in.skip();
            }
        }
    }

    private void treeParameters() throws Unloadable {
        in.enterObject();
        while (in.nextMember()) {
            if (in.name().equals("num_parallel_tree")) {
                treesPerRound = Math.max(1, number("num_parallel_tree", in.string()));
            } else {
                in.skip();
            }
        }
    }

    private void trees() throws Unloadable {
        in.enterArray();
        while (in.nextElement()) {
            if (trees == forest.length) {
                forest = Arrays.copyOf(forest, Math.max(64, trees * 2));
            }
            forest[trees++] = new TreeReader(in, trees - 1).read();
        }
    }

    private XgboostModel model(int rounds) throws Unloadable {
        if (features < 1) {
            throw new Unloadable("the model has no features (learner_model_param.num_feature)");
        }
        int groups = Math.max(1, Math.max(classes, targets));
        Objective link = Objective.of(objective);
        float[] margins = new float[groups];
        float[] scores = baseScores();
        for (int i = 0; i < groups; i++) {
            // To the linear booster XGBoost gives the first for all.
            margins[i] = link.margin(scores[scores.length == groups && !isLinear ? i : 0]);
        }
        Margins booster = isLinear ? linear(groups) : forest(groups, rounds);
        return new XgboostModel(features, margins, link, objective, booster);
    }

    private Linear linear(int groups) throws Unloadable {
        if (linear.length != (features + 1) * groups) {
            throw new Unloadable(
                    "the linear model has "
                            + linear.length
                            + " weights, expected "
                            + (features + 1) * groups);
        }
        return new Linear(linear, groups);
    }

    private Forest forest(int groups, int rounds) throws Unloadable {
        if (groupOfTree.length != trees) {
            throw new Unloadable(
                    "the model has " + trees + " trees, but tree_info names " + groupOfTree.length);
        }
        if (weightOfTree.length != 0 && weightOfTree.length != trees) {
            throw new Unloadable(
                    "the model has " + trees + " trees, but " + weightOfTree.length + " weights");
        }
        ForestBuilder builder = new ForestBuilder(features);
        int used = treesOf(rounds, groups);
        for (int i = 0; i < used; i++) {
            int group = groupOfTree[i];
            if (group < 0 || group >= groups) {
                throw new Unloadable(
                        "tree " + i + " is of class " + group + ", but the model has " + groups);
            }
            builder.add(forest[i], group, weightOfTree.length == 0 ? 1 : weightOfTree[i]);
        }
        return builder.build(groups);
    }

    private int treesOf(int rounds, int groups) {
        if (roundStarts.length > 1) {
            return rounds < roundStarts.length ? Math.clamp(roundStarts[rounds], 0, trees) : trees;
        }
        return (int) Math.min(trees, (long) rounds * treesPerRound * groups);
    }

    /// `5E-1`, or since 3.1 a list: `[5E-1]`, `[2E-1,3E-1,5E-1]`.
    private float[] baseScores() throws Unloadable {
        if (baseScore.isEmpty()) {
            throw new Unloadable("the model has no learner_model_param.base_score");
        }
        if (baseScore.startsWith("[")) {
            byte[] list = baseScore.getBytes(StandardCharsets.UTF_8);
            float[] scores = new JsonCursor(list).floats();
            if (scores.length > 0) {
                return scores;
            }
        } else {
            try {
                byte[] text = baseScore.getBytes(StandardCharsets.UTF_8);
                return new float[] {(float) Decimal.parse(text, 0, text.length)};
            } catch (NumberFormatException _) {
                // Said below.
            }
        }
        throw new Unloadable("learner_model_param.base_score: a number, not '" + baseScore + "'");
    }

    static int number(String field, String text) throws Unloadable {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new Unloadable(field + ": a whole number, not '" + text + "'", e);
        }
    }
}
