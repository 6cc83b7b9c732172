package io.dormouse.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

class RecordsTest {
    private static final Codec<String> TEXT = new Codec<>(Function.identity(), Function.identity());
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir Path folder;
    private Store store;
    private Records<String> records;

    @BeforeEach
    void open() {
        store = Store.open(folder, InstantSource.fixed(START), List.of());
        records = new Records<>(store, "thing", TEXT);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private boolean insert(String name, Instant created) {
        return store.write(tx -> records.insert(tx, Entry.of(name, created, "body of " + name)));
    }

    private List<String> names(Listing listing) {
        List<String> names = new ArrayList<>();
        Optional<String> token = Optional.empty();
        do {
            Page<Entry<String>> page = records.page(listing.page(listing.maxResults(), token));
            page.items().forEach(entry -> names.add(entry.name()));
            token = page.nextToken();
        } while (token.isPresent());
        return names;
    }

    @Test
    void aNameIsTakenOnce() {
        assertTrue(insert("a", START));
        assertFalse(insert("a", START.plusSeconds(1)));
        assertEquals("body of a", records.get("a").orElseThrow().body());
        boolean deleted = store.write(tx -> records.delete(tx, "a"));
        assertTrue(deleted);
        assertEquals(Optional.empty(), records.get("a"));
    }

    @Test
    void pagesGoThroughEverythingOnceInEveryOrder() {
        // Four at each instant, so that the name has to decide between equals.
        IntStream.range(0, 25).forEach(i -> insert("n%02d".formatted(i), START.plusSeconds(i / 4)));
        List<String> ascending =
                IntStream.range(0, 25)
                        .mapToObj("n%02d"::formatted)
                        .collect(Collectors.toCollection(ArrayList::new));
        for (Listing.By by : Listing.By.values()) {
            assertEquals(ascending, names(Listing.all().order(by, true).page(7, Optional.empty())));
            assertEquals(
                    ascending.reversed(),
                    names(Listing.all().order(by, false).page(4, Optional.empty())));
        }
    }

    @Test
    void filtersNarrowWhatIsListed() {
        insert("alpha", START);
        insert("Alphabet", START.plusSeconds(10));
        insert("beta_1%", START.plusSeconds(20));
        store.write(tx ->
                records.update(
                        tx,
                        records.get(tx, "beta_1%")
                                .orElseThrow()
                                .within("greek")
                                .now("Ready", START.plusSeconds(99), "changed")));
        assertEquals(
                List.of("Alphabet", "alpha"),
                names(Listing.all().nameContains(Optional.of("ALPHA"))));
        assertEquals(List.of("beta_1%"), names(Listing.all().nameContains(Optional.of("_1%"))));
        assertEquals(
                List.of("Alphabet"),
                names(
                        Listing.all()
                                .created(
                                        Optional.of(START.plusSeconds(5)),
                                        Optional.of(START.plusSeconds(15)))));
        assertEquals(List.of("beta_1%"), names(Listing.all().status(Optional.of("Ready"))));
        assertEquals(List.of("beta_1%"), names(Listing.all().within(Optional.of("greek"))));
        assertEquals(
                List.of("beta_1%"),
                names(
                        Listing.all()
                                .modified(Optional.of(START.plusSeconds(50)), Optional.empty())));
    }

    @Test
    void aTokenThatNoPageGaveIsRefused() {
        for (String token : List.of("nonsense", "!!!", "TkFNRQp4Cnk")) {
            AwsServiceException refusal =
                    assertThrows(
                            AwsServiceException.class,
                            () -> records.page(Listing.all().page(10, Optional.of(token))));
            assertEquals("ValidationException", refusal.awsErrorDetails().errorCode());
        }
    }

    @Test
    void tagsAreReplacedByKeyAndLimited() {
        Tags tags = new Tags(store);
        String arn = "arn:aws:sagemaker:us-east-1:123456789012:model/m";
        put(tags, arn, Map.of("team", "a", "stage", "dev"));
        put(tags, arn, Map.of("team", "b"));
        assertEquals(Map.of("stage", "dev", "team", "b"), tags.of(arn));
        Map<String, String> many =
                IntStream.range(0, 50).boxed().collect(Collectors.toMap(i -> "k" + i, _ -> "v"));
        assertThrows(AwsServiceException.class, () -> put(tags, arn, many));
        assertEquals(2, tags.of(arn).size(), "what was refused left nothing behind");
        store.write(tx -> {
            tags.remove(tx, arn, List.of("stage", "unknown"));
            return true;
        });
        assertEquals(Map.of("team", "b"), tags.of(arn));
    }

    private void put(Tags tags, String arn, Map<String, String> values) {
        store.write(tx -> {
            tags.put(tx, arn, values);
            return true;
        });
    }
}
