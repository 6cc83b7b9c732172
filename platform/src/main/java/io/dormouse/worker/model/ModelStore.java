package io.dormouse.worker.model;

import io.dormouse.worker.ContainerImages;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.ModelSource;
import io.dormouse.worker.Models;
import io.dormouse.worker.Preparation;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.PreparedModel.Kind;
import io.dormouse.worker.StartFailed;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import software.amazon.awssdk.services.s3.S3Client;

/// Lays models out for the built-in model servers and for containers, under the digest of their
/// artifact: the same bytes are downloaded, unpacked and prepared once, whatever they are called.
public final class ModelStore implements Models {
    private static final String MODEL = "model";
    private static final String EMPTY = "empty";
    private static final String NOT_BUILT_IN =
            "it is none of the built-in model servers (…/xgboost, …/sagemaker-scikit-learn,"
                    + " …/pytorch-inference, dormouse/onnx)";
    private static final String OUTCOME = "outcome.properties";

    /// How long a model stays that nobody serves: a definition that is rolled back, or deployed
    /// anew the week after, finds it still laid out.
    public static final Duration KEPT = Duration.ofDays(7);

    private final Shelf shelf;
    private final S3Client s3;
    private final Preparation preparation;
    private final ContainerImages containers;
    private final InstantSource clock;

    /// Read by whoever lays a model out, written by the sweep.
    private final ReadWriteLock use = new ReentrantReadWriteLock();

    private final ConcurrentHashMap<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    /// For the built-in model servers alone.
    public ModelStore(Path folder, S3Client s3, Preparation preparation, InstantSource clock)
            throws IOException {
        this(folder, s3, preparation, ContainerImages.NONE, clock);
    }

    /// @param folder all of it is this store's; can be deleted as a whole while nothing runs
    /// @param s3 where artifacts come from
    /// @param containers where other images come from
    /// @param clock says when a model was last used
    public ModelStore(
            Path folder,
            S3Client s3,
            Preparation preparation,
            ContainerImages containers,
            InstantSource clock)
            throws IOException {
        this.shelf = new Shelf(folder);
        this.s3 = s3;
        this.preparation = preparation;
        this.containers = containers;
        this.clock = clock;
    }

    /// Why an image cannot be served and what to do, in a sentence; empty where it can, by a
    /// built-in model server of its repository's name or in a container.
    public Optional<String> trouble(String image) {
        if (!isContainer(image)) {
            return Optional.empty();
        }
        String what =
                containers.claims(image)
                        ? "DORMOUSE_IMAGES has it run in a container"
                        : "I" + NOT_BUILT_IN.substring(1);
        return containers.trouble(image).map(why -> what + ", and " + why + ".");
    }

    private boolean isContainer(String image) {
        ModelImage named = ModelImage.of(image);
        boolean builtIn = named.ours() || named.kind() != Kind.CONTAINER;
        return !builtIn || containers.claims(image);
    }

    @Override
    public PreparedModel prepare(ModelSource source, LogSink progress) throws StartFailed {
        use.readLock().lock();
        try {
            PreparedModel model = laidOut(source, progress);
            shelf.touch(model.folder().resolveSibling("."), clock.instant());
            return model;
        } catch (IOException e) {
            throw new StartFailed(
                    StartFailed.Cause.PLATFORM, "the model cannot be laid out: " + e, e);
        } finally {
            use.readLock().unlock();
        }
    }

    /// Removes the models that nobody has used for [#KEPT]. Does nothing while one is being laid
    /// out: the next sweep will.
    ///
    /// @param used the folders of the models that are served or to be served
    public void sweep(Set<Path> used) throws IOException {
        if (!use.writeLock().tryLock()) {
            return;
        }
        try {
            for (Path folder : used) {
                shelf.touch(folder.resolveSibling("."), clock.instant());
            }
            shelf.sweep(clock.instant().minus(KEPT));
        } finally {
            use.writeLock().unlock();
        }
    }

    private PreparedModel laidOut(ModelSource source, LogSink progress)
            throws StartFailed, IOException {
        ModelImage image = ModelImage.of(source.image());
        if (isContainer(source.image())) {
            return container(source, progress);
        }
        Kind kind = builtIn(source, image);
        Download download = new Download(s3, source.dataUrl());
        String digest = fetched(download, source, progress);
        Path folder = shelf.path(digest).resolve(MODEL);
        if (kind == Kind.PYTHON) {
            return python(image, digest, source, progress);
        }
        Kind inside = Artifact.kindInside(folder, kind);
        if (inside != kind && !image.ours()) {
            throw new StartFailed(
                    StartFailed.Cause.MODEL,
                    "the image %s serves %s models and the artifact holds %s"
                            .formatted(source.image(), kind.argument(), Artifact.shown(folder)));
        }
        return prepared(inside, digest, source, progress);
    }

    private static Kind builtIn(ModelSource source, ModelImage image) throws StartFailed {
        Kind kind = image.kind();
        if (kind == Kind.CONTAINER) {
            throw new StartFailed(
                    StartFailed.Cause.PLATFORM,
                    "the image %s cannot be served: %s".formatted(source.image(), NOT_BUILT_IN));
        }
        boolean script = !source.environment().getOrDefault("SAGEMAKER_PROGRAM", "").isEmpty();
        return script ? Kind.PYTHON : kind;
    }

