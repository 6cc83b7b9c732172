package io.dormouse.modelserver.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.dormouse.modelserver.Load;
import io.dormouse.modelserver.Prepared;
import io.dormouse.modelserver.Step;
import io.dormouse.modelserver.Steps;
import io.dormouse.modelserver.Unloadable;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// Opens ONNX Runtime, and models in it.
///
/// A prepared model is given by path, so that its weights are mapped, not read; its graph is taken
/// as it is.
public final class Sessions {
    private Sessions() {}

    /// ONNX Runtime's one environment of this process.
    public static OrtEnvironment environment(Steps steps) {
        OrtEnvironment.getAvailableProviders();
        steps.reach(Step.LIBRARY);
        OrtEnvironment environment =
                OrtEnvironment.getEnvironment(
                        OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "modelserver");
        steps.reach(Step.ENVIRONMENT);
        return environment;
    }

    /// The model that a load names: what was prepared of it, else the file in its folder.
    public static Prepared choose(Load load, OrtEnvironment environment)
            throws IOException, Unloadable {
        File original = original(load.folder());
        Prepared plain = Prepared.plain(original);
        return load.prepared().isPresent()
                ? Prepared.read(load.prepared().get(), original, environment.getVersion())
                        .orElse(plain)
                : plain;
    }

    /// `model.onnx`, or the only file that ends in `.onnx`, in this folder or the only one inside
    /// it.
    public static File original(File folder) throws Unloadable {
        File usual = new File(folder, "model.onnx");
        if (usual.isFile()) {
            return usual;
        }
        String[] names = folder.list();
        if (names == null) {
            throw new Unloadable("there is no model folder " + folder.getName());
        }
        Arrays.sort(names);
        String[] models =
                Arrays.stream(names).filter(name -> name.endsWith(".onnx")).toArray(String[]::new);
        if (models.length == 1) {
            return new File(folder, models[0]);
        }
        File[] folders = folder.listFiles(File::isDirectory);
        if (models.length == 0 && folders != null && folders.length == 1) {
            return original(folders[0]);
        }
        throw new Unloadable(
                "the model's archive must hold model.onnx, or one file that ends in .onnx; it holds "
                        + (names.length == 0 ? "nothing" : String.join(", ", names)));
    }

    /// Opens a model as it was prepared.
    ///
    /// @param threads of one inference
    public static OrtSession open(OrtEnvironment environment, Prepared model, int threads)
            throws IOException, Unloadable {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            threads(options, threads);
            options.setOptimizationLevel(model.optimized() ? OptLevel.NO_OPT : OptLevel.ALL_OPT);
            if (model.packing() == Prepared.Packing.NONE) {
                options.addConfigEntry("session.disable_prepacking", "1");
            }
            return environment.createSession(model.file().getPath(), options);
        } catch (OrtException e) {
            throw unloadable(model.file(), e);
        }
    }

    /// Loads the model, optimises it for this CPU, and writes it with its weights beside it.
    ///
    /// @param target such as `m.onnx`; the weights go to `m.bin`
    public static OrtSession optimize(OrtEnvironment environment, File model, File target)
            throws Unloadable, IOException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            threads(options, 1);
            options.setOptimizationLevel(OptLevel.ALL_OPT);
            options.setOptimizedModelFilePath(target.getPath());
            options.addConfigEntry(
                    "session.optimized_model_external_initializers_file_name",
                    target.getName().replace(".onnx", ".bin"));
            options.addConfigEntry(
                    "session.optimized_model_external_initializers_min_size_in_bytes", "1024");
            return environment.createSession(model.getPath(), options);
        } catch (OrtException e) {
            throw unloadable(model, e);
        }
    }

    private static void threads(OrtSession.SessionOptions options, int threads)
            throws OrtException {
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        if (threads > 1) {
            // Spinning for work gains little and burns the CPU share of a worker.
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
        }
    }

    private static Unloadable unloadable(File file, OrtException e) throws IOException {
        String name = file.getName();
        String reason = String.valueOf(e.getMessage()).replace('\n', ' ').strip();
        if (file.length() == 0) {
            return new Unloadable("the file " + name + " is empty", e);
        }
        return new Unloadable(
                looksLikeModel(file)
                        ? "ONNX Runtime can't load " + name + ": " + reason
                        : "the file " + name + " is no ONNX model (" + reason + ")",
                e);
    }

    /// Whether the file begins with a field that a model has (protobuf, ModelProto: field 1 is a
    /// varint, all others that may come first are of length-delimited kind).
    private static boolean looksLikeModel(File file) throws IOException {
        try (InputStream in = new FileInputStream(file)) {
            int tag = in.read();
            return tag == 0x08 || tag == 0x12 || tag == 0x3a || tag == 0x42;
        }
    }
}
