package io.dormouse.function;

import io.dormouse.artifact.Folders;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;

/// The deployment packages of functions, by their content: `ab12….zip`, durable, and beside it
/// `ab12…/`, unpacked, which can be made again.
final class CodeStore {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final String SUFFIX = ".zip";
    private static final String ASIDE = ".tmp";

    private final Path folder;
    private final S3Client s3;

    /// Begins the names of what this process has not finished yet.
    private final String life = UUID.randomUUID().toString();

    /// How many are about to record each digest.
    private final Map<String, Integer> pins = new HashMap<>();

    /// A package that is kept, and stays until this is closed: by then a record names it.
    final class Code implements AutoCloseable {
        private final String digest;
        private final long bytes;

        private Code(String digest, long bytes) {
            this.digest = digest;
            this.bytes = bytes;
        }

        /// SHA-256, hexadecimal.
        String digest() {
            return digest;
        }

        long bytes() {
            return bytes;
        }

        /// As AWS writes it.
        String sha256() {
            return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(digest));
        }

        @Override
        public void close() {
            synchronized (pins) {
                pins.computeIfPresent(digest, (_, count) -> count == 1 ? null : count - 1);
            }
        }
    }

    CodeStore(Path folder, S3Client s3) {
        this.folder = folder;
        this.s3 = s3;
    }

    /// Takes a package in: from the request, or from S3. It is durable, and known to unpack, when
    /// this returns.
    ///
    /// @param zip null where the request has none
    /// @throws software.amazon.awssdk.awscore.exception.AwsServiceException
    ///   `InvalidParameterValueException` where it is no zip, or is not there
    Code keep(
            @Nullable SdkBytes zip,
            @Nullable String bucket,
            @Nullable String key,
            @Nullable String version) {
        try {
            Files.createDirectories(folder);
            if (zip != null) {
                return keep(new ByteArrayInputStream(zip.asByteArrayUnsafe()));
            }
            if (bucket == null || key == null) {
                throw FunctionErrors.invalid("Please provide a source for function code.");
            }
            try (InputStream in = object(bucket, key, version)) {
                return keep(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private InputStream object(String bucket, String key, @Nullable String version) {
        try {
            return s3.getObject(
                    r -> r.bucket(bucket).key(key).versionId(version),
                    ResponseTransformer.toInputStream());
        } catch (SdkException e) {
            throw FunctionErrors.invalid(
                    "Error occurred while GetObject. S3 Error: " + e.getMessage());
        }
    }

    private Path aside() {
        return folder.resolve(life + "-" + UUID.randomUUID() + ASIDE);
    }

    private Code keep(InputStream in) throws IOException {
        Path aside = aside();
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            long bytes = write(in, aside, digest);
            String name = HexFormat.of().formatHex(digest.digest());
            synchronized (pins) {
                unpacked(aside, name);
                Files.move(aside, file(name), StandardCopyOption.ATOMIC_MOVE);
                pins.merge(name, 1, Integer::sum);
            }
            sync(folder);
            return new Code(name, bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        } finally {
            Files.deleteIfExists(aside);
        }
    }

    private static long write(InputStream in, Path file, MessageDigest digest) throws IOException {
        try (FileChannel out =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            long bytes = 0;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                bytes += n;
                if (bytes > Zip.BYTES_MAX) {
                    throw FunctionErrors.invalid(
                            "Unzipped size must be smaller than " + Zip.BYTES_MAX + " bytes");
                }
                digest.update(buffer, 0, n);
                for (ByteBuffer rest = ByteBuffer.wrap(buffer, 0, n); rest.hasRemaining(); ) {
                    out.write(rest);
                }
            }
            out.force(true);
            return bytes;
        }
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private Path unpacked(Path zip, String digest) throws IOException {
        Path place = folder.resolve(digest);
        if (Files.isDirectory(place)) {
            return place;
        }
        Path aside = aside();
        try {
            Zip.unpack(zip, aside);
            Files.move(aside, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.isDirectory(place)) {
                throw e;
            }
        } finally {
            Folders.delete(aside);
        }
        return place;
    }

    /// The package's file.
    Path file(String digest) {
        return folder.resolve(digest + SUFFIX);
    }

    /// The code, unpacked.
    Path unpacked(String digest) throws IOException {
        return unpacked(file(digest), digest);
    }

    /// The packages that lie here.
    List<String> digests() throws IOException {
        return named(SUFFIX)
                .map(each -> each.substring(0, each.length() - SUFFIX.length()))
                .toList();
    }

    /// Removes what an earlier life did not come to finish.
    void removeUnfinished() throws IOException {
        for (String each : named(ASIDE).filter(name -> !name.startsWith(life)).toList()) {
            Folders.delete(folder.resolve(each));
        }
    }

    private Stream<String> named(String end) throws IOException {
        if (!Files.isDirectory(folder)) {
            return Stream.empty();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all
                    .map(each -> String.valueOf(each.getFileName()))
                    .filter(each -> each.endsWith(end))
                    .toList()
                    .stream();
        }
    }

    /// Removes a package that no function has any more.
    ///
    /// @param isUsed whether a record names it
    void removeUnused(String digest, BooleanSupplier isUsed) throws IOException {
        synchronized (pins) {
            if (!pins.containsKey(digest) && !isUsed.getAsBoolean()) {
                // At once, as a half of it must never be taken for the whole.
                Path gone = aside();
                if (Files.isDirectory(folder.resolve(digest))) {
                    Files.move(folder.resolve(digest), gone, StandardCopyOption.ATOMIC_MOVE);
                }
                Files.deleteIfExists(file(digest));
                Folders.delete(gone);
            }
        }
    }
}
