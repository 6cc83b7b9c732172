package io.dormouse.modelserver;

import java.util.Locale;

/// The head of one request, as far as the container contract has a meaning for it.
///
/// @param path the target without its query
/// @param length bytes of the body; 0 where none is announced, [#CHUNKED] where chunks say
/// @param keepAlive whether the connection goes on after the answer
/// @param expectsContinue whether the sender waits for a 100 before the body
record Head(
        String method,
        String path,
        String contentType,
        String accept,
        String customAttributes,
        long length,
        boolean keepAlive,
        boolean expectsContinue) {
    static final long CHUNKED = -1;

    /// Strict where leniency would let two parsers disagree about where a request ends.
    static Head parse(String text) throws BadHead {
        int end = endOfLine(text, 0);
        String line = text.substring(0, end);
        int afterMethod = line.indexOf(' ');
        int beforeVersion = line.lastIndexOf(' ');
        if (afterMethod <= 0 || beforeVersion <= afterMethod + 1) {
            throw new BadHead(400, "the request line is not 'METHOD target HTTP/1.1'");
        }
        String version = line.substring(beforeVersion + 1);
        if (!version.equals("HTTP/1.1") && !version.equals("HTTP/1.0")) {
            throw new BadHead(505, "only HTTP/1.1 is spoken here");
        }
        String target = line.substring(afterMethod + 1, beforeVersion);
        int query = target.indexOf('?');
        Fields fields = new Fields(version.equals("HTTP/1.1"));
        for (int at = end + 2; at < text.length(); at = end + 2) {
            end = endOfLine(text, at);
            fields.add(text, at, end);
        }
        return fields.head(
                line.substring(0, afterMethod), query < 0 ? target : target.substring(0, query));
    }

    private static int endOfLine(String text, int from) {
        int end = text.indexOf("\r\n", from);
        return end < 0 ? text.length() : end;
    }

    /// The header fields seen so far.
    private static final class Fields {
        private final boolean persistent;
        private String contentType = "";
        private String accept = "";
        private String customAttributes = "";
        private String connection = "";
        private String length = "";
        private boolean chunked;
        private boolean expectsContinue;

        Fields(boolean persistent) {
            this.persistent = persistent;
        }

        void add(String text, int from, int to) throws BadHead {
            int colon = text.indexOf(':', from);
            if (colon <= from || colon >= to) {
                throw new BadHead(400, "a header line has no name or no colon");
            }
            for (int i = from; i < colon; i++) {
                if (text.charAt(i) <= ' ') {
                    throw new BadHead(400, "a header name holds white space");
                }
            }
            String value = text.substring(colon + 1, to).strip();
            for (int i = 0; i < value.length(); i++) {
                if (value.charAt(i) < ' ' && value.charAt(i) != '\t') {
                    throw new BadHead(400, "a header value holds a control character");
                }
            }
            take(text.substring(from, colon).toLowerCase(Locale.ROOT), value);
        }

        private void take(String name, String value) throws BadHead {
            switch (name) {
                case "content-type" -> contentType = value;
                case "accept" -> accept = accept.isEmpty() ? value : accept + ", " + value;
                case "x-amzn-sagemaker-custom-attributes" -> customAttributes = value;
                case "connection" -> connection = value.toLowerCase(Locale.ROOT);
                case "expect" -> expectsContinue = value.equalsIgnoreCase("100-continue");
                case "content-length" -> {
                    if (!length.isEmpty() && !length.equals(value)) {
                        throw new BadHead(400, "two Content-Length headers disagree");
                    }
                    length = value;
                }
                case "transfer-encoding" -> {
                    if (!value.equalsIgnoreCase("chunked") || chunked) {
                        throw new BadHead(
                                501, "the only Transfer-Encoding understood is 'chunked'");
                    }
                    chunked = true;
                }
                default -> {}
            }
        }

        Head head(String method, String path) throws BadHead {
            if (chunked && !length.isEmpty()) {
                throw new BadHead(400, "Content-Length and Transfer-Encoding exclude each other");
            }
            boolean keepAlive =
                    persistent ? !connection.equals("close") : connection.equals("keep-alive");
            return new Head(
                    method,
                    path,
                    contentType,
                    accept,
                    customAttributes,
                    chunked ? CHUNKED : bytes(),
                    keepAlive,
                    expectsContinue);
        }

        private long bytes() throws BadHead {
            long bytes = 0;
            boolean number = length.length() <= 18;
            for (int i = 0; i < length.length() && number; i++) {
                number = length.charAt(i) >= '0' && length.charAt(i) <= '9';
                bytes = bytes * 10 + (length.charAt(i) - '0');
            }
            if (!number) {
                throw new BadHead(400, "Content-Length is not a number of bytes");
            }
            return bytes;
        }
    }
}
