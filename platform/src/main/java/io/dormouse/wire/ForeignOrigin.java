package io.dormouse.wire;

import java.io.IOException;

/// What a page of another site may ask of an open platform.
@FunctionalInterface
public interface ForeignOrigin {
    /// Serves the exchange if its `Origin` is let in.
    ///
    /// @return false where it is not: nothing has been done or answered then
    boolean handle(Exchange exchange) throws IOException;
}
