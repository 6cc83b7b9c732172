package io.dormouse.modelserver;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.Properties;

/// What `prepared.properties` tells a worker: which file to map and how.
///
/// @param file the model to load
/// @param optimized whether its graph needs no more optimisation
/// @param packing how its weights are laid out for the CPU
public record Prepared(File file, boolean optimized, Packing packing) {
    /// The file's name in the folder that [Prepare] writes.
    public static final String FILE = "prepared.properties";

    /// Names the CPU, for what is tied to one; set by the installed command line.
    public static final String CPU_PROPERTY = "dormouse.cpu";

    /// When weights are rearranged for the CPU's matrix kernels.
    public enum Packing {
        /// While the model is loaded: costs the start, gains every call.
        LOAD,
        /// Not at all.
        NONE,
        /// They were, and are mapped as they are: costs page faults.
        SAVED
    }

    /// What was prepared in this folder; nothing where it was done by another ONNX Runtime or for
    /// another CPU, so that the original is served.
    public static Optional<Prepared> read(File folder, File original, String onnxRuntime)
            throws IOException {
        Properties properties = new Properties();
        try (InputStream in = new FileInputStream(new File(folder, FILE))) {
            properties.load(in);
        }
        String cpu = System.getProperty(CPU_PROPERTY, "");
        if (!onnxRuntime.equals(properties.getProperty("onnxruntime"))
                || !cpu.equals(properties.getProperty("cpu"))) {
            System.err.println(
                    "modelserver: the model was prepared for another machine; serving the original");
            return Optional.empty();
        }
        boolean optimized = Boolean.parseBoolean(properties.getProperty("optimized"));
        String name = properties.getProperty("file", "");
        Packing packing =
                switch (properties.getProperty("packing", "")) {
                    case "none" -> Packing.NONE;
                    case "saved" -> Packing.SAVED;
                    default -> Packing.LOAD;
                };
        return Optional.of(
                new Prepared(optimized ? new File(folder, name) : original, optimized, packing));
    }
}
