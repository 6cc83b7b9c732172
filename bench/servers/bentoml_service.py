import os

import bentoml
from onnx_model import Model


@bentoml.service(workers=int(os.environ["MODEL_WORKERS"]), traffic={"timeout": 60})
class Service:
    def __init__(self):
        self.model = Model()

    @bentoml.api
    def predict(self, inputs: dict[str, list[list[float]]]) -> dict[str, list[list[float]]]:
        return self.model.predict(inputs)
