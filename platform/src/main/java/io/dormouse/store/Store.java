package io.dormouse.store;

import io.dormouse.aws.Caller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The database of one platform: one writer thread that commits what has gathered, readers beside
/// it.
///
/// SQLite in WAL mode with `synchronous=FULL`: what [#write] has returned from survives `kill -9`
/// and a power cut. One platform has a folder at a time; a second is refused with a sentence that
/// says so.
public final class Store implements AutoCloseable {
    private static final int READERS_MAX = 4;
    private static final int BATCH_MAX = 256;

    private static final Schema OWN =
            Schema.of(
                    "store",
                    """
                    CREATE TABLE record(
                        kind TEXT NOT NULL, name TEXT NOT NULL, parent TEXT NOT NULL,
                        status TEXT NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL,
                        body TEXT NOT NULL, PRIMARY KEY(kind, name)) WITHOUT ROWID
                    """,
                    "CREATE INDEX record_created ON record(kind, created, name)",
                    "CREATE INDEX record_parent ON record(kind, parent, created, name)",
                    """
                    CREATE TABLE tag(
                        arn TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
                        PRIMARY KEY(arn, key)) WITHOUT ROWID
                    """,
                    """
                    CREATE TABLE feed(
                        seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL,
                        detail_type TEXT NOT NULL, detail TEXT NOT NULL)
                    """,
                    "ALTER TABLE feed ADD COLUMN source TEXT NOT NULL DEFAULT 'aws.sagemaker'",
                    "ALTER TABLE feed ADD COLUMN resource TEXT NOT NULL DEFAULT ''");

    private record Job<T>(Caller caller, Function<Tx, T> body, CompletableFuture<T> done) {}

    private final String url;
    private final FileChannel lockFile;
    private final Connection writer;
    private final Tx tx;
    private final LinkedBlockingQueue<Job<?>> queue = new LinkedBlockingQueue<>();
    private final Thread thread;
    private final Semaphore readerSlots = new Semaphore(READERS_MAX);
    private final ConcurrentLinkedDeque<Query> readers = new ConcurrentLinkedDeque<>();
    private final List<Runnable> feedListeners = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    private Store(String url, FileChannel lockFile, Connection writer, InstantSource clock) {
        this.url = url;
        this.lockFile = lockFile;
        this.writer = writer;
        this.tx = new Tx(writer, clock);
        this.thread = Thread.ofPlatform().name("store-writer").daemon().unstarted(this::writeLoop);
    }

    /// Opens the database of a folder, making both where they are missing, and brings its tables up
    /// to the schemas.
    ///
    /// @throws StoreFailure if another platform has the folder, or a newer version wrote it
    public static Store open(Path folder, InstantSource clock, List<Schema> schemas) {
        try {
            Files.createDirectories(folder);
            FileChannel lockFile = lock(folder);
            String url = "jdbc:sqlite:" + folder.resolve("dormouse.db");
            Connection writer = connect(url);
            new Migrations(writer).run(OWN, schemas);
            Store store = new Store(url, lockFile, writer, clock);
            store.thread.start();
            return store;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot use the data folder " + folder, e);
        } catch (SQLException e) {
            throw new StoreFailure(e);
        }
    }

    private static FileChannel lock(Path folder) throws IOException {
        FileChannel file =
                FileChannel.open(
                        folder.resolve("lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = file.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            file.close();
            throw new StoreFailure(
                    "Another platform is running on the data folder "
                            + folder
                            + ": stop it, or start this one with --data and another folder");
        }
        return file;
    }

    private static Connection connect(String url) throws SQLException {
        Connection connection = DriverManager.getConnection(url);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode=WAL");
            statement.execute("PRAGMA synchronous=FULL");
            statement.execute("PRAGMA busy_timeout=10000");
            statement.execute("PRAGMA case_sensitive_like=ON");
        }
        return connection;
    }

