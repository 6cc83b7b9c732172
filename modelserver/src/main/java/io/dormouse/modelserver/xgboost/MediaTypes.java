package io.dormouse.modelserver.xgboost;

import io.dormouse.modelserver.Refusal;

/// The formats that are understood and answered, chosen from the headers as AWS's container does.
final class MediaTypes {
    static final String CSV = "text/csv";
    static final String LIBSVM = "text/libsvm";
    static final String JSON = "application/json";
    static final String JSON_LINES = "application/jsonlines";

    private MediaTypes() {}

    /// Which rows a body holds. Where the sender did not say, its first bytes do.
    static Rows rows(String contentType, byte[] body, int features) throws Refusal {
        return switch (bare(contentType)) {
            case CSV, "csv" -> new CsvRows(body, features);
            case LIBSVM, "libsvm", "text/x-libsvm" -> new LibsvmRows(body, features);
            case JSON, JSON_LINES -> new JsonRows(body, features);
            case "" -> guess(body, features);
            default ->
                    throw Refusal.unsupportedType(
                            "Content-Type "
                                    + contentType
                                    + " is not supported. Supported are: "
                                    + CSV
                                    + ", "
                                    + LIBSVM
                                    + ", text/x-libsvm, "
                                    + JSON
                                    + ", "
                                    + JSON_LINES
                                    + ".");
        };
    }

    private static Rows guess(byte[] body, int features) {
        for (byte c : body) {
            if (c == '{' || c == '[') {
                return new JsonRows(body, features);
            }
            if (c == ':') {
                return new LibsvmRows(body, features);
            }
            if (c == '\n') {
                break;
            }
        }
        return new CsvRows(body, features);
    }

    /// The first type of an Accept header that can be answered.
    ///
    /// @param otherwise what is meant by no Accept and by one for anything
    static String answer(String accept, String otherwise) throws Refusal {
        int from = 0;
        while (from <= accept.length()) {
            int comma = accept.indexOf(',', from);
            int to = comma < 0 ? accept.length() : comma;
            String type = bare(accept.substring(from, to));
            switch (type) {
                case CSV, "csv", "text/*" -> {
                    return CSV;
                }
                case JSON, "json" -> {
                    return JSON;
                }
                case JSON_LINES -> {
                    return JSON_LINES;
                }
                case "*/*", "" -> {
                    return otherwise;
                }
                default -> from = to + 1;
            }
        }
        throw Refusal.notAcceptable(
                "Accept type "
                        + accept
                        + " is not supported. Please use supported accept types: "
                        + CSV
                        + ", "
                        + JSON
                        + ", "
                        + JSON_LINES
                        + ".");
    }

    /// The type without its parameters, in lower case.
    private static String bare(String type) {
        int end = type.indexOf(';');
        String bare = (end < 0 ? type : type.substring(0, end)).strip();
        for (int i = 0; i < bare.length(); i++) {
            if (bare.charAt(i) >= 'A' && bare.charAt(i) <= 'Z') {
                return bare.toLowerCase(java.util.Locale.ROOT);
            }
        }
        return bare;
    }
}
