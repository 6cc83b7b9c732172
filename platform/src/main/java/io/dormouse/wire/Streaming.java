package io.dormouse.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A port for operations whose bodies are streams of any size: `InvokeEndpoint` and its like.
/// `wire` routes, checks the signature and hands the request over without building a shape.
@FunctionalInterface
public interface Streaming {
    /// Answers one request.
    ///
    /// Whatever AWS error is thrown before the answer is returned becomes the error document of the
    /// service's protocol.
    ///
    /// @param head what was asked
    /// @param body the request's body; reading blocks, and may end early with an [IOException] when
    ///   the client goes away
    Answer invoke(Head head, InputStream body) throws IOException;

    /// The head of a request.
    ///
    /// @param operation AWS's name, such as `InvokeEndpoint`
    /// @param path the operation's path parameters by AWS's name, decoded: `EndpointName`
    /// @param headers by lower-case name, in the order they came
    /// @param query decoded query parameters
    /// @param contentLength bytes of the body; empty where it is chunked
    /// @param requestId what the answer's `x-amzn-RequestId` will say
    record Head(
            String operation,
            Map<String, String> path,
            Map<String, List<String>> headers,
            Map<String, String> query,
            Optional<Long> contentLength,
            String requestId) {
        public Head {
            path = Map.copyOf(path);
            headers = Map.copyOf(headers);
            query = Map.copyOf(query);
        }

        /// The same request with other headers.
        public Head with(Map<String, List<String>> others) {
            return new Head(operation, path, others, query, contentLength, requestId);
        }

        /// The first value of a header, by any spelling of its name.
        public Optional<String> header(String name) {
            List<String> values = headers.get(name.toLowerCase(java.util.Locale.ROOT));
            return values == null || values.isEmpty()
                    ? Optional.empty()
                    : Optional.of(values.getFirst());
        }
    }

    /// An answer: its head now, its body when `wire` asks for it.
    ///
    /// @param contentLength bytes of the body; empty to send it chunked
    record Answer(
            int status, Map<String, String> headers, Optional<Long> contentLength, Body body) {
        public Answer {
            headers = Map.copyOf(headers);
        }
    }

    /// The body of an answer. `wire` calls [#writeTo] once, then [#close]; where the client has
    /// gone, only [#close].
    interface Body extends AutoCloseable {
        void writeTo(OutputStream out) throws IOException;

        @Override
        default void close() {}
    }
}
