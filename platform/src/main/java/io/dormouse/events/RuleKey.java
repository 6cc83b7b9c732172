package io.dormouse.events;

import io.dormouse.aws.Caller;
import org.jspecify.annotations.Nullable;

/// A rule's place: a bus and a name.
record RuleKey(String bus, String name) {
    static final String DEFAULT_BUS = "default";

    /// @param bus its name or ARN; null for the default bus, as the SDK's getter says it
    static RuleKey of(@Nullable String bus, String name) {
        return new RuleKey(bus(bus), name);
    }

    static String bus(@Nullable String nameOrArn) {
        if (nameOrArn == null) {
            return DEFAULT_BUS;
        }
        return nameOrArn.startsWith("arn:")
                ? nameOrArn.substring(nameOrArn.indexOf("event-bus/") + "event-bus/".length())
                : nameOrArn;
    }

    /// The key of its records.
    String key() {
        return bus + "/" + name;
    }

    String arn() {
        return Caller.current()
                .resource("events", "rule/" + (bus.equals(DEFAULT_BUS) ? "" : bus + "/") + name);
    }
}
