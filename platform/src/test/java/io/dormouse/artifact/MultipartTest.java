package io.dormouse.artifact;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.ObjectAttributes;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

class MultipartTest extends S3TestCase {
    private static final int MEBIBYTE = 1 << 20;
    private final byte[] content = new byte[11 * MEBIBYTE];

    MultipartTest() {
        new Random(3).nextBytes(content);
    }

    private byte[] slice(int fromMib, int toMib) {
        return Arrays.copyOfRange(content, fromMib * MEBIBYTE, toMib * MEBIBYTE);
    }

    private CompletedPart upload(String id, int number, byte[] bytes) {
        UploadPartResponse part =
                s3.uploadPart(
                        r -> r.bucket(BUCKET).key("big").uploadId(id).partNumber(number),
                        RequestBody.fromBytes(bytes));
        return CompletedPart.builder()
                .partNumber(number)
                .eTag(part.eTag())
                .checksumCRC32(part.checksumCRC32())
                .build();
    }

    /// The SDK's transport over URLConnection has no body for an error that comes before the
    /// request's body was sent.
    private void uploadInProcess(String id, int number) {
        platform.objects()
                .uploadPart(
                        r -> r.bucket(BUCKET).key("big").uploadId(id).partNumber(number),
                        RequestBody.fromString("x"));
    }

    private CompleteMultipartUploadResponse complete(String id, List<CompletedPart> parts) {
        return s3.completeMultipartUpload(
                r -> r.bucket(BUCKET).key("big").uploadId(id).multipartUpload(u -> u.parts(parts)));
    }

    private String create() {
        return s3.createMultipartUpload(r ->
                        r.bucket(BUCKET)
                                .key("big")
                                .contentType("model/onnx")
                                .checksumAlgorithm(ChecksumAlgorithm.CRC32))
                .uploadId();
    }

    private long files() throws IOException {
        try (Stream<Path> walk = Files.walk(temp.resolve("s3"))) {
            return walk.filter(Files::isRegularFile).count();
        }
    }

    @Test
    void partsBecomeOneObject() {
        String id = create();
        CompletedPart third = upload(id, 30, slice(10, 11));
        CompletedPart first = upload(id, 1, slice(0, 5));
        CompletedPart second = upload(id, 20, slice(5, 10));
        CompleteMultipartUploadResponse done = complete(id, List.of(first, second, third));
        assertTrue(done.eTag().endsWith("-3\""), done.eTag());
        assertTrue(done.checksumCRC32().endsWith("-3"), done.checksumCRC32());

        ResponseBytes<GetObjectResponse> whole =
                s3.getObject(
                        r -> r.bucket(BUCKET).key("big").checksumMode(ChecksumMode.ENABLED),
                        ResponseTransformer.toBytes());
        assertArrayEquals(content, whole.asByteArray());
        assertEquals("model/onnx", whole.response().contentType());
        ResponseBytes<GetObjectResponse> across =
                s3.getObject(
                        r -> r.bucket(BUCKET).key("big").range("bytes=5242878-5242881"),
                        ResponseTransformer.toBytes());
        assertArrayEquals(Arrays.copyOfRange(content, 5242878, 5242882), across.asByteArray());
        // A client that missed the answer completes again.
        assertEquals(done.eTag(), complete(id, List.of(first, second, third)).eTag());
    }

    @Test
    void aPartOfAnObjectCanBeRead() {
        String id = create();
        List<CompletedPart> parts = List.of(upload(id, 1, slice(0, 5)), upload(id, 2, slice(5, 6)));
        complete(id, parts);
        ResponseBytes<GetObjectResponse> second =
                s3.getObject(
                        r ->
                                r.bucket(BUCKET)
                                        .key("big")
                                        .partNumber(2)
                                        .checksumMode(ChecksumMode.ENABLED),
                        ResponseTransformer.toBytes());
        assertArrayEquals(slice(5, 6), second.asByteArray());
        assertEquals(2, second.response().partsCount());
        HeadObjectResponse head = s3.headObject(r -> r.bucket(BUCKET).key("big").partNumber(1));
        assertEquals(5L * MEBIBYTE, head.contentLength());
        refused(
                "InvalidPartNumber",
                416,
                () -> s3.getObject(r -> r.bucket(BUCKET).key("big").partNumber(3)).close());
    }

    @Test
    void theChecksumOfTheWholeFollowsFromThoseOfTheParts() {
        CreateMultipartUploadResponse created =
                s3.createMultipartUpload(r ->
                        r.bucket(BUCKET)
                                .key("big")
                                .checksumAlgorithm(ChecksumAlgorithm.CRC32)
                                .checksumType("FULL_OBJECT"));
        String id = created.uploadId();
        complete(id, List.of(upload(id, 1, slice(0, 5)), upload(id, 2, slice(5, 11))));
        s3.putObject(
                r -> r.bucket(BUCKET).key("same").checksumAlgorithm(ChecksumAlgorithm.CRC32),
                RequestBody.fromBytes(content));
        String multipart =
                s3.headObject(r -> r.bucket(BUCKET).key("big").checksumMode(ChecksumMode.ENABLED))
                        .checksumCRC32();
        String single =
                s3.headObject(r -> r.bucket(BUCKET).key("same").checksumMode(ChecksumMode.ENABLED))
                        .checksumCRC32();
        assertEquals(single, multipart);
    }

