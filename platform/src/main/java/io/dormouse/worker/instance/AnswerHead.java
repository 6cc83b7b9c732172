package io.dormouse.worker.instance;

import io.dormouse.worker.Fault;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/// The head of an HTTP/1.1 answer, read strictly: what leaves room for two readings is refused.
///
/// @param headers by lower-case name; the values of a repeated name joined by a comma
/// @param contentLength empty where the body is chunked, or ends with the connection
/// @param toEnd whether the body ends with the connection: HTTP/1.0, and who says that it closes
/// @param last whether the connection ends with this answer
public record AnswerHead(
        int status,
        Map<String, String> headers,
        OptionalLong contentLength,
        boolean toEnd,
        boolean last) {
    /// No code of the contract answers with a body of this size: a number beyond it is nonsense.
    private static final long BODY_BYTES_MAX = 1L << 40;

    static AnswerHead parse(byte[] bytes, int from, int to) throws LinkBroken {
        String text = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n");
        String statusLine = end < 0 ? text : text.substring(0, end);
        int status = status(statusLine);
        Map<String, String> headers = new HashMap<>();
        for (int at = end < 0 ? text.length() : end + 2; at < text.length(); at = end + 2) {
            end = text.indexOf("\r\n", at);
            end = end < 0 ? text.length() : end;
            add(headers, text.substring(at, end));
        }
        String connection = headers.getOrDefault("connection", "");
        boolean last =
                connection.equalsIgnoreCase("close")
                        || (text.charAt(7) == '0' && !connection.equalsIgnoreCase("keep-alive"));
        boolean unsaid =
                !headers.containsKey("content-length") && !headers.containsKey("transfer-encoding");
        boolean toEnd = last && unsaid && status >= 200 && status != 204 && status != 304;
        OptionalLong length = toEnd ? OptionalLong.empty() : length(status, headers);
        return new AnswerHead(status, headers, length, toEnd, last);
    }

    private static int status(String line) throws LinkBroken {
        boolean right =
                (line.startsWith("HTTP/1.1 ") || line.startsWith("HTTP/1.0 "))
                        && line.length() >= 12
                        && (line.length() == 12 || line.charAt(12) == ' ')
                        && plain(line);
        for (int i = 9; right && i < 12; i++) {
            right = Character.digit(line.charAt(i), 10) >= 0;
        }
        if (!right || line.charAt(9) == '0') {
            throw garbage("no status line but: " + shown(line));
        }
        return Integer.parseInt(line, 9, 12, 10);
    }

    private static void add(Map<String, String> headers, String line) throws LinkBroken {
        int colon = line.indexOf(':');
        if (colon < 1 || !plain(line)) {
            throw garbage("no header but: " + shown(line));
        }
        String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
        for (int i = 0; i < colon; i++) {
            if (name.charAt(i) <= ' ') {
                throw garbage("a blank in a header's name: " + shown(line));
            }
        }
        headers.merge(name, line.substring(colon + 1).strip(), (a, b) -> a + "," + b);
    }

    private static OptionalLong length(int status, Map<String, String> headers) throws LinkBroken {
        String length = headers.get("content-length");
        String encoding = headers.get("transfer-encoding");
        if (status < 200 || status == 204 || status == 304) {
            return OptionalLong.of(0);
        }
        if (length != null && encoding == null && isNumber(length)) {
            long bytes = Long.parseLong(length);
            if (bytes <= BODY_BYTES_MAX) {
                return OptionalLong.of(bytes);
            }
        }
        if (length == null && encoding != null && encoding.equalsIgnoreCase("chunked")) {
            return OptionalLong.empty();
        }
        throw garbage(
                "no usable length of the body: Content-Length %s, Transfer-Encoding %s"
                        .formatted(shown(String.valueOf(length)), shown(String.valueOf(encoding))));
    }

    private static boolean isNumber(String text) {
        boolean right = !text.isEmpty() && text.length() <= 13;
        for (int i = 0; right && i < text.length(); i++) {
            right = text.charAt(i) >= '0' && text.charAt(i) <= '9';
        }
        return right;
    }

    private static boolean plain(String line) {
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f) {
                return false;
            }
        }
        return true;
    }

    static LinkBroken garbage(String what) {
        return new LinkBroken(Fault.Kind.GARBAGE, "the model server's answer is not HTTP: " + what);
    }

    /// At most forty characters, printable.
    private static String shown(String text) {
        String some = text.length() > 40 ? text.substring(0, 40) + "…" : text;
        return "'" + some.replaceAll("[^ -~…]", "?") + "'";
    }
}
