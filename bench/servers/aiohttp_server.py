import os
import sys

from aiohttp import web
from onnx_model import Model


async def predict(request):
    body = await request.json()
    return web.json_response({"outputs": model.predict(body["inputs"])})


for _ in range(int(sys.argv[2]) - 1):
    if os.fork() == 0:
        break
model = Model()
app = web.Application()
app.add_routes([web.post("/predict", predict)])
web.run_app(
    app, host="127.0.0.1", port=int(sys.argv[1]), reuse_port=True, access_log=None, print=None
)