    /// A model that the program of its own image serves; what it is, is that program's affair. It
    /// may be in the image.
    private PreparedModel container(ModelSource source, LogSink progress)
            throws StartFailed, IOException {
        containers.fetch(source.image(), progress);
        String name =
                source.dataUrl().isEmpty()
                        ? empty()
                        : fetched(new Download(s3, source.dataUrl()), source, progress);
        Path folder = shelf.path(name).resolve(MODEL);
        return new PreparedModel(Kind.CONTAINER, folder, Optional.empty(), 0, source.image());
    }

    private String empty() throws IOException {
        if (!Files.exists(shelf.path(EMPTY).resolve(MODEL))) {
            shelf.put(shelf.aside(), EMPTY + "/" + MODEL);
        }
        return EMPTY;
    }

    /// Brings the artifact here unless it is.
    ///
    /// @return its digest, which names its folder
    private String fetched(Download download, ModelSource source, LogSink progress)
            throws StartFailed, IOException {
        String identity = download.identity();
        ReentrantLock lock = locks.computeIfAbsent(identity, _ -> new ReentrantLock());
        lock.lock();
        try {
            Path known = shelf.path(Shelf.SOURCES + "/" + identity);
            if (Files.exists(known)) {
                String digest = Files.readString(known.resolve(Shelf.DIGEST));
                if (Files.exists(shelf.path(digest).resolve(MODEL))) {
                    return digest;
                }
            }
            progress.line("downloading " + source.dataUrl());
            Path work = shelf.aside();
            try {
                return layOut(download, identity, work, progress);
            } finally {
                Shelf.delete(work);
            }
        } finally {
            lock.unlock();
        }
    }

    private String layOut(Download download, String identity, Path work, LogSink progress)
            throws StartFailed, IOException {
        Path file = work.resolve("artifact");
        // A file's name is part of the content where it is the model itself.
        String digest = download.to(file).substring(0, 32) + "-" + suffix(download.name());
        Path folder = shelf.path(digest).resolve(MODEL);
        if (!Files.exists(folder)) {
            progress.line("unpacking " + Files.size(file) + " bytes");
            Path unpacked = Files.createDirectory(work.resolve(MODEL));
            new Artifact(download.name(), file).layOut(unpacked);
            shelf.put(unpacked, digest + "/" + MODEL);
        }
        Path note = Files.createDirectory(work.resolve("note"));
        Files.writeString(note.resolve(Shelf.DIGEST), digest);
        shelf.put(note, Shelf.SOURCES + "/" + identity);
        return digest;
    }

    private static String suffix(String name) {
        byte[] bytes = name.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return Download.hex(Download.sha256().digest(bytes)).substring(0, 8);
    }

    /// A model that its owner's program serves: the program is in the artifact, or in an archive of
    /// its own.
    private PreparedModel python(
            ModelImage image, String digest, ModelSource source, LogSink progress)
            throws StartFailed, IOException {
        Script script = Script.of(source, shelf.path(digest).resolve(MODEL));
        String code = "";
        if (script.archive().isPresent()) {
            code = fetched(new Download(s3, script.archive().get()), source, progress);
        }
        Path from = shelf.path(code.isEmpty() ? digest : code).resolve(MODEL);
        String name =
                digest + "/python-" + script.key(image, code, preparation.version(Kind.PYTHON));
        boolean own = !code.isEmpty();
        Start start = form -> script.lay(image, own ? Optional.of(from) : Optional.empty(), form);
        return prepared(Kind.PYTHON, digest, name, start, source, progress);
    }

    /// What lies in the folder of a form before it is prepared.
    private interface Start {
        void lay(Path form) throws IOException;
    }

    private PreparedModel prepared(Kind kind, String digest, ModelSource source, LogSink progress)
            throws StartFailed, IOException {
        String name = digest + "/" + kind.argument() + "-" + preparation.version(kind);
        return prepared(kind, digest, name, _ -> {}, source, progress);
    }

    private PreparedModel prepared(
            Kind kind,
            String digest,
            String name,
            Start start,
            ModelSource source,
            LogSink progress)
            throws StartFailed, IOException {
        Path folder = shelf.path(digest).resolve(MODEL);
        ReentrantLock lock = locks.computeIfAbsent(name, _ -> new ReentrantLock());
        lock.lock();
        try {
            Path into = shelf.path(name);
            if (!Files.exists(into)) {
                into = prepare(kind, folder, name, start, progress);
            }
            Preparation.Outcome outcome = outcome(into);
            return new PreparedModel(
                    kind,
                    folder,
                    outcome.form() ? Optional.of(into) : Optional.empty(),
                    outcome.peakBytes(),
                    source.image());
        } finally {
            lock.unlock();
        }
    }

    private Path prepare(Kind kind, Path folder, String name, Start start, LogSink progress)
            throws StartFailed, IOException {
        progress.line("preparing the model for this machine");
        Path work = shelf.aside();
        try {
            Path form = Files.createDirectory(work.resolve("form"));
            start.lay(form);
            Preparation.Outcome outcome = preparation.prepare(kind, folder, form, progress);
            Files.writeString(
                    form.resolve(OUTCOME),
                    "form=%s%npeak_bytes=%d%n".formatted(outcome.form(), outcome.peakBytes()));
            return shelf.put(form, name);
        } finally {
            Shelf.delete(work);
        }
    }

    private static Preparation.Outcome outcome(Path folder) throws IOException {
        Properties found = new Properties();
        try (Reader reader = Files.newBufferedReader(folder.resolve(OUTCOME))) {
            found.load(reader);
        }
        return new Preparation.Outcome(
                Boolean.parseBoolean(found.getProperty("form")),
                Long.parseLong(found.getProperty("peak_bytes", "0")));
    }
}
