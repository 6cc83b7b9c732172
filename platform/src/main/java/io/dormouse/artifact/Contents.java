package io.dormouse.artifact;

import io.dormouse.store.Query;
import io.dormouse.store.Store;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What objects consist of, on disk: drafts of it, readers of it, and its end.
final class Contents {
    private static final Logger LOG = LoggerFactory.getLogger(Contents.class);

    /// Content whose record is gone, with its files.
    record Orphan(String content, List<String> files) {}

    private final ContentFiles files;
    private final Pins pins;
    private final Store store;

    Contents(Store store, Path folder) {
        this.store = store;
        this.files = new ContentFiles(folder);
        this.pins = new Pins(files::unlink);
    }

    /// Removes what a crash left over: files that no record names.
    void sweep() {
        int swept = files.sweep((from, to) -> store.read(query -> Catalog.files(query, from, to)));
        if (swept > 0) {
            LOG.info("Removed {} files that no object names", swept);
        }
    }

    Draft draft() {
        return files.draft();
    }

    /// Unlinks what was orphaned: call it after the commit.
    void unlink(Orphan orphan) {
        if (!orphan.files().isEmpty()) {
            pins.unlink(orphan.content(), orphan.files());
        }
    }

    /// Runs `lookUp` until the content that it found is sure to stay while it is read: a record can
    /// be gone, and its files with it, before the reader comes to open them.
    ///
    /// @param content names the content in what was found; it must be [released][#release]
    <T> T pinned(Function<Query, T> lookUp, Function<T, String> content) {
        while (true) {
            T found = store.read(lookUp);
            String name = content.apply(found);
            if (!pins.pin(name)) {
                Thread.onSpinWait();
                continue;
            }
            if (store.read(query -> Catalog.isRecorded(query, name))) {
                return found;
            }
            pins.release(name);
        }
    }

    void release(String content) {
        pins.release(content);
    }

    /// A run of the bytes of pinned content, read file by file. Closing it does not release.
    InputStream open(List<Part> parts, ByteRange range) {
        List<SliceStream.Slice> slices = new ArrayList<>();
        long start = 0;
        for (Part part : parts) {
            long from = Math.max(range.from() - start, 0);
            long to = Math.min(range.from() + range.length() - start, part.bytes());
            if (from < to) {
                slices.add(
                        new SliceStream.Slice(
                                files.path(part.file().orElseThrow()), from, to - from));
            }
            start += part.bytes();
        }
        return new SliceStream(slices);
    }

    /// Copies nothing: gives the files of parts new names.
    List<Part> link(Draft draft, List<Part> parts, String content) {
        List<Part> linked = new ArrayList<>();
        for (Part part : parts) {
            linked.add(
                    new Part(
                            content,
                            part.number(),
                            part.file().map(draft::link),
                            part.bytes(),
                            part.etag(),
                            part.checksums(),
                            part.modified()));
        }
        return linked;
    }
}
