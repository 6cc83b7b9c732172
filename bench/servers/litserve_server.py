import sys

import litserve
from onnx_model import Model


class Api(litserve.LitAPI):
    def setup(self, device):
        self.model = Model()

    def decode_request(self, request):
        return request["inputs"]

    def predict(self, inputs):
        return self.model.predict(inputs)

    def encode_response(self, outputs):
        return {"outputs": outputs}


if __name__ == "__main__":
    server = litserve.LitServer(
        Api(), accelerator="cpu", workers_per_device=int(sys.argv[2]), timeout=60
    )
    server.run(host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", generate_client_file=False)