    @Test
    void whatIsCompletedMustBeWhatWasUploaded() {
        String id = create();
        CompletedPart small = upload(id, 1, new byte[10]);
        CompletedPart last = upload(id, 2, new byte[10]);
        refused("EntityTooSmall", 400, () -> complete(id, List.of(small, last)));
        refused("InvalidPartOrder", 400, () -> complete(id, List.of(last, small)));
        refused(
                "InvalidPart",
                400,
                () -> complete(id, List.of(small.toBuilder().eTag("\"0\"").build())));
        refused(
                "InvalidPart",
                400,
                () -> complete(id, List.of(small.toBuilder().partNumber(9).build())));
        refused("MalformedXML", 400, () -> complete(id, List.of()));
        refused("NoSuchUpload", 404, () -> complete("nothing", List.of(small)));
        refused("InvalidArgument", 400, () -> uploadInProcess(id, 10_001));
        refused("InvalidArgument", 400, () -> uploadInProcess(id, 0));
    }

    @Test
    void whatIsReplacedOrLeftOutOrGivenUpLeavesNoFile() throws IOException {
        String id = create();
        upload(id, 1, new byte[10]);
        CompletedPart again = upload(id, 1, new byte[20]);
        upload(id, 2, new byte[30]);
        assertEquals(2, files());
        complete(id, List.of(again));
        assertEquals(1, files());
        assertEquals(20, s3.headObject(r -> r.bucket(BUCKET).key("big")).contentLength());

        String other = create();
        upload(other, 1, new byte[10]);
        s3.abortMultipartUpload(r -> r.bucket(BUCKET).key("big").uploadId(other));
        refused("NoSuchUpload", 404, () -> uploadInProcess(other, 2));
        assertEquals(1, files());
        s3.deleteObject(r -> r.bucket(BUCKET).key("big"));
        assertEquals(0, files());
    }

    @Test
    void partsAndUploadsAreListed() {
        String id = create();
        for (int number = 1; number <= 3; number++) {
            upload(id, number, new byte[number]);
        }
        ListPartsResponse page =
                s3.listParts(r -> r.bucket(BUCKET).key("big").uploadId(id).maxParts(2));
        assertEquals(List.of(1, 2), page.parts().stream().map(Part::partNumber).toList());
        assertTrue(page.isTruncated());
        assertEquals(
                List.of(1, 2, 3),
                s3
                        .listPartsPaginator(
                                r -> r.bucket(BUCKET).key("big").uploadId(id).maxParts(1))
                        .parts()
                        .stream()
                        .map(Part::partNumber)
                        .toList());

        s3.createMultipartUpload(r -> r.bucket(BUCKET).key("a/1"));
        s3.createMultipartUpload(r -> r.bucket(BUCKET).key("a/2"));
        assertEquals(
                List.of("a/1", "a/2", "big"),
                s3
                        .listMultipartUploadsPaginator(r -> r.bucket(BUCKET).maxUploads(1))
                        .uploads()
                        .stream()
                        .map(MultipartUpload::key)
                        .toList());
        assertEquals(
                "a/",
                s3.listMultipartUploads(r -> r.bucket(BUCKET).delimiter("/"))
                        .commonPrefixes()
                        .getFirst()
                        .prefix());
    }

    @Test
    void aPartCanBeCopiedFromAnObject() {
        s3.putObject(r -> r.bucket(BUCKET).key("source"), RequestBody.fromBytes(content));
        String id = create();
        String etag =
                s3.uploadPartCopy(r ->
                                r.sourceBucket(BUCKET)
                                        .sourceKey("source")
                                        .destinationBucket(BUCKET)
                                        .destinationKey("big")
                                        .uploadId(id)
                                        .partNumber(1)
                                        .copySourceRange("bytes=100-199"))
                        .copyPartResult()
                        .eTag();
        complete(id, List.of(CompletedPart.builder().partNumber(1).eTag(etag).build()));
        assertArrayEquals(
                Arrays.copyOfRange(content, 100, 200),
                s3.getObject(r -> r.bucket(BUCKET).key("big"), ResponseTransformer.toBytes())
                        .asByteArray());
    }

    @Test
    void attributesSayHowAnObjectIsMade() {
        String id = create();
        complete(id, List.of(upload(id, 1, slice(0, 5)), upload(id, 2, slice(5, 6))));
        GetObjectAttributesResponse attributes =
                s3.getObjectAttributes(r ->
                        r.bucket(BUCKET)
                                .key("big")
                                .objectAttributes(
                                        ObjectAttributes.OBJECT_PARTS,
                                        ObjectAttributes.OBJECT_SIZE,
                                        ObjectAttributes.CHECKSUM,
                                        ObjectAttributes.E_TAG));
        assertEquals(6L * MEBIBYTE, attributes.objectSize());
        assertEquals(2, attributes.objectParts().totalPartsCount());
        assertEquals(2, attributes.objectParts().parts().size());
        assertTrue(attributes.checksum().checksumCRC32().endsWith("-2"));
    }
}
