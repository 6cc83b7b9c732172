package io.dormouse.modelserver.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.dormouse.modelserver.Answer;
import io.dormouse.modelserver.Load;
import io.dormouse.modelserver.Media;
import io.dormouse.modelserver.Predictor;
import io.dormouse.modelserver.Prepared;
import io.dormouse.modelserver.Refusal;
import io.dormouse.modelserver.Steps;
import io.dormouse.modelserver.Unloadable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// An ONNX model in ONNX Runtime.
///
/// In: `application/json` and `application/jsonlines` (see [JsonInput]), `text/csv` (see
/// [CsvInput]), `application/x-npy` (see [NpyInput]). Out: see [Outputs].
public final class OnnxPredictor implements Predictor {
    private final OrtEnvironment environment;
    private final Live live;
    private final List<Input> inputs;

    /// What is to be done after a few answers.
    private final Runnable answered;

    /// Tensors of requests that are done, for the next ones; as many as ran at once.
    private final ArrayDeque<List<TensorBuilder>> spare = new ArrayDeque<>();

    private OnnxPredictor(
            OrtEnvironment environment, Live live, List<Input> inputs, Runnable answered) {
        this.environment = environment;
        this.live = live;
        this.inputs = inputs;
        this.answered = answered;
    }

    /// Loads the model that `load` names.
    ///
    /// @param threads of one inference
    public static OnnxPredictor load(Load load, int threads, Steps steps)
            throws IOException, Unloadable {
        OrtEnvironment environment = Sessions.environment(steps);
        Prepared model = Sessions.choose(load, environment);
        OrtSession session = Sessions.open(environment, model, threads);
        Live live = new Live(session);
        Runnable answered = () -> {};
        if (model.later().isPresent() && model.later().get().fits(load.memoryMb())) {
            int afterCalls = model.later().get().afterCalls();
            answered =
                    new LatePacking(model, afterCalls, environment, threads, live, steps)::answered;
        }
        return new OnnxPredictor(environment, live, inputs(session), answered);
    }

    /// Serves an open session, which [#close] closes.
    public static OnnxPredictor of(OrtEnvironment environment, OrtSession session)
            throws Unloadable {
        return new OnnxPredictor(environment, new Live(session), inputs(session), () -> {});
    }

    private static List<Input> inputs(OrtSession session) throws Unloadable {
        try {
            return Input.of(session);
        } catch (OrtException e) {
            throw new Unloadable(
                    "ONNX Runtime can't tell the model's inputs: " + e.getMessage(), e);
        }
    }

    @Override
    public Answer predict(Request request) throws IOException, Refusal {
        String answerType = Media.choose(request.accept(), Outputs.TYPES);
        List<TensorBuilder> tensors = take();
        Map<String, OnnxTensor> filled = new HashMap<>();
        try {
            boolean columns = read(request, tensors);
            for (TensorBuilder tensor : tensors) {
                filled.put(tensor.input().name(), build(tensor, columns));
            }
            if (filled.size() > 1) {
                requireEqualLengths(tensors, filled);
            }
            Answer answer = run(filled, answerType);
            answered.run();
            return answer;
        } catch (OrtException e) {
            throw RunFault.of(e);
        } finally {
            for (OnnxTensor tensor : filled.values()) {
                tensor.close();
            }
            giveBack(tensors);
        }
    }

    private Answer run(Map<String, OnnxTensor> filled, String answerType)
            throws OrtException, IOException, Refusal {
        Live.Held held = live.take();
        try (OrtSession.Result result = held.session().run(filled)) {
            return Outputs.write(result, answerType);
        } finally {
            live.giveBack(held);
        }
    }

    private OnnxTensor build(TensorBuilder tensor, boolean columns) throws OrtException, Refusal {
        if (tensor.isEmpty()) {
            throw Refusal.badInput(tensor.input().described() + " is missing in the body");
        }
        return tensor.build(environment, columns);
    }

    /// ONNX Runtime would find out too, deep in the graph and in words of its own.
    private static void requireEqualLengths(
            List<TensorBuilder> tensors, Map<String, OnnxTensor> filled) throws Refusal {
        Map<String, Input> owners = new HashMap<>();
        Map<String, Long> lengths = new HashMap<>();
        for (TensorBuilder tensor : tensors) {
            Input input = tensor.input();
            OnnxTensor value = filled.get(input.name());
            long[] shape = value == null ? new long[0] : value.getInfo().getShape();
            for (int i = 0; i < shape.length; i++) {
                String name = input.lengths()[i];
                Long other = name.isEmpty() ? null : lengths.put(name, shape[i]);
                Input owner = owners.put(name, input);
                if (other != null && owner != null && other != shape[i]) {
                    throw Refusal.badInput(
                            "inputs '%s' and '%s' must be equally long in '%s': %d and %d came"
                                    .formatted(owner.name(), input.name(), name, other, shape[i]));
                }
            }
        }
    }

    /// Whether the values came as rows with one for each input.
    private static boolean read(Request request, List<TensorBuilder> tensors)
            throws IOException, Refusal {
        String type = Media.type(request.contentType());
        return switch (type) {
            case "", Media.JSON -> JsonInput.read(request.body(), tensors);
            case Media.JSON_LINES -> JsonInput.readLines(request.body(), tensors);
            case Media.CSV -> {
                CsvInput.read(request.contentType(), request.body(), tensors);
                yield tensors.size() > 1;
            }
            case Media.NPY -> {
                if (tensors.size() != 1) {
                    throw Refusal.unsupportedType(
                            Media.NPY
                                    + " is for models with one input, this one has "
                                    + tensors.size()
                                    + ": send "
                                    + Media.JSON);
                }
                NpyInput.read(request.body(), tensors.getFirst());
                yield false;
            }
            default ->
                    throw Refusal.unsupportedType(
                            "Content-Type is '"
                                    + request.contentType()
                                    + "', this model understands "
                                    + String.join(
                                            ", ",
                                            Media.JSON,
                                            Media.JSON_LINES,
                                            Media.CSV,
                                            Media.NPY));
        };
    }

    private List<TensorBuilder> take() {
        List<TensorBuilder> tensors;
        synchronized (spare) {
            tensors = spare.poll();
        }
        if (tensors == null) {
            tensors = new ArrayList<>();
            for (Input input : inputs) {
                tensors.add(new TensorBuilder(input));
            }
        }
        for (TensorBuilder tensor : tensors) {
            tensor.reset();
        }
        return tensors;
    }

    private void giveBack(List<TensorBuilder> tensors) {
        synchronized (spare) {
            spare.push(tensors);
        }
    }

    @Override
    public void close() {
        live.close();
    }
}
