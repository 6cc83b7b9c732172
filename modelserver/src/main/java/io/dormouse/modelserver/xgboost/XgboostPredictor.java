package io.dormouse.modelserver.xgboost;

import io.dormouse.modelserver.Answer;
import io.dormouse.modelserver.Load;
import io.dormouse.modelserver.Media;
import io.dormouse.modelserver.Predictor;
import io.dormouse.modelserver.Prepared;
import io.dormouse.modelserver.Refusal;
import io.dormouse.modelserver.TextBuffer;
import io.dormouse.modelserver.Unloadable;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.Properties;

/// SageMaker's built-in XGBoost as it answers: rows in, one line of scores for each row out.
///
/// Of the container's environment, `SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT` is honoured.
public final class XgboostPredictor implements Predictor {
    /// The name under which AWS's training leaves the model.
    public static final String MODEL_FILE = "xgboost-model";

    private static final int BLOCK_ROWS = 256;
    private static final int BLOCK_VALUES = 1 << 16;

    private final XgboostModel model;
    private final String defaultAccept;

    /// @param defaultAccept the media type of an answer for which none was asked
    XgboostPredictor(XgboostModel model, String defaultAccept) {
        this.model = model;
        this.defaultAccept = defaultAccept;
    }

    /// Loads the model of a folder: the file `xgboost-model`, or else the only `.json` or `.ubj`
    /// there. What was prepared of it is read in its place where it can be used.
    ///
    /// @throws Unloadable when there is none, or it can't be evaluated
    public static XgboostPredictor load(Load load) throws Unloadable {
        File file = modelFile(load.folder());
        XgboostModel model =
                load.prepared().isPresent()
                        ? prepared(load.prepared().get(), file)
                        : parse(file, read(file));
        String accept = load.environment().get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT");
        try {
            return new XgboostPredictor(
                    model, MediaTypes.answer(accept == null ? "" : accept, Media.CSV));
        } catch (Refusal e) {
            throw new Unloadable("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT: " + e.getMessage(), e);
        }
    }

    private static XgboostModel prepared(File folder, File file) throws Unloadable {
        try {
            return FlatModel.read(folder, file);
        } catch (IOException e) {
            System.err.println(
                    "modelserver: the prepared "
                            + FlatModel.FILE
                            + " can't be used ("
                            + e.getMessage()
                            + "); serving the original");
            return parse(file, read(file));
        }
    }

    /// Parses the model of a folder once, and writes it in the form that a worker's start reads.
    ///
    /// @param into where `prepared.properties` and the form are to be
    /// @throws Unloadable as [#load] does
    public static void prepare(File folder, File into) throws IOException, Unloadable {
        File file = modelFile(folder);
        byte[] original = read(file);
        byte[] flat = FlatModel.of(parse(file, original), original);
        try (FileOutputStream out = new FileOutputStream(new File(into, FlatModel.FILE))) {
            out.write(flat);
        }
        Properties facts = new Properties();
        facts.setProperty("file", FlatModel.FILE);
        facts.setProperty("reason", "arrays are read faster than a document");
        facts.setProperty("peak_bytes", "0");
        try (FileOutputStream out = new FileOutputStream(new File(into, Prepared.FILE))) {
            facts.store(out, null);
        }
    }

    private static byte[] read(File file) throws Unloadable {
        try (FileInputStream in = new FileInputStream(file)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new Unloadable(file.getName() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static XgboostModel parse(File file, byte[] bytes) throws Unloadable {
        try {
            return XgboostModel.parse(bytes);
        } catch (Unloadable e) {
            throw new Unloadable(file.getName() + ": " + e.getMessage(), e);
        }
    }

    private static File modelFile(File folder) throws Unloadable {
        File named = new File(folder, MODEL_FILE);
        if (named.isFile()) {
            return named;
        }
        String[] names = folder.list();
        String found = "";
        for (String name : names == null ? new String[0] : names) {
            boolean candidate =
                    !name.startsWith(".") && (name.endsWith(".json") || name.endsWith(".ubj"));
            if (candidate && !found.isEmpty()) {
                throw new Unloadable(
                        "the model folder holds more than one model ("
                                + found
                                + ", "
                                + name
                                + "): name the one to serve "
                                + MODEL_FILE);
            }
            found = candidate ? name : found;
        }
        if (found.isEmpty()) {
            throw new Unloadable(
                    "the model folder holds no XGBoost model: expected "
                            + MODEL_FILE
                            + ", or one file *.json or *.ubj, at its top");
        }
        return new File(folder, found);
    }

    @Override
    public Answer predict(Request request) throws IOException, Refusal {
        String accept = MediaTypes.answer(request.accept(), defaultAccept);
        byte[] body = request.body().readAllBytes();
        if (body.length == 0) {
            throw Refusal.badInput(
                    "the body is empty: expected rows of " + model.features() + " features");
        }
        Rows rows = MediaTypes.rows(request.contentType(), body, model.features());
        TextBuffer text = new TextBuffer(128);
        boolean json = accept.equals(Media.JSON);
        if (json) {
            text.ascii("{\"predictions\": [");
        }
        boolean first = true;
        int blockRows = Math.clamp(BLOCK_VALUES / model.features(), 1, BLOCK_ROWS);
        // A small body can't hold many rows: the usual single row takes no block of 256.
        blockRows = Math.min(blockRows, body.length / 2 + 1);
        float[] block = new float[blockRows * model.features()];
        for (int count; (count = rows.read(block, blockRows)) > 0; ) {
            float[] scores = model.predict(block, count);
            for (int row = 0; row < count; row++) {
                if (json && !first) {
                    text.ascii(", ");
                }
                first = false;
                line(text, scores, row, accept);
            }
        }
        if (first) {
            throw Refusal.badInput("the body holds no rows");
        }
        if (json) {
            text.ascii("]}");
        }
        return text.answer(accept);
    }

    private void line(TextBuffer text, float[] scores, int row, String accept) {
        int outputs = model.outputs();
        boolean csv = accept.equals(Media.CSV);
        if (!csv) {
            text.ascii(outputs == 1 ? "{\"score\": " : "{\"score\": [");
        }
        for (int i = 0; i < outputs; i++) {
            if (i > 0) {
                text.ascii(csv ? "," : ", ");
            }
            text.ascii(ScoreText.of(scores[row * outputs + i]));
        }
        if (!csv) {
            text.ascii(outputs == 1 ? "}" : "]}");
        }
        if (!accept.equals(Media.JSON)) {
            text.ascii("\n");
        }
    }

    @Override
    public void close() {
        // Nothing but arrays.
    }
}
