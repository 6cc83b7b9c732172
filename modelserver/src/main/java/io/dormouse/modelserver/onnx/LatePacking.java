package io.dormouse.modelserver.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.dormouse.modelserver.Prepared;
import io.dormouse.modelserver.Step;
import io.dormouse.modelserver.Steps;
import io.dormouse.modelserver.Unloadable;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/// Packs a model's weights for the CPU's kernels once the worker has answered as many requests as
/// that is worth. Packed weights answer faster, and packing takes longer than a start should: so a
/// worker wakes on weights as they are, and whoever calls it often gets the fast ones all the same.
final class LatePacking {
    private final Prepared model;
    private final int afterCalls;
    private final OrtEnvironment environment;
    private final int threads;
    private final Live live;
    private final Steps steps;
    private final AtomicInteger calls = new AtomicInteger();

    /// @param model as it is served until then
    LatePacking(
            Prepared model,
            int afterCalls,
            OrtEnvironment environment,
            int threads,
            Live live,
            Steps steps) {
        this.model = model;
        this.afterCalls = afterCalls;
        this.environment = environment;
        this.threads = threads;
        this.live = live;
        this.steps = steps;
    }

    /// A request was answered.
    void answered() {
        if (calls.get() < afterCalls && calls.incrementAndGet() == afterCalls) {
            Thread thread = new Thread(this::pack, "late-packing");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void pack() {
        try {
            OrtSession packed = Sessions.open(environment, model.packed(), threads);
            if (live.succeededBy(packed)) {
                steps.reach(Step.PACKED);
            }
        } catch (IOException | Unloadable | RuntimeException e) {
            System.err.println(
                    "modelserver: goes on with weights that are not packed: " + e.getMessage());
        }
    }
}
