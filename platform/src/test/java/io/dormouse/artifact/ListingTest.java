package io.dormouse.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.S3Object;

class ListingTest extends S3TestCase {
    private void putAll(String... keys) {
        for (String key : keys) {
            platform.objects().putObject(r -> r.bucket(BUCKET).key(key), RequestBody.empty());
        }
    }

    private static List<String> keys(List<S3Object> objects) {
        return objects.stream().map(S3Object::key).toList();
    }

    private static List<String> prefixes(List<CommonPrefix> prefixes) {
        return prefixes.stream().map(CommonPrefix::prefix).toList();
    }

    @Test
    void aDelimiterFoldsKeysIntoPrefixes() {
        putAll("a", "b/1", "b/2", "b/c/3", "d", "e/", "é/1");
        ListObjectsV2Response top = s3.listObjectsV2(r -> r.bucket(BUCKET).delimiter("/"));
        assertEquals(List.of("a", "d"), keys(top.contents()));
        assertEquals(List.of("b/", "e/", "é/"), prefixes(top.commonPrefixes()));
        assertEquals(5, top.keyCount());
        ListObjectsV2Response below =
                s3.listObjectsV2(r -> r.bucket(BUCKET).delimiter("/").prefix("b/"));
        assertEquals(List.of("b/1", "b/2"), keys(below.contents()));
        assertEquals(List.of("b/c/"), prefixes(below.commonPrefixes()));
    }

    @Test
    void pagesFollowEachOtherWithoutGapOrRepetition() {
        List<String> all = new ArrayList<>();
        for (int folder = 0; folder < 7; folder++) {
            for (int i = 0; i < 30; i++) {
                all.add("f%d/%02d".formatted(folder, i));
            }
            all.add("f%d0".formatted(folder));
        }
        putAll(all.toArray(String[]::new));
        List<String> folded = new ArrayList<>();
        for (ListObjectsV2Response page :
                s3.listObjectsV2Paginator(r -> r.bucket(BUCKET).delimiter("/").maxKeys(3))) {
            assertTrue(page.keyCount() <= 3);
            folded.addAll(keys(page.contents()));
            folded.addAll(prefixes(page.commonPrefixes()));
        }
        List<String> expected = new ArrayList<>();
        for (int folder = 0; folder < 7; folder++) {
            expected.add("f%d/".formatted(folder));
            expected.add("f%d0".formatted(folder));
        }
        assertEquals(expected, folded.stream().sorted().toList());
        assertEquals(
                all.stream().sorted().toList(),
                s3.listObjectsV2Paginator(r -> r.bucket(BUCKET).maxKeys(10)).contents().stream()
                        .map(S3Object::key)
                        .toList());
    }

    @Test
    void theOldListingPagesByMarker() {
        putAll("a", "b/1", "b/2", "c", "d");
        List<String> seen = new ArrayList<>();
        String marker = "";
        ListObjectsResponse page;
        do {
            String from = marker;
            page = s3.listObjects(r -> r.bucket(BUCKET).delimiter("/").maxKeys(1).marker(from));
            seen.addAll(keys(page.contents()));
            seen.addAll(prefixes(page.commonPrefixes()));
            marker = page.nextMarker();
        } while (page.isTruncated());
        assertEquals(List.of("a", "b/", "c", "d"), seen);
    }

    @Test
    void startAfterAndNoKeysAtAll() {
        putAll("a", "b", "c");
        assertEquals(
                List.of("b", "c"),
                keys(s3.listObjectsV2(r -> r.bucket(BUCKET).startAfter("a")).contents()));
        ListObjectsV2Response none = s3.listObjectsV2(r -> r.bucket(BUCKET).maxKeys(0));
        assertEquals(0, none.keyCount());
        assertFalse(none.isTruncated());
        refused(
                "InvalidArgument",
                400,
                () -> s3.listObjectsV2(r -> r.bucket(BUCKET).continuationToken("%%")));
    }

    @Test
    void keysOfAnyKindComeBackAsTheyWere() {
        List<String> odd =
                List.of("a b+c", "a//b", "a/../b", "ü/☃", "x&<y>\"'", "line\nbreak", "100%", "😀");
        putAll(odd.toArray(String[]::new));
        List<String> listed =
                s3
                        .listObjectsV2(r -> r.bucket(BUCKET).encodingType(EncodingType.URL))
                        .contents()
                        .stream()
                        .map(S3Object::key)
                        .sorted()
                        .toList();
        assertEquals(odd.stream().sorted().toList(), listed);
    }

    @Test
    void versionsOfABucketWithoutVersioningAreNull() {
        putAll("a", "b");
        ListObjectVersionsResponse first = s3.listObjectVersions(r -> r.bucket(BUCKET).maxKeys(1));
        ObjectVersion version = first.versions().getFirst();
        assertEquals("a", version.key());
        assertEquals("null", version.versionId());
        assertTrue(version.isLatest());
        ListObjectVersionsResponse second =
                s3.listObjectVersions(r ->
                        r.bucket(BUCKET)
                                .keyMarker(first.nextKeyMarker())
                                .versionIdMarker(first.nextVersionIdMarker()));
        assertEquals("b", second.versions().getFirst().key());
        assertFalse(second.isTruncated());
    }

    @Test
    void theTextAfterAPrefixIsTheFirstWithoutIt() {
        assertEquals("b", Listings.after("a").orElseThrow());
        assertEquals("a0", Listings.after("a/").orElseThrow());
        assertEquals("\uE000", Listings.after("\uD7FF").orElseThrow());
        assertTrue(Listings.after("").isEmpty());
        assertTrue(Listings.after(Character.toString(Character.MAX_CODE_POINT)).isEmpty());
    }
}
