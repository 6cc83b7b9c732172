package io.dormouse.cli;

import io.dormouse.cli.line.Console;
import io.dormouse.definition.Definition;
import io.dormouse.definition.Desired;
import io.dormouse.definition.Framework;
import io.dormouse.deploy.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.s3.S3Client;

/// A definition's files on this machine: its model, packed as SageMaker wants it, and its payload.
///
/// @param archive empty where the model is in S3 or in the image
record DefinitionSource(Definition definition, Optional<ModelArchive> archive)
        implements AutoCloseable {
    private static final int DIGEST_LETTERS = 32;

    static DefinitionSource of(Definition definition) {
        definition.payloadFile().ifPresent(DefinitionSource::requireFile);
        return new DefinitionSource(
                definition,
                definition
                        .modelFile()
                        .map(file ->
                                definition.image().isPresent() || definition.framework().isPresent()
                                        ? ModelArchive.whatever(file)
                                        : ModelArchive.of(file)));
    }

    private static void requireFile(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new Failed("There is no file " + file + ", which payload names");
        }
    }

    /// The three requests, in an account and Region; nothing is uploaded yet.
    ///
    /// @param roleArn where the definition names none
    Desired desired(S3Client s3, String account, String region, String roleArn) {
        String image =
                definition
                        .image()
                        .orElseGet(() ->
                                framework()
                                        .uri(account, region)
                                        .orElseThrow(() ->
                                                new Failed(
                                                        "AWS has no image for framework "
                                                                + framework().word()
                                                                + " in "
                                                                + region
                                                                + ": name one with image")));
        String digest =
                archive.map(DefinitionSource::digest)
                        .or(() -> definition.modelUri().map(uri -> version(s3, uri)))
                        .orElse("");
        Optional<String> url =
                definition
                        .modelUri()
                        .or(() ->
                                archive.map(_ ->
                                        ArtifactBucket.of(s3, account, region).uri(key(digest))));
        return new Desired(definition, image, url, digest, definition.roleArn().orElse(roleArn));
    }

    /// What serves the model: as it says, else by the kind of the model's file.
    Framework framework() {
        return definition
                .framework()
                .orElseGet(() ->
                        archive.map(ModelArchive::image)
                                                .orElseGet(() ->
                                                        ModelArchive.Image.of(
                                                                definition.model().orElse("")))
                                        == ModelArchive.Image.XGBOOST
                                ? Framework.XGBOOST
                                : Framework.ONNX);
    }

    /// Uploads the archive, unless the same bytes are there already.
    void upload(S3Client s3, String account, String region, String digest, Console console) {
        if (archive.isEmpty()) {
            return;
        }
        ArtifactBucket bucket = ArtifactBucket.of(s3, account, region).ensured();
        String key = key(digest);
        try {
            s3.headObject(r -> r.bucket(bucket.name()).key(key));
        } catch (AwsServiceException e) {
            if (e.statusCode() != 404) {
                throw e;
            }
            console.progress("Uploading the model to " + bucket.uri(key));
            bucket.put(key, archive.get().archive());
        }
    }

    Optional<Payload> payload() {
        return definition
                .payloadFile()
                .map(file -> {
                    try {
                        return new Payload(
                                SdkBytes.fromByteArray(Files.readAllBytes(file)),
                                definition.payloadType());
                    } catch (IOException e) {
                        throw new Failed("Cannot read " + file + ": " + e.getMessage(), e);
                    }
                });
    }

    long payloadBytes() {
        return definition.payloadFile().map(DefinitionSource::size).orElse(0L);
    }

    long archiveBytes() {
        return archive.map(each -> size(each.archive())).orElse(0L);
    }

    private String key(String digest) {
        return "dormouse/"
                + definition.name()
                + "/"
                + digest.substring(0, DIGEST_LETTERS)
                + "/model.tar.gz";
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new Failed("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static String digest(ModelArchive archive) {
        try (InputStream in =
                new DigestInputStream(
                        Files.newInputStream(archive.archive()),
                        MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(((DigestInputStream) in).getMessageDigest().digest());
        } catch (IOException e) {
            throw new Failed("Cannot read " + archive.archive() + ": " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// What changes when the object does; empty where it cannot be seen, which creation will tell.
    private static String version(S3Client s3, String uri) {
        String path = uri.substring("s3://".length());
        int slash = path.indexOf('/');
        if (slash < 1 || slash == path.length() - 1) {
            return "";
        }
        try {
            return String.valueOf(
                    s3.headObject(r ->
                                    r.bucket(path.substring(0, slash))
                                            .key(path.substring(slash + 1)))
                            .eTag());
        } catch (AwsServiceException _) {
            return "";
        }
    }

    @Override
    public void close() {
        archive.ifPresent(ModelArchive::close);
    }
}
