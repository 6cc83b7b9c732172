package io.dormouse.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.aws.Caller;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
    private static final Schema SCHEMA =
            Schema.of("test", "CREATE TABLE note(id INTEGER PRIMARY KEY, text TEXT NOT NULL)");

    @TempDir Path folder;

    private Store open(Schema... schemas) {
        return Store.open(folder, InstantSource.fixed(Instant.EPOCH), List.of(schemas));
    }

    private static void add(Tx tx, String text) {
        tx.update("INSERT INTO note(text) VALUES (?)", text);
    }

    private static long notes(Store store) {
        return store.read(query -> query.number("SELECT count(*) FROM note"));
    }

    @Test
    void whatWasWrittenIsThereAfterAReopening() {
        try (Store store = open(SCHEMA)) {
            store.write(tx -> {
                add(tx, "kept");
                return true;
            });
        }
        try (Store store = open(SCHEMA)) {
            assertEquals(
                    List.of("kept"),
                    store.read(query -> query.list("SELECT text FROM note", row -> row.text(1))));
        }
    }

    @Test
    void aTransactionKnowsWhoAskedForIt() {
        try (Store store = open(SCHEMA)) {
            Caller caller = Caller.root("210987654321", "eu-west-1");
            assertEquals(caller, caller.call(() -> store.write(_ -> Caller.current())));
        }
    }

    @Test
    void aFailedTransactionUndoesItselfAndNoOther() throws Exception {
        try (Store store = open(SCHEMA);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> results =
                    IntStream.range(0, 200)
                            .mapToObj(i -> callers.submit(() -> writeOrFail(store, i)))
                            .toList();
            long done = 0;
            for (Future<Boolean> result : results) {
                done += result.get() ? 1 : 0;
            }
            assertEquals(150, done);
            assertEquals(150, notes(store));
        }
    }

    private static boolean writeOrFail(Store store, int i) {
        try {
            return store.write(tx -> {
                add(tx, "note " + i);
                if (i % 4 == 0) {
                    throw new IllegalArgumentException("refused");
                }
                return true;
            });
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Test
    void aReaderSeesOneStateWhileTheWriterGoesOn() throws Exception {
        try (Store store = open(SCHEMA)) {
            CountDownLatch written = new CountDownLatch(1);
            boolean same =
                    store.read(query -> {
                        long before = query.number("SELECT count(*) FROM note");
                        Thread.startVirtualThread(() -> {
                            store.write(tx -> {
                                add(tx, "later");
                                return true;
                            });
                            written.countDown();
                        });
                        awaitQuietly(written);
                        return before == query.number("SELECT count(*) FROM note");
                    });
            assertTrue(same);
            assertEquals(1, notes(store));
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertTrue(latch.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void oneFolderHasOnePlatform() {
        try (Store _ = open(SCHEMA)) {
            StoreFailure failure = assertThrows(StoreFailure.class, () -> open(SCHEMA));
            assertTrue(
                    String.valueOf(failure.getMessage()).contains("Another platform"),
                    failure.getMessage());
        }
    }

    @Test
    void schemasGrowAndAFolderOfANewerVersionIsRefused() {
        Schema grown =
                Schema.of("test", SCHEMA.steps().getFirst(), "ALTER TABLE note ADD COLUMN at INT");
        try (Store store = open(SCHEMA)) {
            assertEquals(0, notes(store));
        }
        try (Store store = open(grown)) {
            long rows = store.read(query -> query.number("SELECT count(at) FROM note"));
            assertEquals(0, rows);
        }
        StoreFailure failure = assertThrows(StoreFailure.class, () -> open(SCHEMA));
        assertTrue(
                String.valueOf(failure.getMessage()).contains("newer version"),
                failure.getMessage());
    }

    @Test
    void changesAreAppendedWithTheChangeOrNotAtAll() {
        try (Store store = open(SCHEMA)) {
            CountDownLatch woken = new CountDownLatch(1);
            store.onChange(woken::countDown);
            assertThrows(
                    IllegalStateException.class,
                    () ->
                            store.write(tx -> {
                                tx.append("a", "Nothing Happened", "", "{}");
                                throw new IllegalStateException("undone");
                            }));
            store.write(tx -> {
                tx.append("aws.a", "Something Happened", "arn:aws:a:::b", "{\"a\":1}");
                return true;
            });
            awaitQuietly(woken);
            List<Store.Change> changes = store.changesAfter(0, 10);
            assertEquals(1, changes.size());
            Store.Change change = changes.getFirst();
            assertEquals("aws.a", change.source());
            assertEquals("Something Happened", change.detailType());
            assertEquals("arn:aws:a:::b", change.resource());
            assertEquals("{\"a\":1}", change.detail());
            assertEquals(List.of(), store.changesAfter(change.seq(), 10));
            store.write(tx -> {
                tx.consume(change.seq());
                return true;
            });
            assertEquals(List.of(), store.changesAfter(0, 10));
        }
    }
}
