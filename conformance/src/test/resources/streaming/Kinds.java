package io.dormouse.modelserver;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// In place of the model server's own kinds: one model, whose answer is as long as its request and
/// says what that was, its SHA-256 in hexadecimal, again and again. It streams both ways.
final class Kinds {
    private static final int PIECE_BYTES = 64 * 1024;

    private Kinds() {}

    static boolean readsVariables(String kind) {
        return false;
    }

    static Predictor load(Load load, int threads, Steps steps) {
        return new Predictor() {
            @Override
            public Answer predict(Request request) throws IOException {
                MessageDigest digest = sha256();
                byte[] piece = new byte[PIECE_BYTES];
                long bytes = 0;
                for (int n; (n = request.body().read(piece)) >= 0; bytes += n) {
                    digest.update(piece, 0, n);
                }
                return new Repeated(HexFormat.of().formatHex(digest.digest()), bytes);
            }

            @Override
            public void close() {}
        };
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private record Repeated(String text, long length) implements Answer {
        @Override
        public String contentType() {
            return "text/plain";
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            byte[] piece =
                    text.repeat(PIECE_BYTES / text.length()).getBytes(StandardCharsets.US_ASCII);
            for (long left = length; left > 0; left -= piece.length) {
                out.write(piece, 0, (int) Math.min(piece.length, left));
            }
        }
    }
}
