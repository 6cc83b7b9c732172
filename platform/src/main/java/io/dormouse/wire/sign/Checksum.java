package io.dormouse.wire.sign;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/// The checksums of objects, by AWS's names.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html">AWS</a>
public enum Checksum {
    CRC32,
    CRC32C,
    CRC64NVME,
    SHA1,
    SHA256;

    /// A checksum of bytes that are still coming.
    public interface Running {
        void update(byte[] bytes, int offset, int length);

        /// The checksum, big-endian. Asked once, at the end.
        byte[] value();

        default String base64() {
            return Base64.getEncoder().encodeToString(value());
        }
    }

    public static Optional<Checksum> named(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        return Arrays.stream(values()).filter(each -> each.name().equals(upper)).findFirst();
    }

    /// The member of requests and answers that holds it: `ChecksumCRC32`.
    public String member() {
        return "Checksum" + name();
    }

    /// Whether the checksum of a whole follows from those of its parts.
    public boolean isCrc() {
        return this != SHA1 && this != SHA256;
    }

    public Running start() {
        return switch (this) {
            case CRC32 -> crc(new CRC32(), Integer.BYTES);
            case CRC32C -> crc(new CRC32C(), Integer.BYTES);
            case CRC64NVME -> crc(new Crc64Nvme(), Long.BYTES);
            case SHA1 -> digest("SHA-1");
            case SHA256 -> digest("SHA-256");
        };
    }

    /// The CRC of two runs of bytes, one after the other.
    ///
    /// @param secondLength bytes of the second
    public byte[] combine(byte[] first, byte[] second, long secondLength) {
        CrcCombiner combiner =
                switch (this) {
                    case CRC32 -> CrcCombiner.CRC32;
                    case CRC32C -> CrcCombiner.CRC32C;
                    case CRC64NVME -> CrcCombiner.CRC64NVME;
                    case SHA1, SHA256 -> throw new IllegalStateException(this + " is no CRC");
                };
        return bytes(combiner.combine(number(first), number(second), secondLength), first.length);
    }

    private static long number(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return bytes.length == Long.BYTES
                ? buffer.getLong()
                : Integer.toUnsignedLong(buffer.getInt());
    }

    private static byte[] bytes(long value, int length) {
        return length == Long.BYTES
                ? ByteBuffer.allocate(Long.BYTES).putLong(value).array()
                : ByteBuffer.allocate(Integer.BYTES).putInt((int) value).array();
    }

    private static Running crc(java.util.zip.Checksum crc, int length) {
        return new Running() {
            @Override
            public void update(byte[] bytes, int offset, int count) {
                crc.update(bytes, offset, count);
            }

            @Override
            public byte[] value() {
                return bytes(crc.getValue(), length);
            }
        };
    }

    /// A message digest that runs like a checksum: `MD5` is the ETag's.
    public static Running digest(String algorithm) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            return new Running() {
                @Override
                public void update(byte[] bytes, int offset, int length) {
                    digest.update(bytes, offset, length);
                }

                @Override
                public byte[] value() {
                    return digest.digest();
                }
            };
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
