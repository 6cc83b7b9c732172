package io.dormouse.wire;

import java.util.Map;

/// Where a request goes.
sealed interface Route {
    /// An operation of a service that we speak.
    ///
    /// @param path parameters bound to the path, decoded
    record Known(AwsService service, Protocol protocol, String operation, Map<String, String> path)
            implements Route {}

    /// A request to a service that we do not speak, in a protocol that we recognise.
    record Foreign(String service, Protocol protocol, String operation) implements Route {}

    /// What is none of the others: S3.
    record Objects() implements Route {}
}
