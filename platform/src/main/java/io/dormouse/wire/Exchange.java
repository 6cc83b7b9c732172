package io.dormouse.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// One HTTP request and the answer to it, whatever server carries it.
///
/// Everything is as it came: the path is not decoded and not normalised, because signatures are
/// computed over it and S3's keys may hold `//`, `..` and `%2F`. Bodies are streams; reading blocks
/// the (virtual) thread. The first read of a body answers `Expect: 100-continue`.
public interface Exchange {
    /// `GET`, `PUT` …
    String method();

    /// The path as sent, percent-encoded, beginning with a slash.
    String path();

    /// The query as sent, without the question mark; empty where there is none.
    String query();

    /// Header values by lower-case name, names in the order they came. HTTP/2's `:authority` is
    /// `host` here.
    Map<String, List<String>> headers();

    /// The first value of a header, by any spelling of its name.
    default Optional<String> header(String name) {
        List<String> values = headers().get(name.toLowerCase(Locale.ROOT));
        return values == null || values.isEmpty()
                ? Optional.empty()
                : Optional.of(values.getFirst());
    }

    /// Bytes of the body; empty where it is chunked. A request without a body has 0.
    OptionalLong contentLength();

    /// The body, from where the last read of it ended; from its beginning after [#buffer].
    InputStream body();

    /// Reads the whole body and keeps it, so that it can be hashed and read again: for the
    /// protocols whose requests are documents. Calling it again gives the same bytes.
    ///
    /// @throws TooLarge where the body is longer than `bytesMax`
    byte[] buffer(int bytesMax) throws IOException;

    /// What `x-amzn-RequestId` says in whatever is answered, unique to the request.
    String requestId();

    /// The client's address, such as `127.0.0.1`.
    String remoteAddress();

    /// Whether an answer's head has been sent: no error document can follow any more.
    boolean isAnswered();

    /// Sends the answer's head and gives the stream for its body, which the caller closes.
    ///
    /// To a `HEAD` request, and with status 204 and 304, nothing may be written; `length` is then
    /// what the same `GET` would have.
    ///
    /// @param headers a value of several lines is sent as a header for each
    /// @param length bytes that will be written; empty to send the body chunked
    OutputStream answer(int status, Map<String, String> headers, OptionalLong length)
            throws IOException;

    /// Sends a whole answer that is in memory. To a `HEAD` request only its head goes out.
    default void answer(int status, Map<String, String> headers, byte[] body) throws IOException {
        boolean silent = method().equals("HEAD") || status == 204 || status == 304;
        OptionalLong length =
                status == 204 || status == 304
                        ? OptionalLong.empty()
                        : OptionalLong.of(body.length);
        try (OutputStream out = answer(status, headers, length)) {
            if (!silent) {
                out.write(body);
            }
        }
    }

    /// A body is longer than what takes it allows.
    final class TooLarge extends IOException {
        private static final long serialVersionUID = 1;
        private final long bytesMax;

        public TooLarge(long bytesMax) {
            super("The body is longer than " + bytesMax + " bytes");
            this.bytesMax = bytesMax;
        }

        public long bytesMax() {
            return bytesMax;
        }
    }
}
