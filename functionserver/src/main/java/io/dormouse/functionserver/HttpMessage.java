package io.dormouse.functionserver;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// A request: its first line, its headers by lower-case name, its whole body.
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record HttpMessage(String method, String path, Map<String, String> headers, byte[] body) {
    /// A header, by its lower-case name; empty where there is none.
    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /// Reads a head.
    ///
    /// @return a message without its body
    static HttpMessage head(String text) {
        String[] lines = text.split("\r\n", -1);
        String[] words = lines[0].split(" ", -1);
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                headers.put(
                        lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                        lines[i].substring(colon + 1).strip());
            }
        }
        String target = words.length > 1 ? words[1] : "";
        int query = target.indexOf('?');
        return new HttpMessage(
                words[0], query < 0 ? target : target.substring(0, query), headers, new byte[0]);
    }

    HttpMessage with(byte[] content) {
        return new HttpMessage(method, path, headers, content);
    }
}
