package io.dormouse.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The same tests where the objects are kept in another S3: of a second platform here.
class BehindAnotherS3Test {
    @Nested
    @Tag("full")
    class Buckets extends BucketsTest {
        @Override
        S3Platform started(Path folder) {
            return new S3Platform(folder).inFront();
        }
    }

    @Nested
    class Checksums extends ChecksumsTest {
        /// Verified, and not kept: the SDK cannot make it.
        @Override
        @Test
        void aTrailingCrc64IsVerifiedAndKept() {
            String header = "x-amz-checksum-crc64nvme";
            assertEquals(200, trailing("hello", header, CRC64).statusCode());
            assertEquals(400, trailing("hallo", header, CRC64).statusCode());
            assertEquals("hello", get("a"));
        }

        @Override
        S3Platform started(Path folder) {
            return new S3Platform(folder).inFront();
        }
    }

    @Nested
    @Tag("full")
    class Copy extends CopyTest {
        @Override
        S3Platform started(Path folder) {
            return new S3Platform(folder).inFront();
        }
    }

    @Nested
    @Tag("full")
    class Listing extends ListingTest {
        @Override
        S3Platform started(Path folder) {
            return new S3Platform(folder).inFront();
        }
    }

    @Nested
    class Multipart extends MultipartTest {
        @Override
        S3Platform started(Path folder) {
            return new S3Platform(folder).inFront();
        }
    }

    @Nested
    class ProtocolQuirks extends ProtocolQuirksTest {
        @Override
        S3Platform started(Path folder) {
            return new S3Platform(folder).inFront();
        }
    }

    @Nested
    @Tag("full")
    class RangesAndConditions extends RangesAndConditionsTest {
        @Override
        S3Platform started(Path folder) {
            return new S3Platform(folder).inFront();
        }
    }

    @Nested
    @Tag("full")
    class Versioning extends VersioningTest {
        @Override
        S3Platform started(Path folder) {
            return new S3Platform(folder).inFront();
        }
    }
}
