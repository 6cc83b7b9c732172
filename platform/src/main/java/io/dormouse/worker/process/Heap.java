package io.dormouse.worker.process;

import io.dormouse.worker.PreparedModel;
import java.util.List;

/// How a worker's virtual machine may divide its memory: what it does not take for objects and
/// direct buffers is left to the model's own native memory.
///
/// @param objectsMb objects
/// @param directMb buffers that native code reads
record Heap(int objectsMb, int directMb) {
    /// Of a generic worker, which does not know yet what it will be; only its limit grows later.
    static final Heap GENERIC = new Heap(512, 512);

    private static final int LEAST_MB = 64;
    private static final int MOST_MB = 8192;

    static Heap of(PreparedModel.Kind kind, int memoryMb) {
        return switch (kind) {
            // The weights and most of the work are native; objects are requests and answers.
            case ONNX, PYTHON, FUNCTION, CONTAINER ->
                    new Heap(part(memoryMb, 4), part(memoryMb, 4));
            // The trees are objects.
            case XGBOOST -> new Heap(part(memoryMb * 5 / 2, 4), LEAST_MB);
        };
    }

    private static int part(int memoryMb, int divisor) {
        return Math.clamp(memoryMb / divisor, LEAST_MB, MOST_MB);
    }

    List<String> flags() {
        // A server whose heap was full once may have lost any thread: better a fresh one.
        return List.of(
                "-Xmx" + objectsMb + "m",
                "-XX:MaxDirectMemorySize=" + directMb + "m",
                "-XX:+ExitOnOutOfMemoryError");
    }
}
