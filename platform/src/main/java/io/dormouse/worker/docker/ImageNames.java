package io.dormouse.worker.docker;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which image of this machine a name means: `NAME=LOCAL` rules, of which the first that fits
/// applies.
///
/// - `123456789012.dkr.ecr.us-east-1.amazonaws.com/churn=churn` for a repository; its tag or digest
///   is kept, unless LOCAL has a tag of its own
/// - `123456789012.dkr.ecr.us-east-1.amazonaws.com/=localhost:5000/` for all names that begin so;
///   with nothing behind `=`, the beginning is dropped
///
/// A name that a rule fits always runs in a container, also where there is a built-in model server
/// for it.
///
/// @param rules in their order
public record ImageNames(List<Rule> rules) {
    /// One rule.
    public record Rule(String name, String local) {
        Optional<String> apply(String image) {
            if (name.endsWith("/")) {
                return image.startsWith(name)
                        ? Optional.of(local + image.substring(name.length()))
                        : Optional.empty();
            }
            if (image.equals(name)) {
                return Optional.of(local);
            }
            String rest = image.startsWith(name) ? image.substring(name.length()) : "";
            if (!rest.startsWith(":") && !rest.startsWith("@")) {
                return Optional.empty();
            }
            return Optional.of(hasTag(local) ? local : local + rest);
        }
    }

    public ImageNames {
        rules = List.copyOf(rules);
    }

    /// Rules as a setting has them, parted by commas or blanks.
    ///
    /// @throws IllegalArgumentException naming the one that is none
    public static ImageNames of(String setting) {
        List<Rule> rules = new ArrayList<>();
        for (String each : setting.isBlank() ? new String[0] : setting.strip().split("[,\\s]+")) {
            int equals = each.indexOf('=');
            boolean whole = each.substring(0, Math.max(0, equals)).endsWith("/");
            if (equals < 1 || (equals == each.length() - 1 && !whole)) {
                throw new IllegalArgumentException(
                        "DORMOUSE_IMAGES: '"
                                + each
                                + "' is no rule NAME=LOCAL, such as"
                                + " 123456789012.dkr.ecr.us-east-1.amazonaws.com/churn=churn:latest");
            }
            rules.add(new Rule(each.substring(0, equals), each.substring(equals + 1)));
        }
        return new ImageNames(rules);
    }

    /// What a name means by the rules; empty where none fits.
    Optional<String> mapped(String image) {
        return rules.stream().flatMap(rule -> rule.apply(image).stream()).findFirst();
    }

    /// What the engine is asked for.
    String local(String image) {
        return mapped(image).orElse(image);
    }

    /// Whether a name has a tag or a digest.
    static boolean hasTag(String image) {
        return image.indexOf('@') >= 0 || image.indexOf(':', image.lastIndexOf('/') + 1) >= 0;
    }
}
