package io.dormouse.modelserver;

import java.util.List;
import java.util.Locale;

/// Media types as `Content-Type` and `Accept` carry them.
public final class Media {
    public static final String JSON = "application/json";
    public static final String JSON_LINES = "application/jsonlines";
    public static final String CSV = "text/csv";
    public static final String NPY = "application/x-npy";

    private Media() {}

    /// `text/csv` of `Text/CSV; header=present`.
    public static String type(String contentType) {
        int end = contentType.indexOf(';');
        return (end < 0 ? contentType : contentType.substring(0, end))
                .strip()
                .toLowerCase(Locale.ROOT);
    }

    /// `present` of `text/csv; header=present`; empty where there is no such parameter.
    public static String parameter(String contentType, String name) {
        int at = contentType.indexOf(';');
        while (at >= 0) {
            int end = contentType.indexOf(';', at + 1);
            String part = contentType.substring(at + 1, end < 0 ? contentType.length() : end);
            int equals = part.indexOf('=');
            if (equals > 0 && part.substring(0, equals).strip().equalsIgnoreCase(name)) {
                return part.substring(equals + 1).strip().toLowerCase(Locale.ROOT);
            }
            at = end;
        }
        return "";
    }

    /// The first type of an `Accept` header that is offered; the first offer where everything is
    /// accepted.
    ///
    /// @throws Refusal 406 where none is
    public static String choose(String accept, List<String> offered) throws Refusal {
        if (accept.isBlank()) {
            return offered.getFirst();
        }
        int from = 0;
        while (from <= accept.length()) {
            int comma = accept.indexOf(',', from);
            int end = comma < 0 ? accept.length() : comma;
            String wanted = type(accept.substring(from, end));
            for (String offer : offered) {
                if (matches(wanted, offer)) {
                    return offer;
                }
            }
            from = end + 1;
        }
        throw Refusal.notAcceptable(
                "Accept is '" + accept + "', this model answers " + String.join(", ", offered));
    }

    private static boolean matches(String wanted, String offer) {
        return wanted.equals(offer)
                || wanted.equals("*/*")
                || (wanted.endsWith("/*")
                        && offer.startsWith(wanted.substring(0, wanted.length() - 1)));
    }
}
