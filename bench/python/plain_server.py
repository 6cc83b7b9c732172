"""The usual way: a process that imports, loads, and answers over the standard library's server.

Prints its port when it is bound, before it imports anything: a client may connect at once.
"""

import http.server
import json
import os
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        data = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps(MODEL.predict(numpy.array(data, "float32")).tolist()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import inference  # noqa: E402
import numpy  # noqa: E402

MODEL = inference.model_fn(sys.argv[1])
server.handle_request()
