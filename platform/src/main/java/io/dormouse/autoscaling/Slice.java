package io.dormouse.autoscaling;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dormouse.aws.AwsError;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.applicationautoscaling.model.InvalidNextTokenException;

/// A page of a listing, in the order of its items' keys.
///
/// @param nextToken empty on the last page
record Slice<T>(List<T> items, Optional<String> nextToken) {
    private static final String MARK = "after ";

    /// @param max null for the default, as the SDK's getter says it
    /// @param most what a page holds at most, and where none is asked for
    static <T> Slice<T> of(
            List<T> all,
            Function<T, String> key,
            @Nullable Integer max,
            int most,
            @Nullable String token) {
        int size = max == null ? most : max;
        if (size < 1 || size > most) {
            throw AwsError.VALIDATION.of(
                    "MaxResults " + size + " is out of range: give a number from 1 to " + most);
        }
        String after = token == null ? "" : key(token);
        List<T> left =
                all.stream()
                        .sorted(Comparator.comparing(key))
                        .filter(each -> key.apply(each).compareTo(after) > 0)
                        .limit(size + 1L)
                        .toList();
        if (left.size() <= size) {
            return new Slice<>(left, Optional.empty());
        }
        List<T> items = left.subList(0, size);
        String last = MARK + key.apply(items.getLast());
        return new Slice<>(
                items,
                Optional.of(
                        Base64.getUrlEncoder()
                                .withoutPadding()
                                .encodeToString(last.getBytes(UTF_8))));
    }

    private static String key(String token) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(token), UTF_8);
            if (text.startsWith(MARK)) {
                return text.substring(MARK.length());
            }
        } catch (IllegalArgumentException e) {
            // No token of ours: said below.
        }
        throw InvalidNextTokenException.builder()
                .message("Invalid next token: pass the token of the last answer")
                .build();
    }
}
