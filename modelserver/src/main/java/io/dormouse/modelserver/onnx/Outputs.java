package io.dormouse.modelserver.onnx;

import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.dormouse.modelserver.Answer;
import io.dormouse.modelserver.Media;
import io.dormouse.modelserver.Refusal;
import io.dormouse.modelserver.TextBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The answer of a model:
///
/// - `application/json`: `{"predictions":…}` for one output, `{"outputs":{name:…}}` for more
/// - `application/jsonlines`: a line for each instance with what it has in `predictions`, or an
///   object of the outputs by name
/// - `text/csv`: a line for each instance with the outputs side by side
/// - `application/x-npy`: the one output as an array
final class Outputs {
    static final List<String> TYPES = List.of(Media.JSON, Media.CSV, Media.JSON_LINES, Media.NPY);

    private static final int EXPECTED_BYTES = 512;

    private Outputs() {}

    /// @param type one of [#TYPES]
    static Answer write(OrtSession.Result result, String type) throws OrtException, Refusal {
        List<String> names = new ArrayList<>();
        List<Output> outputs = new ArrayList<>();
        for (Map.Entry<String, OnnxValue> entry : result) {
            names.add(entry.getKey());
            outputs.add(Output.of(entry.getKey(), entry.getValue()));
        }
        TextBuffer text = new TextBuffer(EXPECTED_BYTES);
        return switch (type) {
            case Media.CSV -> {
                csv(text, outputs);
                yield text.answer("text/csv; charset=utf-8");
            }
            case Media.JSON_LINES -> {
                jsonLines(text, names, outputs);
                yield text.answer(Media.JSON_LINES);
            }
            case Media.NPY -> NpyAnswer.of(names, outputs);
            default -> {
                json(text, names, outputs);
                yield text.answer(Media.JSON);
            }
        };
    }

    private static void json(TextBuffer text, List<String> names, List<Output> outputs) {
        if (outputs.size() == 1) {
            text.ascii("{\"predictions\":");
            outputs.getFirst().json(text);
            text.append('}');
            return;
        }
        text.ascii("{\"outputs\":{");
        for (int i = 0; i < outputs.size(); i++) {
            if (i > 0) {
                text.append(',');
            }
            text.quoted(names.get(i)).append(':');
            outputs.get(i).json(text);
        }
        text.ascii("}}");
    }

    private static long rows(List<Output> outputs) throws Refusal {
        long rows = outputs.getFirst().rows();
        for (Output output : outputs) {
            if (output.rows() != rows) {
                throw Refusal.notAcceptable(
                        "the model's outputs are not equally long, so they are no table: accept "
                                + Media.JSON);
            }
        }
        return rows;
    }

    private static void jsonLines(TextBuffer text, List<String> names, List<Output> outputs)
            throws Refusal {
        long rows = rows(outputs);
        for (long row = 0; row < rows; row++) {
            if (outputs.size() == 1) {
                outputs.getFirst().json(text, row);
                text.append('\n');
                continue;
            }
            char separator = '{';
            for (int i = 0; i < outputs.size(); i++) {
                text.append(separator).quoted(names.get(i)).append(':');
                outputs.get(i).json(text, row);
                separator = ',';
            }
            text.ascii("}\n");
        }
    }

    private static void csv(TextBuffer text, List<Output> outputs) throws Refusal {
        long rows = rows(outputs);
        for (long row = 0; row < rows; row++) {
            for (int i = 0; i < outputs.size(); i++) {
                if (i > 0) {
                    text.append(',');
                }
                outputs.get(i).csv(text, row);
            }
            text.append('\n');
        }
    }
}
