package io.dormouse.worker.instance;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A thread's visit to another network: it enters, opens what it is told, and ends. A socket stays
/// in the network that it was made in, whoever uses it afterwards.
///
/// @param <T> what is opened there
public final class NetworkVisit<T> extends Thread {
    /// What a visiting thread does: nothing that wakes another thread, which might start one that
    /// is locked in with it.
    @FunctionalInterface
    public interface Opening<T> {
        T open() throws IOException;
    }

    /// How it gets there.
    @FunctionalInterface
    interface Way {
        void enter() throws IOException;
    }

    /// Waits for the visitors: whoever asks may be a virtual thread.
    private static final ExecutorService MESSENGER =
            Executors.newSingleThreadExecutor(
                    work -> Thread.ofPlatform().daemon().name("network-maker").unstarted(work));

    private final Way way;
    private final Opening<T> opening;
    private volatile Optional<T> opened = Optional.empty();
    private volatile String failure = "";

    private NetworkVisit(Way way, Opening<T> opening) {
        super("network-visit");
        this.way = way;
        this.opening = opening;
        setDaemon(true);
    }

    @Override
    public void run() {
        try {
            way.enter();
            opened = Optional.of(opening.open());
        } catch (IOException | RuntimeException | LinkageError e) {
            failure = String.valueOf(e);
        }
    }

    /// Opens something in a network that is there.
    ///
    /// @param network its descriptor, of `/proc/…/ns/net`
    /// @throws IOException where this process may not enter it (it takes root, and Linux), or the
    ///   opening fails
    public static <T> T to(int network, Opening<T> opening) throws IOException {
        return made(() -> Syscalls.enter(network, Syscalls.CLONE_NEWNET), opening);
    }

    /// Opens something in a network that is made for it.
    static <T> T toNew(Opening<T> opening) throws IOException {
        return made(() -> Syscalls.unshare(Syscalls.CLONE_NEWNET), opening);
    }

    private static <T> T made(Way way, Opening<T> opening) throws IOException {
        NetworkVisit<T> visit =
                CompletableFuture.supplyAsync(() -> visited(way, opening), MESSENGER).join();
        return visit.opened.orElseThrow(() -> new IOException(visit.failure));
    }

    private static <T> NetworkVisit<T> visited(Way way, Opening<T> opening) {
        NetworkVisit<T> visit = new NetworkVisit<>(way, opening);
        visit.start();
        boolean interrupted = false;
        while (visit.isAlive()) {
            try {
                visit.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return visit;
    }
}
