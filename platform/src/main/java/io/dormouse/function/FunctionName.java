package io.dormouse.function;

import io.dormouse.aws.Caller;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which function a request names: by name, partial ARN or ARN, each with a version or alias behind
/// it, or that in a member of its own.
///
/// @param qualifier a version's number, an alias, or `$LATEST`
record FunctionName(String name, Optional<String> qualifier) {
    static final String LATEST = "$LATEST";

    private static final Pattern FORM =
            Pattern.compile(
                    "(?:arn:aws[a-zA-Z-]*:lambda:)?(?:([a-z]{2}[a-z-]*-\\d):)?(?:(\\d{12}):)?(?:function:)?"
                            + "([a-zA-Z0-9-_]+)(?::(\\$LATEST|[a-zA-Z0-9-_]+))?");

    FunctionName {
        Objects.requireNonNull(name);
        Objects.requireNonNull(qualifier);
    }

    /// Reads it.
    ///
    /// @param qualifier of a member of its own; null where the request has none
    static FunctionName of(String text, @Nullable String qualifier) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw FunctionErrors.invalid(text + " is no function's name or ARN");
        }
        String account = parts.group(2);
        if (account != null && !account.equals(Caller.current().account())) {
            throw FunctionErrors.noFunction(text);
        }
        String inName = parts.group(4);
        if (inName != null && qualifier != null && !inName.equals(qualifier)) {
            throw FunctionErrors.invalid(
                    "The derived qualifier from the function name does not match the specified"
                            + " qualifier.");
        }
        return new FunctionName(
                String.valueOf(parts.group(3)),
                Optional.ofNullable(inName == null ? qualifier : inName));
    }

    static FunctionName of(String text) {
        return of(text, null);
    }

    /// The ARN without a qualifier.
    String bareArn() {
        return Caller.current().resource("lambda", "function:" + name);
    }

    String arn() {
        return qualifier.map(each -> bareArn() + ":" + each).orElseGet(this::bareArn);
    }
}
