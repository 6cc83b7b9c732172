package io.dormouse.modelserver.setup;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.dormouse.modelserver.Media;
import io.dormouse.modelserver.Predictor;
import io.dormouse.modelserver.Prepared;
import io.dormouse.modelserver.Refusal;
import io.dormouse.modelserver.Steps;
import io.dormouse.modelserver.Unloadable;
import io.dormouse.modelserver.onnx.OnnxPredictor;
import io.dormouse.modelserver.onnx.Sessions;
import io.dormouse.modelserver.onnx.Signature;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// Finds the form in which one model starts and answers fastest on this machine, and writes it down.
///
///     load the original -> make up a request it accepts -> write the optimised form -> compare answers
///         -> measure both, cold and warm, and packed weights -> keep one
///
/// A form that can't be written, or answers differently, is dropped; the original always remains.
public final class Preparation {
    /// Below this size no form of the weights can matter, so nothing is compared.
    private static final long SMALL_BYTES = 1 << 20;

    /// Where a form lies until it is kept.
    private static final String DRAFT = "draft";

    private static final long PACKING_NANOS_MAX = 60_000_000_000L;
    private static final int COLD_ROUNDS = 3;
    private static final int WARM_CALLS_MAX = 200;
    private static final long WARM_NANOS_MAX = 500_000_000;

    private final Path folder;
    private final Path into;
    private final OrtEnvironment environment = Sessions.environment(new Steps());
    private final List<String> dropped = new ArrayList<>();

    /// Prepares the model in one folder into another.
    ///
    /// @param folder the unpacked artifact
    /// @param into an empty folder
    public Preparation(Path folder, Path into) {
        this.folder = folder;
        this.into = into;
    }

    /// Finds the form, keeps it, and says why in `prepared.properties`.
    ///
    /// @param quick writes the optimised form without measuring
    public void run(boolean quick) throws IOException, Unloadable {
        File original = Sessions.original(folder.toFile());
        Prepared plain = Prepared.plain(original);
        Properties facts = new Properties();
        Optional<Example> example;
        try (OrtSession session = Sessions.open(environment, plain, 1)) {
            Signature signature = Signature.of(session);
            facts.setProperty("inputs", signature.inputs());
            facts.setProperty("outputs", signature.outputs());
            example = example(OnnxPredictor.of(environment, session), signature.samples());
        } catch (OrtException e) {
            throw new Unloadable("ONNX Runtime can't close the model", e);
        }
        if (example.isEmpty()) {
            keep(
                    facts,
                    new Form(plain, 0, 0, 0),
                    "no made-up request ran, so no other form can be compared with the original");
            return;
        }
        Optional<Prepared> optimized = optimized(original, example.get());
        if (optimized.isEmpty()) {
            keep(facts, measure(List.of(plain), example.get()).getFirst(), "no other form");
        } else if (quick) {
            keep(facts, new Form(optimized.get(), 0, 0, 0), "not measured");
        } else if (weight(original.toPath()) < SMALL_BYTES) {
            keep(facts, measure(List.of(optimized.get()), example.get()).getFirst(), "small");
        } else {
            choose(facts, plain, optimized.get(), example.get());
        }
    }

    /// A request that the model accepts, and what the original answers.
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Example(byte[] body, byte[] answer) {}

    private static Optional<Example> example(Predictor original, List<String> samples)
            throws IOException {
        for (String sample : samples) {
            byte[] body = sample.getBytes(StandardCharsets.UTF_8);
            try {
                return Optional.of(new Example(body, answer(original, body)));
            } catch (Refusal | RuntimeException _) {
                // The next is smaller, or all zeros.
            }
        }
        return Optional.empty();
    }

    private static byte[] answer(Predictor predictor, byte[] body) throws IOException, Refusal {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        predictor
                .predict(
                        new Predictor.Request(
                                Media.JSON, Media.JSON, new ByteArrayInputStream(body)))
                .writeTo(out);
        return out.toByteArray();
    }

