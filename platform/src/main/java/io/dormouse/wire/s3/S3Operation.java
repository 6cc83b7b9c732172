package io.dormouse.wire.s3;

import java.util.List;
import java.util.Map;

/// One of S3's operations, as requests name it.
///
/// @param query parameters that must be there; with a value, with that
/// @param headers that must be there, lower-case
record S3Operation(
        String name, String method, Level level, Map<String, String> query, List<String> headers) {
    S3Operation {
        query = Map.copyOf(query);
        headers = List.copyOf(headers);
    }

    boolean fits(String asked, Level at, Map<String, String> parameters, Map<String, ?> fields) {
        return method.equals(asked)
                && level == at
                && fields.keySet().containsAll(headers)
                && query.entrySet().stream()
                        .allMatch(each ->
                                each.getValue().isEmpty()
                                        ? parameters.containsKey(each.getKey())
                                        : each.getValue().equals(parameters.get(each.getKey())));
    }

    /// The more it demands, the earlier it is tried.
    int weight() {
        return query.size() + headers.size();
    }
}
