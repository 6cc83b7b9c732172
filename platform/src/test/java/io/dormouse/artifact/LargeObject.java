package io.dormouse.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/// A program that puts an object of any size over HTTP and gets it back, to be run with a small
/// heap: `LargeObject <folder> <bytes>`. Prints `MB/s` of both, and fails with an exception.
final class LargeObject {
    private static final int BLOCK_BYTES = 1 << 20;

    private final byte[] block = new byte[BLOCK_BYTES];

    private LargeObject() {
        new Random(5).nextBytes(block);
    }

    public static void main(String[] arguments) throws IOException {
        new LargeObject().run(Path.of(arguments[0]), Long.parseLong(arguments[1]));
    }

    private void run(Path folder, long bytes) throws IOException {
        try (S3Platform platform = new S3Platform(folder)) {
            platform.objects().createBucket(r -> r.bucket("bkt"));
            long start = System.nanoTime();
            put(platform, bytes);
            long put = System.nanoTime();
            get(platform, bytes);
            long got = System.nanoTime();
            System.out.println(
                    "heap_mb="
                            + (Runtime.getRuntime().maxMemory() >> 20)
                            + " put_mb_s="
                            + bytes * 1000 / (put - start)
                            + " get_mb_s="
                            + bytes * 1000 / (got - put));
        }
    }

    private static HttpURLConnection open(S3Platform platform) throws IOException {
        return (HttpURLConnection)
                platform.endpoint().resolve("/bkt/large").toURL().openConnection();
    }

    private void put(S3Platform platform, long bytes) throws IOException {
        HttpURLConnection connection = open(platform);
        connection.setRequestMethod("PUT");
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(bytes);
        try (OutputStream out = connection.getOutputStream()) {
            for (long left = bytes; left > 0; left -= BLOCK_BYTES) {
                out.write(block, 0, (int) Math.min(BLOCK_BYTES, left));
            }
        }
        expect(connection);
    }

    private static void expect(HttpURLConnection connection) throws IOException {
        if (connection.getResponseCode() != 200) {
            throw new IOException("Answered " + connection.getResponseCode());
        }
    }

    private void get(S3Platform platform, long bytes) throws IOException {
        HttpURLConnection connection = open(platform);
        expect(connection);
        try (InputStream in = connection.getInputStream()) {
            byte[] buffer = new byte[BLOCK_BYTES];
            for (long left = bytes; left > 0; left -= BLOCK_BYTES) {
                int wanted = (int) Math.min(BLOCK_BYTES, left);
                if (in.readNBytes(buffer, 0, wanted) != wanted
                        || !Arrays.equals(buffer, 0, wanted, block, 0, wanted)) {
                    throw new IOException("Not what was put, " + left + " bytes before the end");
                }
            }
            if (in.read() >= 0) {
                throw new IOException("More than was put");
            }
        }
    }
}
