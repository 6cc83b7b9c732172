package io.dormouse.modelserver.onnx;

import io.dormouse.modelserver.JsonReader;
import io.dormouse.modelserver.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/// JSON bodies, into tensors without a tree between them. `application/json`:
///
///     [[1,2],[3,4]]                                       the one input, nested
///     [{"a":1,"b":"x"}, …]                                rows, each with a value for every input
///     {"instances": either of these}
///     {"inputs": {"ids":[[…]],"mask":[[…]]}}              a tensor for every input
///     {"inputs": [[1,2],[3,4]]}                           the one input, nested
///     {"ids":[[…]],"mask":[[…]]}                          a tensor for every input
///
/// `application/jsonlines`: each line is what would be one element of `instances`. In both, a model
/// with one input takes `features` for its name, as SageMaker's algorithms do.
final class JsonInput {
    private final JsonReader json;
    private final List<TensorBuilder> tensors;

    /// Whether values came row by row.
    private boolean rows;

    private JsonInput(InputStream body, List<TensorBuilder> tensors) {
        this.json = new JsonReader(body);
        this.tensors = tensors;
    }

    /// Fills the tensors, which are empty.
    ///
    /// @return whether they came as rows with a value for every input
    static boolean read(InputStream body, List<TensorBuilder> tensors) throws IOException, Refusal {
        JsonInput input = new JsonInput(body, tensors);
        input.document();
        input.json.end();
        return input.rows;
    }

    /// Fills the tensors, which are empty, with a row from each line.
    ///
    /// @return whether they came as rows with a value for every input
    static boolean readLines(InputStream body, List<TensorBuilder> tensors)
            throws IOException, Refusal {
        JsonInput input = new JsonInput(body, tensors);
        long count = 0;
        while (input.json.more()) {
            input.instance(count++);
        }
        input.counted(count);
        return input.rows;
    }

    private void document() throws IOException, Refusal {
        if (json.peek() != '{') {
            instances();
            return;
        }
        json.beginObject();
        while (json.next('}')) {
            String name = json.name();
            if (name.equals("instances")) {
                instances();
            } else if (name.equals("inputs")) {
                inputs();
            } else if (isInput(name)) {
                tensor(name);
            } else {
                throw Refusal.badInput(
                        "the body's member '"
                                + name
                                + "' is neither 'instances' nor 'inputs' nor an input of the"
                                + " model, which are: "
                                + expected());
            }
        }
    }

    private void inputs() throws IOException, Refusal {
        if (json.peek() == '{') {
            members();
        } else {
            only().nested(json, 0);
        }
    }

    private void members() throws IOException, Refusal {
        json.beginObject();
        while (json.next('}')) {
            tensor(json.name());
        }
    }

    private void tensor(String name) throws IOException, Refusal {
        TensorBuilder tensor = find(name);
        if (!tensor.isEmpty()) {
            throw Refusal.badInput(tensor.input().described() + " came twice");
        }
        tensor.nested(json, 0);
    }

    private void instances() throws IOException, Refusal {
        if (json.peek() != '[') {
            only().nested(json, 0);
            return;
        }
        json.beginArray();
        long count = 0;
        while (json.next(']')) {
            instance(count++);
        }
        counted(count);
    }

    private void instance(long number) throws IOException, Refusal {
        if (json.peek() == '{') {
            rows = true;
            row(number);
        } else {
            only().nested(json, 1);
        }
    }

    private void counted(long count) throws Refusal {
        if (count == 0) {
            throw Refusal.badInput("there is no row in the body; the model expects " + expected());
        }
        for (TensorBuilder tensor : tensors) {
            if (!tensor.isEmpty()) {
                tensor.length(0, count);
            }
        }
    }

    private void row(long number) throws IOException, Refusal {
        json.beginObject();
        int filled = 0;
        while (json.next('}')) {
            find(json.name()).nested(json, 1);
            filled++;
        }
        if (filled != tensors.size()) {
            throw Refusal.badInput(
                    "row "
                            + number
                            + " has "
                            + filled
                            + " values; the model expects one for each of "
                            + expected());
        }
    }

    private boolean isInput(String name) {
        return tensors.stream().anyMatch(tensor -> tensor.input().name().equals(name));
    }

    private TensorBuilder find(String name) throws Refusal {
        for (TensorBuilder tensor : tensors) {
            if (tensor.input().name().equals(name)) {
                return tensor;
            }
        }
        if (name.equals("features") && tensors.size() == 1) {
            return tensors.getFirst();
        }
        throw Refusal.badInput("the model has no input '" + name + "'; it expects " + expected());
    }

    private TensorBuilder only() throws Refusal {
        if (tensors.size() == 1) {
            return tensors.getFirst();
        }
        throw Refusal.badInput(
                "the model has " + tensors.size() + " inputs, name each of them: " + expected());
    }

    private String expected() {
        StringBuilder text = new StringBuilder();
        for (TensorBuilder tensor : tensors) {
            text.append(text.isEmpty() ? "" : ", ").append(tensor.input().described());
        }
        return text.toString();
    }
}
