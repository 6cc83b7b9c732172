package io.dormouse.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// A model file as the `model.tar.gz` that SageMaker serves: what is deployed here deploys on AWS.
///
/// @param archive the archive
/// @param image the container image that serves it
/// @param temporary whether the archive was made for the upload
record ModelArchive(Path archive, Image image, boolean temporary) implements AutoCloseable {
    /// The container images that serve models, by AWS's names.
    enum Image {
        /// Ours: AWS has no image for plain ONNX.
        ONNX("%s.dkr.ecr.%s.amazonaws.com/dormouse-onnx:latest"),
        /// AWS's built-in algorithm, by its account in us-east-1.
        XGBOOST("683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1");

        private final String pattern;

        Image(String pattern) {
            this.pattern = pattern;
        }

        String uri(String account, String region) {
            return pattern.formatted(account, region);
        }

        /// By the ending of a model's file name; an archive tells nothing.
        static Image of(String fileName) {
            String name = fileName.toLowerCase(Locale.ROOT);
            return name.endsWith(".json") || name.endsWith(".ubj") || name.contains("xgboost")
                    ? XGBOOST
                    : ONNX;
        }
    }

    /// What the model is called inside an archive made here.
    String entry() {
        return image == Image.ONNX ? "model.onnx" : "xgboost-model";
    }

    /// Packs `file`, unless it is an archive already.
    ///
    /// @throws Failed where it is neither a model nor an archive
    static ModelArchive of(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        if (!Files.isRegularFile(file)) {
            throw new Failed("There is no file " + file);
        }
        if (name.endsWith(".tar.gz") || name.endsWith(".tgz")) {
            return new ModelArchive(file, imageOfArchive(file), false);
        }
        boolean xgboost =
                name.endsWith(".json") || name.endsWith(".ubj") || name.equals("xgboost-model");
        if (!xgboost && !name.endsWith(".onnx")) {
            throw new Failed(
                    file
                            + " is no model that can be deployed: give an .onnx file, an XGBoost model"
                            + " (.json, .ubj or xgboost-model) or a model.tar.gz");
        }
        try {
            Path archive = Files.createTempFile("model", ".tar.gz");
            pack(file, xgboost ? "xgboost-model" : "model.onnx", archive);
            return new ModelArchive(archive, xgboost ? Image.XGBOOST : Image.ONNX, true);
        } catch (IOException e) {
            throw new Failed("Cannot pack " + file + ": " + e.getMessage(), e);
        }
    }

    /// The same for a model that somebody else says how to serve: a folder's archive is taken as it
    /// is.
    ///
    /// @throws Failed where it is no archive, and no model that could be packed
    static ModelArchive whatever(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return Files.isRegularFile(file) && (name.endsWith(".tar.gz") || name.endsWith(".tgz"))
                ? new ModelArchive(file, Image.of(name), false)
                : of(file);
    }

    /// The same bytes for the same model: the platform lays a model out once.
    private static void pack(Path file, String as, Path archive) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(archive), 1 << 16);
                GZIPOutputStream gzip = new GZIPOutputStream(out, 1 << 16);
                TarArchiveOutputStream tar = new TarArchiveOutputStream(gzip)) {
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            TarArchiveEntry entry = new TarArchiveEntry(as);
            entry.setSize(Files.size(file));
            entry.setModTime(0);
            tar.putArchiveEntry(entry);
            Files.copy(file, tar);
            tar.closeArchiveEntry();
        }
    }

    private static Image imageOfArchive(Path archive) {
        try (InputStream in = Files.newInputStream(archive);
                var gzip = new java.util.zip.GZIPInputStream(in, 1 << 16);
                var tar =
                        new org.apache.commons.compress.archivers.tar.TarArchiveInputStream(gzip)) {
            TarArchiveEntry entry = tar.getNextEntry();
            while (entry != null) {
                String name = entry.getName().toLowerCase(Locale.ROOT);
                if (name.endsWith(".onnx")) {
                    return Image.ONNX;
                } else if (name.endsWith("xgboost-model") || name.endsWith(".ubj")) {
                    return Image.XGBOOST;
                }
                entry = tar.getNextEntry();
            }
        } catch (IOException e) {
            throw new Failed(archive + " is no tar.gz that can be read: " + e.getMessage(), e);
        }
        throw new Failed(
                archive
                        + " holds no model that can be served: neither an .onnx file nor xgboost-model;"
                        + " name the container image with --image");
    }

    @Override
    public void close() {
        if (temporary) {
            try {
                Files.deleteIfExists(archive);
            } catch (IOException e) {
                throw new Failed("Cannot remove " + archive + ": " + e.getMessage(), e);
            }
        }
    }
}
