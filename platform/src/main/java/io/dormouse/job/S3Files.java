package io.dormouse.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/// Objects to files and back.
record S3Files(S3Client s3) {
    /// An `s3://bucket/key` or a prefix of keys.
    record Location(String bucket, String key) {
        static Location of(String uri) throws JobFailed {
            if (!uri.startsWith("s3://") || uri.length() == "s3://".length()) {
                throw JobFailed.client("expected an S3 URI such as s3://bucket/prefix, was " + uri);
            }
            String rest = uri.substring("s3://".length());
            int slash = rest.indexOf('/');
            return slash < 0
                    ? new Location(rest, "")
                    : new Location(rest.substring(0, slash), rest.substring(slash + 1));
        }

        /// A key below this one.
        Location slash(String path) {
            boolean bare = key.isEmpty() || key.endsWith("/");
            return new Location(bucket, bare ? key + path : key + "/" + path);
        }

        /// The key of another name in the same place.
        Location beside(String name) {
            return new Location(bucket, key.substring(0, key.lastIndexOf('/') + 1) + name);
        }

        @Override
        public String toString() {
            return "s3://" + bucket + "/" + key;
        }
    }

    /// Downloads every object whose key begins with the prefix, under the rest of its key.
    ///
    /// @throws JobFailed where there is none
    void download(String uri, Path folder) throws JobFailed, IOException {
        if (downloadAny(uri, folder) == 0) {
            throw JobFailed.client("no S3 objects found under " + uri);
        }
    }

    /// The same where there may be none.
    ///
    /// @return how many there were
    int downloadAny(String uri, Path folder) throws JobFailed, IOException {
        Location from = Location.of(uri);
        try {
            List<S3Object> objects =
                    s3
                            .listObjectsV2Paginator(r -> r.bucket(from.bucket()).prefix(from.key()))
                            .contents()
                            .stream()
                            .filter(object -> !object.key().endsWith("/"))
                            .toList();
            for (S3Object object : objects) {
                Path file = folder.resolve(relative(from.key(), object.key())).normalize();
                if (!file.startsWith(folder)) {
                    throw JobFailed.client(
                            "the key " + object.key() + " names a path outside of its channel");
                }
                Files.createDirectories(file.resolveSibling("."));
                s3.getObject(
                        r -> r.bucket(from.bucket()).key(object.key()),
                        ResponseTransformer.toFile(file));
            }
            return objects.size();
        } catch (AwsServiceException e) {
            throw refused("read " + uri, e);
        }
    }

    /// One object into a file, which is replaced.
    void get(Location from, Path file) throws JobFailed, IOException {
        Files.deleteIfExists(file);
        try {
            s3.getObject(
                    r -> r.bucket(from.bucket()).key(from.key()), ResponseTransformer.toFile(file));
        } catch (AwsServiceException e) {
            throw refused("read " + from, e);
        }
    }

    /// The key below the prefix's last folder: `a.csv` of `data/a.csv` for the prefixes `data/` and
    /// `data`, `data/a.csv` for the prefix `da`.
    static String relative(String prefix, String key) {
        String rest = key.substring(prefix.length());
        if (rest.startsWith("/")) {
            return rest.substring(1);
        } else if (prefix.isEmpty() || prefix.endsWith("/")) {
            return rest;
        }
        return key.substring(prefix.lastIndexOf('/') + 1);
    }

    void put(Location to, Path file) throws JobFailed {
        try {
            s3.putObject(r -> r.bucket(to.bucket()).key(to.key()), RequestBody.fromFile(file));
        } catch (AwsServiceException e) {
            throw refused("write " + to, e);
        }
    }

    /// Uploads what is below a folder; links are not followed.
    void putAll(Location to, Path folder) throws JobFailed, IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files =
                    walk.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                            .sorted()
                            .toList();
        }
        for (Path file : files) {
            put(to.slash(folder.relativize(file).toString()), file);
        }
    }

    private static JobFailed refused(String what, AwsServiceException e) {
        return new JobFailed("ClientError: cannot " + what + ": " + e.getMessage(), e);
    }
}
