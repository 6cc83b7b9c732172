package io.dormouse.modelserver;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/// One loaded model. It is called by as many threads at once as the worker has slots.
///
/// What a predictor throws decides what the caller reads: [Refusal] is the caller's mistake (4xx,
/// the sentence is shown to them), anything else is the model's failure (500).
public interface Predictor extends AutoCloseable {
    /// Answers one invocation.
    ///
    /// @throws Refusal when the request can't be understood by this model
    /// @throws IOException when the body can't be read
    Answer predict(Request request) throws IOException, Refusal;

    @Override
    void close();

    /// An invocation. Media types are as the caller wrote them, with parameters; empty where
    /// absent.
    ///
    /// @param contentType such as `text/csv; header=absent`
    /// @param accept such as `application/json`, or a list, or `*/*`
    /// @param body the payload, unread; it ends where the request ends
    record Request(String contentType, String accept, InputStream body) {
        public Request {
            Objects.requireNonNull(contentType);
            Objects.requireNonNull(accept);
            Objects.requireNonNull(body);
        }
    }
}
