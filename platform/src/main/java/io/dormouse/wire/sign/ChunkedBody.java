package io.dormouse.wire.sign;

import io.dormouse.wire.sign.SignatureRefused.Reason;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A body in `aws-chunked` encoding as what it encodes: the signatures of its chunks and the
/// checksums in its trailer are verified as it streams. Nothing may be kept of a body whose reading
/// did not reach the end.
///
///     400;chunk-signature=…  ⏎ 1024 bytes ⏎ … 0;chunk-signature=… ⏎ x-amz-checksum-crc32:… ⏎ ⏎
public final class ChunkedBody extends InputStream {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int LINE_LENGTH_MAX = 8192;
    private static final int TRAILERS_MAX = 32;
    private static final String CHUNK_SIGNATURE = "chunk-signature=";
    private static final String TRAILER_SIGNATURE = "x-amz-trailer-signature";
    private static final String CHECKSUM = "x-amz-checksum-";
    private static final String EMPTY_HASH = SigningKey.sha256(new byte[0]);

    private final InputStream in;
    private final Optional<Signed.Chain> chain;
    private final Map<String, Checksum.Running> checksums = new LinkedHashMap<>();
    private String previousSignature;
    private String chunkSignature = "";
    private Checksum.Running chunkHash = Checksum.SHA256.start();
    private long left;
    private boolean isBetweenChunks;
    private boolean isAtEnd;

    /// @param trailer what the `x-amz-trailer` header announces; empty for none
    public ChunkedBody(InputStream in, Optional<Signed.Chain> chain, String trailer) {
        this.in = new BufferedInputStream(in, BUFFER_BYTES);
        this.chain = chain;
        this.previousSignature = chain.map(Signed.Chain::seed).orElse("");
        for (String each : trailer.split(",", -1)) {
            String name = each.trim().toLowerCase(Locale.ROOT);
            if (name.startsWith(CHECKSUM)) {
                Checksum checksum =
                        Checksum.named(name.substring(CHECKSUM.length()))
                                .orElseThrow(() ->
                                        new SignatureRefused(
                                                Reason.MALFORMED_TRAILER,
                                                "The value specified in the x-amz-trailer"
                                                        + " header is not supported"));
                checksums.put(name, checksum.start());
            }
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (left == 0 && !isAtEnd) {
            beginChunk();
        }
        if (isAtEnd) {
            return -1;
        }
        int n = in.read(buffer, offset, (int) Math.min(length, left));
        if (n < 0) {
            throw incomplete();
        }
        checksums.values().forEach(each -> each.update(buffer, offset, n));
        if (chain.isPresent()) {
            chunkHash.update(buffer, offset, n);
        }
        left -= n;
        if (left == 0) {
            endChunk();
        }
        return n;
    }

    private void beginChunk() throws IOException {
        if (isBetweenChunks && !line().isEmpty()) {
            throw malformed("A chunk is longer than its size says");
        }
        isBetweenChunks = true;
        String head = line();
        int semicolon = head.indexOf(';');
        left = size(semicolon < 0 ? head : head.substring(0, semicolon));
        int signature = head.indexOf(CHUNK_SIGNATURE);
        chunkSignature =
                signature < 0 ? "" : head.substring(signature + CHUNK_SIGNATURE.length()).trim();
        chunkHash = Checksum.SHA256.start();
        if (left == 0) {
            isAtEnd = true;
            endChunk();
            readTrailer();
        }
    }

    private static long size(String text) {
        try {
            return HexFormat.fromHexDigitsToLong(text.trim());
        } catch (IllegalArgumentException e) {
            throw malformed("A chunk does not begin with its size");
        }
    }

    private void endChunk() {
        if (chain.isPresent()) {
            String hash = HexFormat.of().formatHex(chunkHash.value());
            check("AWS4-HMAC-SHA256-PAYLOAD", EMPTY_HASH + "\n" + hash, chunkSignature);
        }
    }

    private void check(String kind, String content, String signature) {
        Signed.Chain with = chain.orElseThrow();
        String right =
                with.key()
                        .sign(
                                String.join(
                                        "\n",
                                        kind,
                                        with.stamp(),
                                        with.scope(),
                                        previousSignature,
                                        content));
        if (!SigningKey.equal(right, signature)) {
            throw new SignatureRefused(
                    Reason.MISMATCH,
                    "The chunk signature we calculated does not match the signature you provided.");
        }
        previousSignature = right;
    }

    private void readTrailer() throws IOException {
        Map<String, String> trailer = new LinkedHashMap<>();
        String line = lineOrEnd();
        while (!line.isEmpty()) {
            int colon = line.indexOf(':');
            if (colon <= 0 || trailer.size() == TRAILERS_MAX) {
                throw malformed("The trailer is not well-formed");
            }
            trailer.put(
                    line.substring(0, colon).trim().toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).trim());
            line = lineOrEnd();
        }
        String signature = trailer.remove(TRAILER_SIGNATURE);
        if (chain.isPresent() && !checksums.isEmpty()) {
            StringBuilder text = new StringBuilder();
            trailer.forEach(
                    (name, value) -> text.append(name).append(':').append(value).append('\n'));
            check(
                    "AWS4-HMAC-SHA256-TRAILER",
                    SigningKey.sha256(text.toString().getBytes(StandardCharsets.UTF_8)),
                    signature == null ? "" : signature);
        }
        checksums.forEach((name, running) -> compare(name, trailer.get(name), running.base64()));
    }

    private static void compare(String name, @Nullable String claimed, String computed) {
        if (claimed == null) {
            throw malformed("The trailer has no " + name + ", which x-amz-trailer announces");
        }
        if (!claimed.equals(computed)) {
            throw new SignatureRefused(
                    Reason.CHECKSUM_MISMATCH,
                    "The "
                            + name.substring(CHECKSUM.length()).toUpperCase(Locale.ROOT)
                            + " you specified did not match the calculated checksum.");
        }
    }

    /// A line of the trailer; empty after the last one, also where a client leaves out the empty
    /// line that should follow.
    private String lineOrEnd() throws IOException {
        in.mark(1);
        if (in.read() < 0) {
            return "";
        }
        in.reset();
        return line();
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw incomplete();
            }
            if (line.length() == LINE_LENGTH_MAX) {
                throw malformed("A line between the chunks is too long");
            }
            line.append((char) c);
        }
        int end = line.length() - 1;
        if (end >= 0 && line.charAt(end) == '\r') {
            line.setLength(end);
        }
        return line.toString();
    }

    private static SignatureRefused incomplete() {
        return new SignatureRefused(
                Reason.INCOMPLETE_BODY, "The request body terminated unexpectedly");
    }

    private static SignatureRefused malformed(String sentence) {
        return new SignatureRefused(Reason.MALFORMED_TRAILER, sentence);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
