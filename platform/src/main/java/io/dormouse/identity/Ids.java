package io.dormouse.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/// Identifiers and secrets in AWS's forms.
///
/// See [unique
/// identifiers](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids).
final class Ids {
    static final String ROLE = "AROA";
    static final String POLICY = "ANPA";
    static final String USER = "AIDA";
    static final String TEMPORARY_KEY = "ASIA";

    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int UNIQUE_LENGTH = 17;
    private static final int KEY_LENGTH = 16;
    private static final int SECRET_BYTES = 30;
    private static final int TOKEN_BYTES = 192;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Ids() {}

    /// A new unique id, such as that of a role.
    static String unique(String prefix) {
        return letters(prefix, random(UNIQUE_LENGTH));
    }

    /// The unique id of something that is not kept: always the same for the same ARN.
    static String unique(String prefix, String arn) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(arn.getBytes(StandardCharsets.UTF_8));
            return letters(prefix, java.util.Arrays.copyOf(hash, UNIQUE_LENGTH));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    static String temporaryKey() {
        return letters(TEMPORARY_KEY, random(KEY_LENGTH));
    }

    /// 40 characters, as AWS's have.
    static String secret() {
        return Base64.getEncoder().encodeToString(random(SECRET_BYTES));
    }

    static String sessionToken() {
        return Base64.getEncoder().encodeToString(random(TOKEN_BYTES));
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    private static String letters(String prefix, byte[] bytes) {
        StringBuilder text = new StringBuilder(prefix);
        for (byte each : bytes) {
            text.append(LETTERS.charAt(each & 31));
        }
        return text.toString();
    }
}
