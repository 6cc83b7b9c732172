package io.dormouse.modelserver.onnx;

import ai.onnxruntime.OrtException;
import io.dormouse.modelserver.Refusal;
import java.util.Locale;

/// A run that ONNX Runtime gave up, told apart by whose fault it is.
///
/// What only the graph knows is found out by its operators: that a token is outside the vocabulary,
/// that a text is longer than the model has positions, that two inputs do not go together. Such a
/// request is refused as any other that does not fit; all else is the model's failure.
final class RunFault {
    private static final String BEFORE_REASON = " - message: ";

    /// How operators say that an index or a shape does not fit, where they have no code for it.
    private static final String[] ABOUT_THE_INPUT = {
        "out of data bounds",
        "out of bounds",
        "out of range",
        "broadcast an axis",
        "dimension",
        "mismatch",
        "input shape",
        "cannot be reshaped",
        "input channels",
    };

    private RunFault() {}

    /// The refusal of a request that does not fit the model.
    ///
    /// @throws IllegalStateException where the model failed
    static Refusal of(OrtException e) {
        String message = String.valueOf(e.getMessage()).replace('\n', ' ').strip();
        int start = message.indexOf(BEFORE_REASON);
        String reason = start < 0 ? message : message.substring(start + BEFORE_REASON.length());
        if (isAboutTheInput(e.getCode(), reason)) {
            return Refusal.badInput("the model refused the input: " + reason);
        }
        throw new IllegalStateException(reason, e);
    }

    private static boolean isAboutTheInput(OrtException.OrtErrorCode code, String reason) {
        if (code != OrtException.OrtErrorCode.ORT_FAIL
                && code != OrtException.OrtErrorCode.ORT_RUNTIME_EXCEPTION) {
            return code == OrtException.OrtErrorCode.ORT_INVALID_ARGUMENT;
        }
        String lower = reason.toLowerCase(Locale.ROOT);
        for (String words : ABOUT_THE_INPUT) {
            if (lower.contains(words)) {
                return true;
            }
        }
        return false;
    }
}