    /// Runs `body` in a transaction and returns when its commit is durable. Bodies run one after
    /// the other on the writer's thread, each as its own caller: keep them short, and do no other
    /// I/O in them. Whatever a body throws undoes it alone and comes out here.
    public <T> T write(Function<Tx, T> body) {
        if (Thread.currentThread().equals(thread)) {
            throw new IllegalStateException("A transaction cannot start another");
        }
        Job<T> job = new Job<>(Caller.current(), body, new CompletableFuture<>());
        queue.add(job);
        if (closed && queue.remove(job)) {
            throw new StoreFailure("The store is closed");
        }
        try {
            return job.done().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                failure.addSuppressed(new Throwable("written from here"));
                throw failure;
            }
            throw e;
        }
    }

    /// Runs `body` on one consistent state of the database, beside the writer.
    public <T> T read(Function<Query, T> body) {
        readerSlots.acquireUninterruptibly();
        try {
            Query reader = readers.pollFirst();
            if (reader == null) {
                Connection connection = connect(url);
                connection.setAutoCommit(false);
                reader = new Query(connection);
            }
            try {
                return body.apply(reader);
            } finally {
                reader.connection().rollback();
                readers.addFirst(reader);
            }
        } catch (SQLException e) {
            throw new StoreFailure(e);
        } finally {
            readerSlots.release();
        }
    }

    /// One event of the change feed.
    ///
    /// @param source such as `aws.sagemaker`
    /// @param resource the ARN of what changed; empty where it has none
    /// @param detail JSON
    public record Change(
            long seq,
            Instant at,
            String source,
            String detailType,
            String resource,
            String detail) {}

    /// The changes after `seq`, oldest first, at most `limit` of them.
    public List<Change> changesAfter(long seq, int limit) {
        return read(query ->
                query.list(
                        "SELECT seq, at, source, detail_type, resource, detail FROM feed"
                                + " WHERE seq > ? ORDER BY seq LIMIT ?",
                        row ->
                                new Change(
                                        row.number(1),
                                        row.time(2),
                                        row.text(3),
                                        row.text(4),
                                        row.text(5),
                                        row.text(6)),
                        seq,
                        limit));
    }

    /// Calls `listener` after each commit that appended to the feed, on the writer's thread: it
    /// must only wake somebody.
    public void onChange(Runnable listener) {
        feedListeners.add(listener);
    }

    private void writeLoop() {
        List<Job<?>> batch = new ArrayList<>();
        while (!closed || !queue.isEmpty()) {
            try {
                batch.add(queue.take());
            } catch (InterruptedException e) {
                continue; // closing: the loop's condition decides
            }
            queue.drainTo(batch, BATCH_MAX - 1);
            commit(batch);
            batch.clear();
        }
    }

    /// One transaction for the whole batch, a savepoint for each job in it.
    private void commit(List<Job<?>> batch) {
        List<Runnable> answers = new ArrayList<>();
        try (Statement statement = writer.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            for (Job<?> job : batch) {
                answers.add(attempt(statement, job));
            }
            statement.execute("COMMIT");
        } catch (SQLException | RuntimeException | Error e) {
            rollback();
            tx.takeAppended();
            RuntimeException failure =
                    e instanceof SQLException sql
                            ? new StoreFailure(sql)
                            : new IllegalStateException(e);
            batch.forEach(job -> job.done().completeExceptionally(failure));
            return;
        }
        answers.forEach(Runnable::run);
        if (tx.takeAppended()) {
            feedListeners.forEach(Runnable::run);
        }
    }

    private <T> Runnable attempt(Statement statement, Job<T> job) throws SQLException {
        statement.execute("SAVEPOINT job");
        @Nullable RuntimeException failure = null;
        try {
            T result = job.caller().call(() -> job.body().apply(tx));
            statement.execute("RELEASE job");
            return () -> job.done().complete(result);
        } catch (RuntimeException e) {
            failure = e;
        }
        statement.execute("ROLLBACK TO job");
        statement.execute("RELEASE job");
        RuntimeException thrown = failure;
        return () -> job.done().completeExceptionally(thrown);
    }

    private void rollback() {
        try (Statement statement = writer.createStatement()) {
            statement.execute("ROLLBACK");
        } catch (SQLException e) {
            // The transaction is gone already: SQLite rolls back by itself when a commit fails.
            System.getLogger(Store.class.getName())
                    .log(System.Logger.Level.DEBUG, "Nothing to roll back", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join();
            for (Query reader : readers) {
                reader.connection().close();
            }
            writer.close();
            lockFile.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            throw new StoreFailure(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
