package io.dormouse.trainer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// An input channel of the job: files of one format.
///
/// @param name `train` or `validation`
/// @param folder where the platform put its files
/// @param contentType as the job's creator wrote it; empty means libsvm, as on AWS
/// @param inputMode `File`, `FastFile` or `Pipe`; empty means `File`
record Channel(String name, Path folder, String contentType, String inputMode) {
    /// Deeper folders are not looked into, as on AWS.
    private static final int FOLDER_DEPTH_MAX = 3;

    /// The formats that are read.
    enum Format {
        CSV,
        LIBSVM
    }

    Format format() throws UserError {
        int parameters = contentType.indexOf(';');
        String type =
                (parameters < 0 ? contentType : contentType.substring(0, parameters))
                        .strip()
                        .toLowerCase(Locale.ROOT);
        return switch (type) {
            case "csv", "text/csv" -> {
                labelSize(contentType);
                yield Format.CSV;
            }
            case "", "libsvm", "text/libsvm", "text/x-libsvm" -> Format.LIBSVM;
            case "parquet",
                    "application/x-parquet",
                    "recordio-protobuf",
                    "application/x-recordio-protobuf" ->
                    throw new UserError(
                            "ContentType "
                                    + contentType
                                    + " of channel "
                                    + name
                                    + " is read by AWS's container but not by this one: use text/csv or"
                                    + " text/libsvm.");
            default ->
                    throw new UserError(
                            contentType
                                    + " is not an accepted ContentType: csv, libsvm, text/csv,"
                                    + " text/libsvm, text/x-libsvm.");
        };
    }

    private static void labelSize(String contentType) throws UserError {
        String compact = contentType.toLowerCase(Locale.ROOT).replace(" ", "");
        int at = compact.indexOf(";label_size=");
        if (at >= 0 && !(compact.substring(at) + ";").startsWith(";label_size=1;")) {
            throw new UserError(
                    contentType
                            + " is not an accepted csv ContentType. Optional parameter label_size"
                            + " must be equal to 1");
        }
    }

    /// The channel's files by name, without hidden ones and those that begin with an underscore.
    List<Path> files() throws IOException, UserError {
        if (inputMode.equals("Pipe")) {
            throw new UserError(
                    "Channel "
                            + name
                            + " has TrainingInputMode Pipe: use File, which reads the same data.");
        }
        List<Path> files = new ArrayList<>();
        if (Files.exists(folder)) {
            try (Stream<Path> walk = Files.walk(folder, FOLDER_DEPTH_MAX)) {
                walk.filter(Files::isRegularFile)
                        .filter(Channel::isData)
                        .sorted()
                        .forEach(files::add);
            }
        }
        if (files.isEmpty()) {
            throw new UserError(
                    "Channel " + name + " has no files: its S3Uri holds nothing to train with.");
        }
        return files;
    }

    private static boolean isData(Path file) {
        String name = String.valueOf(file.getFileName());
        return !name.startsWith(".") && !name.startsWith("_");
    }
}
