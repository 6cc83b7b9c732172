package io.dormouse.wire;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// A whole answer in memory.
@SuppressWarnings("ArrayRecordComponent") // a body is not compared
record Reply(int status, Map<String, String> headers, byte[] body) {
    static Reply of(int status, String contentType, byte[] body) {
        return new Reply(status, Map.of("Content-Type", contentType), body);
    }

    Reply with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Reply(status, more, body);
    }

    void send(Exchange exchange) throws IOException {
        exchange.answer(status, headers, body);
    }
}
