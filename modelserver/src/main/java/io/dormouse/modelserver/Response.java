package io.dormouse.modelserver;

import java.nio.charset.StandardCharsets;

/// What goes back for one request.
///
/// @param headers further header lines, each with its end of line; often empty
/// @param close whether the connection ends after it
record Response(int status, Answer answer, String headers, boolean close) {
    private static final String PLAIN = "text/plain; charset=utf-8";
    private static final byte[] NOTHING = new byte[0];

    static Response ok(Answer answer) {
        return new Response(200, answer, "", false);
    }

    /// The same with these header lines.
    Response with(String lines) {
        return new Response(status, answer, lines, close);
    }

    static Response empty() {
        return new Response(200, Answer.of("", NOTHING, 0), "", false);
    }

    /// An error: its body is one sentence, fit to be quoted in AWS's `ModelError`.
    static Response error(int status, String sentence) {
        return new Response(status, text(PLAIN, sentence), "", false);
    }

    static Response fatal(int status, String sentence) {
        return new Response(status, text(PLAIN, sentence), "", true);
    }

    static Answer text(String type, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Answer.of(type, bytes, bytes.length);
    }

    String reason() {
        return switch (status) {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 406 -> "Not Acceptable";
            case 409 -> "Conflict";
            case 413 -> "Content Too Large";
            case 415 -> "Unsupported Media Type";
            case 431 -> "Request Header Fields Too Large";
            case 501 -> "Not Implemented";
            case 503 -> "Service Unavailable";
            case 505 -> "HTTP Version Not Supported";
            default -> "Internal Server Error";
        };
    }
}
