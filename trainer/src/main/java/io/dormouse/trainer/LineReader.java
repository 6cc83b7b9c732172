package io.dormouse.trainer;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Goes through the lines of a channel's files, and knows where it is when one is broken.
final class LineReader {
    private static final int SNIPPET_CHARACTERS_MAX = 40;

    private final String channel;
    private final Path folder;
    private String place = "";
    private long line;

    LineReader(Channel channel) {
        this.channel = channel.name();
        this.folder = channel.folder();
    }

    /// Does something with one line.
    interface LineParser {
        void parse(String line) throws UserError;
    }

    /// Reads each line of each file, but for blank ones.
    void read(List<Path> files, LineParser parser) throws IOException, UserError {
        for (Path file : files) {
            place = channel + "/" + folder.relativize(file);
            line = 0;
            // A byte is a character: a file that is no text is then told by its first line.
            try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
                for (String text; (text = in.readLine()) != null; ) {
                    line++;
                    if (!text.isBlank()) {
                        parser.parse(text);
                    }
                }
            }
        }
    }

    /// Where the reader is, such as `train/part-0.csv, line 17`.
    String place() {
        return place + ", line " + line;
    }

    boolean isFirstLine() {
        return line == 1;
    }

    UserError broken(String what) {
        return new UserError(place() + ": " + what);
    }

    /// A piece of the file, fit to be quoted.
    static String snippet(String text) {
        StringBuilder shown = new StringBuilder("'");
        for (int i = 0; i < Math.min(text.length(), SNIPPET_CHARACTERS_MAX); i++) {
            char c = text.charAt(i);
            shown.append(c >= ' ' && c < 127 ? c : '?');
        }
        return shown.append(text.length() > SNIPPET_CHARACTERS_MAX ? "...'" : "'").toString();
    }

    /// The number that a text is; `NaN` only for `nan`.
    ///
    /// @param what for the sentence, such as `column 3`
    /// @param wanted for the sentence, such as `a number`
    float number(String text, String what, String wanted) throws UserError {
        String bare = text.strip();
        if (bare.equalsIgnoreCase("nan")) {
            return Float.NaN;
        }
        boolean looksRight = !bare.isEmpty();
        for (int i = 0; i < bare.length() && looksRight; i++) {
            char c = bare.charAt(i);
            // parseFloat also takes what only Java writes: 1f, 0x1p3, Infinity.
            looksRight = (c >= '0' && c <= '9') || "+-.eE".indexOf(c) >= 0;
        }
        try {
            float value = looksRight ? Float.parseFloat(bare) : Float.NaN;
            if (!looksRight || Float.isInfinite(value)) {
                throw broken(what + " is " + snippet(bare) + ", expected " + wanted);
            }
            return value;
        } catch (NumberFormatException _) {
            throw broken(what + " is " + snippet(bare) + ", expected " + wanted);
        }
    }
}
