"""The model as every server of the comparison holds it: one ONNX Runtime session."""
import os

import numpy
import onnxruntime

TYPES = {"tensor(float)": numpy.float32, "tensor(int64)": numpy.int64}


class Model:
    def __init__(self):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = int(os.environ["MODEL_THREADS"])
        self.session = onnxruntime.InferenceSession(
            os.environ["MODEL_FILE"], options, providers=["CPUExecutionProvider"]
        )
        self.types = {each.name: TYPES[each.type] for each in self.session.get_inputs()}
        self.outputs = [each.name for each in self.session.get_outputs()]

    def arrays(self, inputs):
        arrays = {name: numpy.asarray(inputs[name], kind) for name, kind in self.types.items()}
        return dict(zip(self.outputs, self.session.run(None, arrays)))

    def predict(self, inputs):
        return {name: array.tolist() for name, array in self.arrays(inputs).items()}
