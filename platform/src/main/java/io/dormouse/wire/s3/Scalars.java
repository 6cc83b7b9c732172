package io.dormouse.wire.s3;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.TimestampFormatTrait;

/// Texts, numbers, flags and times as S3 writes them.
final class Scalars {
    private static final DateTimeFormatter HTTP =
            DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter ISO =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private Scalars() {}

    /// A member's value from its text; nothing where it is not of its type.
    static Optional<Object> parse(SdkField<?> field, String text) {
        MarshallingType<?> type = field.marshallingType();
        String trimmed = text.trim();
        try {
            if (type.equals(MarshallingType.STRING)) {
                return Optional.of(text);
            } else if (type.equals(MarshallingType.INTEGER)) {
                return Optional.of(Integer.valueOf(trimmed));
            } else if (type.equals(MarshallingType.LONG)) {
                return Optional.of(Long.valueOf(trimmed));
            } else if (type.equals(MarshallingType.INSTANT)) {
                return Optional.of(time(trimmed));
            } else if (type.equals(MarshallingType.BOOLEAN)) {
                String flag = trimmed.toLowerCase(Locale.ROOT);
                return flag.equals("true") || flag.equals("false")
                        ? Optional.of(flag.equals("true"))
                        : Optional.empty();
            }
        } catch (NumberFormatException | DateTimeException e) {
            return Optional.empty();
        }
        throw new IllegalStateException("No text form for " + field.memberName());
    }

    private static Instant time(String text) {
        if (text.isEmpty() || !Character.isDigit(text.charAt(0))) {
            return DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from);
        }
        return text.indexOf('T') < 0
                ? Instant.parse(text + "T00:00:00Z")
                : DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from);
    }

    /// A value in a header.
    static String header(SdkField<?> field, Object value) {
        if (!(value instanceof Instant time)) {
            return value.toString();
        }
        TimestampFormatTrait trait = field.getTrait(TimestampFormatTrait.class);
        return trait != null && trait.format() == TimestampFormatTrait.Format.ISO_8601
                ? ISO.format(time)
                : HTTP.format(time);
    }

    /// A value in a document.
    static String document(Object value) {
        return value instanceof Instant time ? ISO.format(time) : value.toString();
    }
}
