package io.dormouse.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

/// The digests that clients check a message by. AWS page: [message
/// metadata](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation).
final class Digests {
    private static final byte TEXT = 1;
    private static final byte BINARY = 2;

    private Digests() {}

    static String ofBody(String body) {
        return hex("MD5", body.getBytes(UTF_8));
    }

    /// What messages of the same content share.
    static String ofContent(String body) {
        return hex("SHA-256", body.getBytes(UTF_8));
    }

    static String ofAttributes(Map<String, MessageAttributeValue> attributes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new TreeMap<>(attributes)
                .forEach((name, value) -> {
                    write(out, name.getBytes(UTF_8));
                    write(out, value.dataType().getBytes(UTF_8));
                    boolean isBinary = value.binaryValue() != null;
                    out.write(isBinary ? BINARY : TEXT);
                    write(
                            out,
                            isBinary
                                    ? value.binaryValue().asByteArrayUnsafe()
                                    : value.stringValue().getBytes(UTF_8));
                });
        return hex("MD5", out.toByteArray());
    }

    private static void write(ByteArrayOutputStream out, byte[] bytes) {
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        out.writeBytes(bytes);
    }

    private static String hex(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
