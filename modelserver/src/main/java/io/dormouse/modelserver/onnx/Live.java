package io.dormouse.modelserver.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

/// The session that answers, until another takes its place between two requests: those under way
/// end on the one that they began on.
final class Live implements AutoCloseable {
    /// A session and who uses it. Held by the lock of its owner.
    static final class Held {
        private final OrtSession session;
        private int users;
        private boolean over;

        private Held(OrtSession session) {
            this.session = session;
        }

        OrtSession session() {
            return session;
        }
    }

    private Held now;

    Live(OrtSession first) {
        now = new Held(first);
    }

    /// Takes the session for a request, which gives it back.
    synchronized Held take() {
        now.users++;
        return now;
    }

    void giveBack(Held held) {
        boolean last;
        synchronized (this) {
            held.users--;
            last = held.over && held.users == 0;
        }
        if (last) {
            close(held.session);
        }
    }

    /// Lets another session answer from now on.
    ///
    /// @return false where this is closed already, and the other with it
    boolean succeededBy(OrtSession next) {
        Held before;
        boolean idle;
        boolean closed;
        synchronized (this) {
            before = now;
            closed = before.over;
            if (!closed) {
                now = new Held(next);
                before.over = true;
            }
            idle = before.users == 0;
        }
        if (closed) {
            close(next);
        } else if (idle) {
            close(before.session);
        }
        return !closed;
    }

    @Override
    public void close() {
        boolean idle;
        synchronized (this) {
            idle = now.users == 0 && !now.over;
            now.over = true;
        }
        if (idle) {
            close(now.session);
        }
    }

    private static void close(OrtSession session) {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
