package io.dormouse.modelserver;

import java.util.Locale;

/// The moments of a start that are stamped, in the order in which they are shown.
public enum Step {
    /// The parent was about to start this process; for a load command, the worker read it.
    SPAWNED,
    /// `main` began: the runtime has booted.
    MAIN,
    /// ONNX Runtime's library is loaded.
    LIBRARY,
    /// ONNX Runtime's environment exists.
    ENVIRONMENT,
    /// The model is loaded.
    MODEL,
    /// The transport is open.
    SOCKET,
    /// The head of the first invocation is read.
    REQUEST,
    /// Its answer is computed.
    ANSWER,
    /// Packed weights have taken the place of those of the start; never in the header.
    PACKED;

    /// As it is written in the header and in JSON.
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
