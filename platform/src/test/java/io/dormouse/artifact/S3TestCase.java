package io.dormouse.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// A platform with the bucket `bkt`, and AWS's client in front of it.
abstract class S3TestCase {
    static final String BUCKET = "bkt";

    @TempDir Path temp;
    S3Platform platform;
    S3Client s3;

    @BeforeEach
    void startPlatform() {
        platform = started(temp);
        s3 = platform.client();
        s3.createBucket(r -> r.bucket(BUCKET));
    }

    /// Where the objects are kept is a subclass's to say.
    S3Platform started(Path folder) {
        return new S3Platform(folder);
    }

    @AfterEach
    void stopPlatform() {
        s3.close();
        platform.close();
    }

    void put(String key, String content) {
        s3.putObject(r -> r.bucket(BUCKET).key(key), RequestBody.fromString(content));
    }

    String get(String key) {
        return s3.getObject(r -> r.bucket(BUCKET).key(key), ResponseTransformer.toBytes())
                .asUtf8String();
    }

    static S3Exception refused(String code, int status, Executable call) {
        S3Exception thrown = assertThrows(S3Exception.class, call);
        assertEquals(code, thrown.awsErrorDetails().errorCode());
        assertEquals(status, thrown.statusCode());
        return thrown;
    }
}
