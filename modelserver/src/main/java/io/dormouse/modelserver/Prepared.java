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
/// @param later when its weights are packed, in a worker that answers already
public record Prepared(File file, boolean optimized, Packing packing, Optional<Later> later) {
    /// When a busy worker packs its weights.
    ///
    /// @param afterCalls how many answers make that worth its cost
    /// @param peakBytes the most memory that the worker holds, packed and unpacked weights together
    public record Later(int afterCalls, long peakBytes) {
        private static final long MB = 1 << 20;

        /// Whether there is room for it.
        ///
        /// @param memoryMb what the worker may take; 0 for all
        public boolean fits(int memoryMb) {
            return memoryMb == 0 || peakBytes <= memoryMb * MB;
        }
    }

    /// The model as it came.
    public static Prepared plain(File original) {
        return new Prepared(original, false, Packing.LOAD, Optional.empty());
    }

    /// The model optimised.
    public static Prepared optimized(File file, Packing packing) {
        return new Prepared(file, true, packing, Optional.empty());
    }

    /// The same, to be packed later.
    public Prepared with(Later when) {
        return new Prepared(file, optimized, packing, Optional.of(when));
    }

    /// The same with packed weights.
    public Prepared packed() {
        return new Prepared(file, optimized, Packing.LOAD, Optional.empty());
    }

    /// The file's name in the folder that [Prepare] writes.
    public static final String FILE = "prepared.properties";

    /// Names the CPU, for what is tied to one; set by the installed command line.
    public static final String CPU_PROPERTY = "dormouse.cpu";

    /// When weights are rearranged for the CPU's matrix kernels.
    public enum Packing {
        /// While the model is loaded: costs the start, gains every call.
        LOAD,
        /// Not at all.
        NONE
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
        if (!Boolean.parseBoolean(properties.getProperty("optimized"))) {
            return Optional.of(plain(original));
        }
        File file = new File(folder, properties.getProperty("file", ""));
        boolean unpacked = properties.getProperty("packing", "").equals("none");
        Prepared form = optimized(file, unpacked ? Packing.NONE : Packing.LOAD);
        int afterCalls = Integer.parseInt(properties.getProperty("pack_after_calls", "0"));
        if (afterCalls == 0) {
            return Optional.of(form);
        }
        long peak = Long.parseLong(properties.getProperty("pack_peak_bytes", "0"));
        return Optional.of(form.with(new Later(afterCalls, peak)));
    }
}
