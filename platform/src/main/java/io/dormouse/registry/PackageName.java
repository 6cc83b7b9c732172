package io.dormouse.registry;

import io.dormouse.aws.Caller;
import java.util.Locale;
import java.util.OptionalInt;

/// What a caller names a model package by: `arn:…:model-package/churn/3`, `churn/3`, or the name of
/// one without versions.
///
/// @param name of the group, or of the package itself; in lower case
/// @param version empty for a package without
record PackageName(String name, OptionalInt version) {
    /// Digits as characters that no name has: keys order as numbers do, and `NameContains` never
    /// finds a version's digit.
    private static final int DIGITS = 0xE000;

    static PackageName of(String name) {
        return new PackageName(key(name), OptionalInt.empty());
    }

    static PackageName of(String group, int version) {
        return new PackageName(key(group), OptionalInt.of(version));
    }

    /// From a name or an ARN, as AWS's pattern allows them.
    static PackageName parse(String nameOrArn) {
        String path = nameOrArn;
        if (nameOrArn.startsWith("arn:")) {
            path = nameOrArn.substring(nameOrArn.indexOf('/') + 1);
        }
        int slash = path.indexOf('/');
        if (slash < 0) {
            return of(path);
        }
        try {
            return of(path.substring(0, slash), Integer.parseInt(path.substring(slash + 1)));
        } catch (NumberFormatException e) {
            // No such version: it is not found under this name either.
            return of(path);
        }
    }

    /// The last part of a name or ARN: what groups are kept by.
    static String key(String nameOrArn) {
        return nameOrArn.substring(nameOrArn.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    }

    /// What its record is kept by.
    String recordKey() {
        if (version.isEmpty()) {
            return name;
        }
        StringBuilder key = new StringBuilder(name).append('/');
        "%09d"
                .formatted(version.getAsInt())
                .chars()
                .forEach(digit -> key.append((char) (DIGITS + digit - '0')));
        return key.toString();
    }

    String arn() {
        String path = version.isEmpty() ? name : name + "/" + version.getAsInt();
        return Caller.current().resource("sagemaker", "model-package/" + path);
    }

    static String groupArn(String group) {
        return Caller.current().resource("sagemaker", "model-package-group/" + key(group));
    }
}