    private Optional<Prepared> optimized(File original, Example example) throws IOException {
        Path place = Files.createDirectories(into.resolve(DRAFT));
        File target = place.resolve("m.onnx").toFile();
        Prepared form = Prepared.optimized(target, Prepared.Packing.NONE);
        try {
            Sessions.optimize(environment, original, target).close();
            if (answersAlike(form, example) && answersAlike(form.packed(), example)) {
                return Optional.of(form);
            }
            dropped.add("the optimised form answers differently");
        } catch (Unloadable | Refusal | OrtException | RuntimeException e) {
            dropped.add("the optimised form can't be written or served: " + e.getMessage());
        }
        return Optional.empty();
    }

    private boolean answersAlike(Prepared form, Example example)
            throws IOException, Unloadable, Refusal, OrtException {
        try (OrtSession session = Sessions.open(environment, form, 1)) {
            byte[] answer = answer(OnnxPredictor.of(environment, session), example.body());
            return SameAnswer.as(answer, example.answer());
        }
    }

    /// Cold rounds are interleaved, so that what else the machine does falls on all forms alike.
    private List<Form> measure(List<Prepared> candidates, Example example)
            throws IOException, Unloadable {
        List<List<Double>> cold = new ArrayList<>();
        List<Long> peak = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            cold.add(new ArrayList<>());
            peak.add(0L);
        }
        Map<String, String> variables = variables();
        for (int round = 0; round < COLD_ROUNDS; round++) {
            for (int i = 0; i < candidates.size(); i++) {
                try (Probe probe = Probe.start(worker(candidates.get(i)), variables)) {
                    Probe.Reply reply = probe.invoke(Media.JSON, example.body());
                    cold.get(i).add(probe.age() / 1e6);
                    if (reply.status() != 200) {
                        throw new IOException("a worker answered " + reply.text());
                    }
                    peak.set(i, Math.max(peak.get(i), probe.peakBytes()));
                }
            }
        }
        List<Form> forms = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            Prepared candidate = candidates.get(i);
            forms.add(
                    new Form(
                            candidate,
                            least(cold.get(i)),
                            warm(candidate, example.body()),
                            peak.get(i)));
        }
        return forms;
    }

    private double warm(Prepared candidate, byte[] body) throws IOException, Unloadable {
        try (OrtSession session = Sessions.open(environment, candidate, 1)) {
            return warm(session, body);
        } catch (OrtException | Refusal e) {
            throw new IllegalStateException("the model answered before and does not now", e);
        }
    }

    private double warm(OrtSession session, byte[] body) throws IOException, Unloadable, Refusal {
        Predictor predictor = OnnxPredictor.of(environment, session);
        List<Double> calls = new ArrayList<>();
        long deadline = System.nanoTime() + WARM_NANOS_MAX;
        while (calls.size() < 5
                || (calls.size() < WARM_CALLS_MAX && System.nanoTime() < deadline)) {
            long start = System.nanoTime();
            answer(predictor, body);
            calls.add((System.nanoTime() - start) / 1e6);
        }
        return least(calls);
    }

    private Choice.Packed packed(Prepared form, byte[] body) throws IOException, Unloadable {
        long start = System.nanoTime();
        try (OrtSession session = Sessions.open(environment, form.packed(), 1)) {
            double open = (System.nanoTime() - start) / 1e6;
            return new Choice.Packed(open, warm(session, body));
        } catch (OrtException | Refusal e) {
            throw new IllegalStateException("the model answered before and does not now", e);
        }
    }

    /// The most memory of a worker that packs its weights while it answers; waits until it has.
    private long packingPeak(Prepared form, byte[] body) throws IOException {
        Prepared both = form.with(new Prepared.Later(1, 0));
        try (Probe probe = Probe.start(worker(both), variables())) {
            probe.invoke(Media.JSON, body);
            long deadline = System.nanoTime() + PACKING_NANOS_MAX;
            while (!probe.get("/steps").text().contains("packed")) {
                if (System.nanoTime() > deadline) {
                    return Long.MAX_VALUE; // it never fits
                }
                LockSupport.parkNanos(5_000_000);
            }
            probe.invoke(Media.JSON, body);
            return probe.peakBytes();
        }
    }

    /// What else the machine does only adds to a measurement, so the least is the truest.
    private static double least(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    /// The command of a worker that serves this form, without its transport.
    private List<String> worker(Prepared form) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Command.java());
        String args = System.getProperty(Command.ARGS_PROPERTY, "");
        if (args.isEmpty()) {
            command.addAll(Command.FLAGS);
            command.addAll(List.of("-cp", Command.classPath()));
        } else {
            command.add("@" + args);
        }
        command.add("io.dormouse.modelserver.Main");
        command.addAll(List.of("--kind", "onnx", "--model", folder.toString()));
        if (form.optimized()) {
            Path place = form.file().toPath().resolveSibling("");
            Properties facts = new Properties();
            describe(facts, form);
            write(facts, place);
            command.addAll(List.of("--prepared", place.toString()));
        }
        return command;
    }

    private static Map<String, String> variables() {
        String args = System.getProperty(Command.ARGS_PROPERTY, "");
        return args.isEmpty()
                ? Map.of()
                : Ahead.environment(Path.of(args).toAbsolutePath().resolveSibling(""));
    }

    private void choose(Properties facts, Prepared plain, Prepared optimized, Example example)
            throws IOException, Unloadable {
        List<Form> forms = measure(List.of(plain, optimized), example);
        Choice choice = Choice.of(forms, Optional.of(packed(optimized, example.body())));
        Form first = choice.first();
        if (choice.packAfter().isPresent()) {
            long peak = packingPeak(optimized, example.body());
            first = first.with(new Prepared.Later(choice.packAfter().get(), peak));
        }
        keep(facts, first, choice.reason());
    }

    private void keep(Properties facts, Form form, String reason) throws IOException {
        describe(facts, form.model());
        List<String> reasons = new ArrayList<>(List.of(reason));
        reasons.addAll(dropped);
        facts.setProperty("reason", String.join("; ", reasons));
        facts.setProperty("peak_bytes", String.valueOf(form.peakBytes()));
        facts.setProperty("first_answer_ms", String.valueOf(Math.round(form.coldMs())));
        facts.setProperty("call_ms", String.valueOf(Math.round(form.warmMs() * 1e3) / 1e3));
        if (form.model().optimized()) {
            Path place = form.model().file().toPath().resolveSibling("");
            for (String name : List.of("m.onnx", "m.bin")) {
                if (Files.exists(place.resolve(name))) {
                    Files.move(place.resolve(name), into.resolve(name));
                }
            }
        }
        discard(into.resolve(DRAFT));
        write(facts, into);
    }

    private void describe(Properties facts, Prepared form) {
        facts.setProperty("onnxruntime", environment.getVersion());
        facts.setProperty("cpu", System.getProperty(Prepared.CPU_PROPERTY, ""));
        facts.setProperty(
                "file",
                form.optimized()
                        ? "m.onnx"
                        : folder.toAbsolutePath()
                                .relativize(form.file().toPath().toAbsolutePath())
                                .toString());
        facts.setProperty("optimized", String.valueOf(form.optimized()));
        facts.setProperty(
                "packing",
                switch (form.packing()) {
                    case LOAD -> "load";
                    case NONE -> "none";
                });
        if (form.later().isPresent()) {
            Prepared.Later later = form.later().get();
            facts.setProperty("pack_after_calls", String.valueOf(later.afterCalls()));
            facts.setProperty("pack_peak_bytes", String.valueOf(later.peakBytes()));
        }
    }

    private static void write(Properties facts, Path place) throws IOException {
        try (OutputStream out = Files.newOutputStream(place.resolve(Prepared.FILE))) {
            facts.store(out, null);
        }
    }

    /// The model's bytes: its file, and what lies beside it as external data.
    private static long weight(Path model) throws IOException {
        try (Stream<Path> files = Files.list(model.resolveSibling(""))) {
            long bytes = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
            return bytes;
        }
    }

    private static void discard(Path place) throws IOException {
        if (!Files.isDirectory(place)) {
            return;
        }
        try (Stream<Path> files = Files.list(place)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(place);
    }
}
