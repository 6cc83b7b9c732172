package io.dormouse.wire;

import java.io.IOException;

/// Answers HTTP requests; called on a virtual thread of the request's own, so it may block.
@FunctionalInterface
public interface Handler {
    /// Answers the exchange before it returns.
    ///
    /// @throws IOException where the client is gone or its body breaks off: nobody is left to
    ///   answer, so the connection is closed
    void handle(Exchange exchange) throws IOException;
}
