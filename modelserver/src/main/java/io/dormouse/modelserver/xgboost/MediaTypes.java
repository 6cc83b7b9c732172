package io.dormouse.modelserver.xgboost;

import io.dormouse.modelserver.Media;
import io.dormouse.modelserver.Refusal;
import java.util.List;

/// The formats that are understood and answered, chosen from the headers as AWS's container does.
final class MediaTypes {
    private static final String LIBSVM = "text/libsvm";

    private MediaTypes() {}

    /// Which rows a body holds. Where the sender did not say, its first bytes do.
    static Rows rows(String contentType, byte[] body, int features) throws Refusal {
        return switch (Media.type(contentType)) {
            case Media.CSV, "csv" -> new CsvRows(body, features);
            case LIBSVM, "libsvm", "text/x-libsvm" -> new LibsvmRows(body, features);
            case Media.JSON, Media.JSON_LINES -> new JsonRows(body, features);
            case "" -> guess(body, features);
            default ->
                    throw Refusal.unsupportedType(
                            "Content-Type "
                                    + contentType
                                    + " is not supported. Supported are: "
                                    + Media.CSV
                                    + ", "
                                    + LIBSVM
                                    + ", text/x-libsvm, "
                                    + Media.JSON
                                    + ", "
                                    + Media.JSON_LINES
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
        return Media.choose(accept, List.of(otherwise, Media.CSV, Media.JSON, Media.JSON_LINES));
    }
}
