package io.dormouse.function;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Who may call a function's URL and how often, by the function's tags. Ours, not AWS's.
///
///     dormouse:api-key            a key, or sha256: and its digest
///     dormouse:api-key:partner    the key of one caller, by name
///     dormouse:rate               10/20: ten requests a second, twenty at once; for each key
///     dormouse:rate:partner       the same for one of them
///
/// @param keys digests by name; empty to ask for none
/// @param rates by name; the empty name stands for all others
record UrlKeys(Map<String, String> keys, Map<String, Rate> rates) {
    private static final String KEY = "dormouse:api-key";
    private static final String RATE = "dormouse:rate";
    private static final String DIGEST = "sha256:";
    private static final int KEY_LENGTH_MIN = 16;
    private static final Pattern RATE_FORM =
            Pattern.compile("([0-9]{1,6}(?:\\.[0-9]{1,6})?)/([0-9]{1,6})");

    /// How often.
    ///
    /// @param perSecond requests
    /// @param burst at once, after a pause
    record Rate(double perSecond, int burst) {}

    UrlKeys {
        keys = Map.copyOf(keys);
        rates = Map.copyOf(rates);
    }

    /// What a function's tags say.
    ///
    /// @throws IllegalArgumentException naming the tag and what was expected
    static UrlKeys of(Map<String, String> tags) {
        Map<String, String> keys = new LinkedHashMap<>();
        Map<String, Rate> rates = new LinkedHashMap<>();
        tags.forEach((tag, value) -> {
            if (tag.equals(KEY) || tag.startsWith(KEY + ":")) {
                keys.put(name(tag, KEY), digest(tag, value));
            } else if (tag.equals(RATE) || tag.startsWith(RATE + ":")) {
                rates.put(name(tag, RATE), rate(tag, value));
            }
        });
        return new UrlKeys(keys, rates);
    }

    private static String name(String tag, String prefix) {
        return tag.equals(prefix) ? "" : tag.substring(prefix.length() + 1);
    }

    private static String digest(String tag, String value) {
        if (value.startsWith(DIGEST)) {
            if (value.matches(DIGEST + "[0-9a-f]{64}")) {
                return value.substring(DIGEST.length());
            }
            throw new IllegalArgumentException(
                    "Tag " + tag + " must be sha256: and 64 hexadecimal digits, or the key itself");
        }
        if (value.length() < KEY_LENGTH_MIN) {
            throw new IllegalArgumentException(
                    "Tag " + tag + " must be a key of at least " + KEY_LENGTH_MIN + " characters");
        }
        return sha256(value);
    }

    private static Rate rate(String tag, String value) {
        Matcher form = RATE_FORM.matcher(value);
        if (form.matches() && Integer.parseInt(form.group(2)) > 0) {
            return new Rate(Double.parseDouble(form.group(1)), Integer.parseInt(form.group(2)));
        }
        throw new IllegalArgumentException(
                "Tag "
                        + tag
                        + " must be requests a second and a burst, such as 10/20, not \""
                        + value
                        + "\"");
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// The name of the key that came; empty where it is none of them. All are compared, each in the
    /// time that equal ones take.
    Optional<String> named(String key) {
        byte[] digest = sha256(key).getBytes(StandardCharsets.US_ASCII);
        Optional<String> found = Optional.empty();
        for (Map.Entry<String, String> each : keys.entrySet()) {
            if (MessageDigest.isEqual(
                    digest, each.getValue().getBytes(StandardCharsets.US_ASCII))) {
                found = Optional.of(each.getKey());
            }
        }
        return found;
    }

    /// How often the bearer of a key may call; empty for as often as there is room.
    Optional<Rate> rate(String name) {
        return Optional.ofNullable(rates.get(name)).or(() -> Optional.ofNullable(rates.get("")));
    }
}
