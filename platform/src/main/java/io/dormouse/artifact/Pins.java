package io.dormouse.artifact;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Keeps content's files in place while somebody reads them: one that is deleted or overwritten
/// meanwhile goes when its last reader is done. A crash in between leaves them to the sweep.
final class Pins {
    private static final class State {
        private int readers;
        private List<String> doomed = List.of();
        private boolean isDoomed;
    }

    private final Map<String, State> states = new HashMap<>();
    private final Consumer<Collection<String>> unlink;

    Pins(Consumer<Collection<String>> unlink) {
        this.unlink = unlink;
    }

    /// Whether the content may be read: false where its record was removed in the meantime, so that
    /// the record has to be read anew. A pin must be [released][#release].
    synchronized boolean pin(String content) {
        State state = states.computeIfAbsent(content, _ -> new State());
        if (state.isDoomed) {
            return false;
        }
        state.readers++;
        return true;
    }

    void release(String content) {
        State state;
        synchronized (this) {
            state = states.get(content);
            if (state == null) {
                throw new IllegalStateException("Not pinned: " + content);
            }
            state.readers--;
            if (state.readers > 0) {
                return;
            }
            if (!state.isDoomed) {
                states.remove(content);
                return;
            }
        }
        unlink(content, state.doomed);
    }

    /// Unlinks the files of content whose record is gone, now or when its last reader is done.
    void unlink(String content, List<String> files) {
        synchronized (this) {
            State state = states.computeIfAbsent(content, _ -> new State());
            state.isDoomed = true;
            if (state.readers > 0) {
                state.doomed = files;
                return;
            }
        }
        unlink.accept(files);
        synchronized (this) {
            states.remove(content);
        }
    }
}
