package io.dormouse.modelserver.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.dormouse.modelserver.Unloadable;
import java.util.ArrayList;
import java.util.List;

/// One input of a model.
///
/// @param shape a negative length is any length
/// @param lengths the names of the lengths, such as `batch`; empty where there is none. Lengths of
///   one name are equal in a request
@SuppressWarnings("ArrayRecordComponent") // read on every request, compared by nobody
record Input(String name, OnnxJavaType type, long[] shape, String[] lengths) {

    /// @throws Unloadable when there is an input that no request can fill
    static List<Input> of(OrtSession session) throws OrtException, Unloadable {
        List<Input> inputs = new ArrayList<>();
        for (NodeInfo node : session.getInputInfo().values()) {
            if (!(node.getInfo() instanceof TensorInfo tensor)) {
                throw new Unloadable(
                        "input '"
                                + node.getName()
                                + "' is no tensor, which this server can't fill");
            }
            if (!fillable(tensor)) {
                throw new Unloadable(
                        "input '"
                                + node.getName()
                                + "' is a tensor of "
                                + tensor.onnxType
                                + ", which this server can't fill");
            }
            inputs.add(
                    new Input(
                            node.getName(),
                            tensor.type,
                            tensor.getShape(),
                            tensor.getDimensionNames()));
        }
        return List.copyOf(inputs);
    }

    private static boolean fillable(TensorInfo tensor) {
        return switch (tensor.onnxType) {
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT,
                    ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE,
                    ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16,
                    ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8,
                    ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8,
                    ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16,
                    ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32,
                    ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64,
                    ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL,
                    ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING ->
                    true;
            default -> false;
        };
    }

    boolean isText() {
        return type == OnnxJavaType.STRING;
    }

    /// Whether a missing value can stand in it.
    boolean isFloating() {
        return type == OnnxJavaType.FLOAT
                || type == OnnxJavaType.DOUBLE
                || type == OnnxJavaType.FLOAT16;
    }

    /// Whether one row of a request fills it with one value.
    boolean isColumn() {
        return shape.length == 1 || (shape.length == 2 && shape[1] == 1);
    }

    /// Such as `input 'x' (float of shape [any, 4])`, for sentences.
    String described() {
        return "input '" + name + "' (" + typeName() + " of shape " + text(shape) + ")";
    }

    String typeName() {
        return switch (type) {
            case FLOAT -> "float";
            case DOUBLE -> "double";
            case FLOAT16 -> "float16";
            case INT8 -> "int8";
            case UINT8 -> "uint8";
            case INT16 -> "int16";
            case INT32 -> "int32";
            case INT64 -> "int64";
            case BOOL -> "bool";
            case STRING -> "string";
            default -> "unknown";
        };
    }

    static String text(long[] shape) {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < shape.length; i++) {
            text.append(i == 0 ? "" : ", ").append(shape[i] < 0 ? "any" : String.valueOf(shape[i]));
        }
        return text.append(']').toString();
    }
}
