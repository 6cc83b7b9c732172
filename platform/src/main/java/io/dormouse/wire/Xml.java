package io.dormouse.wire;

/// Writes XML elements: small enough that no XML library is loaded for an answer.
final class Xml {
    private final StringBuilder out =
            new StringBuilder(256).append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");

    /// An element that holds what `content` writes.
    Xml element(String name, Runnable content) {
        out.append('<').append(name).append('>');
        content.run();
        return end(name);
    }

    /// The same, as the root of a namespace.
    Xml root(String name, String namespace, Runnable content) {
        out.append('<').append(name);
        if (!namespace.isEmpty()) {
            out.append(" xmlns=\"").append(namespace).append('"');
        }
        out.append('>');
        content.run();
        return end(name);
    }

    /// An element that holds a text.
    Xml text(String name, String text) {
        out.append('<').append(name).append('>');
        escape(text);
        return end(name);
    }

    private Xml end(String name) {
        out.append("</").append(name).append('>');
        return this;
    }

    /// XML 1.0 has no form at all for most control characters: they become the replacement
    /// character, for an answer that no parser takes helps nobody.
    private void escape(String text) {
        text.codePoints()
                .forEach(point -> {
                    switch (point) {
                        case '<' -> out.append("&lt;");
                        case '>' -> out.append("&gt;");
                        case '&' -> out.append("&amp;");
                        case '\r' -> out.append("&#xD;");
                        default -> out.appendCodePoint(isLegal(point) ? point : 0xFFFD);
                    }
                });
    }

    private static boolean isLegal(int point) {
        return point == '\t'
                || point == '\n'
                || (point >= 0x20 && point <= 0xD7FF)
                || (point >= 0xE000 && point <= 0xFFFD)
                || point >= 0x10000;
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
