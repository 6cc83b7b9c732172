package io.dormouse.wire;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;

/// An exchange over Jetty's request and response.
final class JettyExchange implements Exchange {
    private static final long DISCARDED_BYTES_MAX = 64L << 20;
    private static final long DISCARD_NANOS_MAX = 10_000_000_000L;

    private final Request request;
    private final Response response;
    private final Map<String, List<String>> headers;
    private final String requestId = newRequestId();
    private InputStream body;
    private byte @Nullable [] buffered;

    JettyExchange(Request request, Response response) {
        this.request = request;
        this.response = response;
        this.headers = headers(request);
        this.body = Content.Source.asInputStream(request);
    }

    /// Unique, and no secret: a random UUID without the system's source of randomness, which is
    /// asked anew for each.
    private static String newRequestId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = (random.nextLong() & ~0xf000L) | 0x4000L;
        long low = (random.nextLong() & ~0xc000000000000000L) | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }

    private static Map<String, List<String>> headers(Request request) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (HttpField field : request.getHeaders()) {
            headers.computeIfAbsent(field.getLowerCaseName(), _ -> new ArrayList<>(1))
                    .add(Objects.requireNonNullElse(field.getValue(), ""));
        }
        String authority = request.getHttpURI().getAuthority();
        if (authority != null && !headers.containsKey("host")) {
            headers.put("host", List.of(authority));
        }
        return Collections.unmodifiableMap(headers);
    }

    @Override
    public String method() {
        return request.getMethod();
    }

    @Override
    public String path() {
        return Objects.requireNonNullElse(request.getHttpURI().getPath(), "/");
    }

    @Override
    public String query() {
        return Objects.requireNonNullElse(request.getHttpURI().getQuery(), "");
    }

    @Override
    public Map<String, List<String>> headers() {
        return headers;
    }

    @Override
    public OptionalLong contentLength() {
        long length = request.getLength();
        if (length >= 0) {
            return OptionalLong.of(length);
        }
        // HTTP/1.1: a request with neither length nor transfer coding has no body (RFC 9112 §6.3).
        boolean bodiless =
                request.getConnectionMetaData().getHttpVersion().getVersion() < 20
                        && !headers.containsKey("transfer-encoding");
        return bodiless ? OptionalLong.of(0) : OptionalLong.empty();
    }

    @Override
    public InputStream body() {
        return body;
    }

    @Override
    public byte[] buffer(int bytesMax) throws IOException {
        if (buffered == null) {
            if (contentLength().orElse(0) > bytesMax) {
                throw new TooLarge(bytesMax);
            }
            buffered = body.readNBytes(bytesMax);
            if (body.read() >= 0) {
                throw new TooLarge(bytesMax);
            }
            body = new ByteArrayInputStream(buffered);
        }
        return buffered;
    }

    @Override
    public String requestId() {
        return requestId;
    }

    @Override
    public String remoteAddress() {
        return Request.getRemoteAddr(request);
    }

    @Override
    public boolean isAnswered() {
        return response.isCommitted();
    }

    @Override
    public OutputStream answer(int status, Map<String, String> answer, OptionalLong length) {
        response.setStatus(status);
        response.getHeaders().put("x-amzn-RequestId", requestId);
        answer.forEach((name, value) -> {
            if (value.indexOf('\n') < 0) {
                response.getHeaders().put(name, value);
            } else {
                value.lines().forEach(each -> response.getHeaders().add(name, each));
            }
        });
        if (length.isPresent()) {
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, length.getAsLong());
        }
        return Content.Sink.asOutputStream(response);
    }

    /// Takes what is left of a body that was refused unread, within limits. Clients that read only
    /// after they have written all (such as the one of the JDK) would else see a broken connection
    /// instead of the answer that says why. Who asked to be told first (`Expect`) has been.
    void discardRest() {
        boolean streams = request.getConnectionMetaData().getHttpVersion().getVersion() >= 20;
        if (streams || headers.containsKey("expect")) {
            return;
        }
        long end = System.nanoTime() + DISCARD_NANOS_MAX;
        try {
            long left = DISCARDED_BYTES_MAX;
            int n = body.read(); // nearly always the end: no reason yet for a buffer
            byte[] discarded = n < 0 ? new byte[0] : new byte[1 << 16];
            while (n >= 0 && left > 0 && System.nanoTime() - end < 0) {
                n = body.read(discarded);
                left -= n;
            }
        } catch (IOException e) {
            // The client is gone, or its body is no HTTP: it has its answer.
        }
    }

    @Override
    public String toString() {
        return method().toUpperCase(Locale.ROOT) + " " + path() + " " + requestId;
    }
}
