package io.dormouse.wire.s3;

import io.dormouse.wire.Exchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// An exchange whose every answer, also an error's, carries headers for the browser.
record CorsExchange(Exchange exchange, Map<String, String> more) implements Exchange {
    @Override
    public String method() {
        return exchange.method();
    }

    @Override
    public String path() {
        return exchange.path();
    }

    @Override
    public String query() {
        return exchange.query();
    }

    @Override
    public Map<String, List<String>> headers() {
        return exchange.headers();
    }

    @Override
    public OptionalLong contentLength() {
        return exchange.contentLength();
    }

    @Override
    public InputStream body() {
        return exchange.body();
    }

    @Override
    public byte[] buffer(int bytesMax) throws IOException {
        return exchange.buffer(bytesMax);
    }

    @Override
    public String requestId() {
        return exchange.requestId();
    }

    @Override
    public String remoteAddress() {
        return exchange.remoteAddress();
    }

    @Override
    public boolean isAnswered() {
        return exchange.isAnswered();
    }

    @Override
    public OutputStream answer(int status, Map<String, String> headers, OptionalLong length)
            throws IOException {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.putAll(more);
        return exchange.answer(status, all, length);
    }
}
