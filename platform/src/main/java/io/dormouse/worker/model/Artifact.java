package io.dormouse.worker.model;

import io.dormouse.artifact.Archive;
import io.dormouse.artifact.BadArchive;
import io.dormouse.worker.PreparedModel.Kind;
import io.dormouse.worker.StartFailed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// A model's artifact, downloaded: an archive, or the model's file itself.
///
/// @param name the last part of its key
/// @param file where it was downloaded to
record Artifact(String name, Path file) {
    private static final List<String> SINGLE = List.of(".onnx", ".json", ".ubj");
    private static final String XGBOOST_MODEL = "xgboost-model";
    private static final int LISTED_MAX = 10;

    /// Lays it out in an empty folder.
    ///
    /// @throws StartFailed when it is neither an archive nor a model's file, or unsafe
    void layOut(Path folder) throws IOException, StartFailed {
        if (isGzip()) {
            unpack(folder);
        } else if (isSingle()) {
            Files.move(file, folder.resolve(name));
        } else {
            throw new StartFailed(
                    StartFailed.Cause.MODEL,
                    "the artifact %s must be a model.tar.gz, or a file .onnx, .json, .ubj or xgboost-model; it is not gzip"
                            .formatted(name));
        }
    }

    private boolean isGzip() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.read() == 0x1f && in.read() == 0x8b;
        }
    }

    private boolean isSingle() {
        String lower = name.toLowerCase(Locale.ROOT);
        return name.equals(XGBOOST_MODEL) || SINGLE.stream().anyMatch(lower::endsWith);
    }

    private void unpack(Path folder) throws IOException, StartFailed {
        try {
            Archive.unpack(file, folder, Archive.Limits.DEFAULT);
        } catch (BadArchive e) {
            throw new StartFailed(
                    StartFailed.Cause.MODEL,
                    "the artifact %s cannot be unpacked: %s".formatted(name, e.getMessage()),
                    e);
        }
    }

    /// The kind of model that lies in a folder, where its files leave no doubt.
    ///
    /// @param otherwise the answer where they do
    static Kind kindInside(Path folder, Kind otherwise) throws IOException {
        List<String> names = names(folder);
        boolean onnx = names.stream().anyMatch(name -> name.endsWith(".onnx"));
        boolean trees =
                names.stream()
                        .anyMatch(name ->
                                name.equals(XGBOOST_MODEL)
                                        || name.endsWith(".ubj")
                                        || name.endsWith(".json"));
        if (onnx == trees) {
            return otherwise;
        }
        return onnx ? Kind.ONNX : Kind.XGBOOST;
    }

    /// What lies at the top of a folder, by name.
    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /// What lies in a folder, for a sentence.
    static String shown(Path folder) throws IOException {
        List<String> names = names(folder);
        String some = String.join(", ", names.stream().limit(LISTED_MAX).toList());
        return names.isEmpty() ? "nothing" : names.size() > LISTED_MAX ? some + ", …" : some;
    }
}
