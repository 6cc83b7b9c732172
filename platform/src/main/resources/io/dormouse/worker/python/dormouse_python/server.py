"""The model server: loads a program and its model, then answers. docs/container-contract.md says
what it and the platform promise each other."""

import json
import os
import signal
import sys
import threading
import time
import traceback

from dormouse_python import contract, wire

UNLOADABLE = 3
THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "BLIS_NUM_THREADS",
)


class Options:
    """The command's words: `--name value`."""

    def __init__(self, words):
        self.values = {}
        self.flags = set()
        rest = list(words)
        while rest:
            word = rest.pop(0)
            if rest and not rest[0].startswith("--"):
                self.values[word] = rest.pop(0)
            else:
                self.flags.add(word)

    def get(self, name, otherwise=""):
        return self.values.get(name, otherwise)

    def number(self, name, otherwise):
        return int(self.values.get(name, otherwise))


class Server:
    def __init__(self, options, began):
        self.options = options
        self.stamps = {"main": began}
        spawned = options.number("--spawned", 0)
        if spawned:
            self.stamps["spawned"] = spawned
        self.told = False
        self.lock = threading.Lock()
        self.idle = threading.Condition(self.lock)
        self.busy = 0
        self.slots = threading.Semaphore(options.number("--slots", 1))
        self.program = None

    def stamp(self, name):
        self.stamps.setdefault(name, time.monotonic_ns())

    def load(self):
        model = self.options.get("--model")
        code = self.options.get("--code", model)
        os.environ["SM_MODEL_DIR"] = model
        os.environ["SM_MODULE_DIR"] = code
        os.environ.setdefault("SM_NUM_CPUS", self.options.get("--threads", "1"))
        os.environ.setdefault("SM_NUM_GPUS", "0")
        self.program = contract.Program(
            self.options.get("--program"), code, model, self.options.get("--family", "toolkit")
        )
        self.stamp("model")

    def serve(self, source, sink):
        """Answers on one connection until it ends."""
        connection = wire.Connection(source, sink, self.options.number("--payload-max", 6291456))
        try:
            while True:
                request = connection.head()
                if request is None:
                    return
                connection.body(request)
                with self.lock:
                    self.busy += 1
                try:
                    self.answer(connection, request)
                finally:
                    with self.idle:
                        self.busy -= 1
                        self.idle.notify_all()
        except wire.Refused as refused:
            try:
                connection.sentence(refused.status, refused.sentence, [("Connection", "close")])
            except wire.Gone:
                pass
        except wire.Gone:
            pass

    def answer(self, connection, request):
        path = request.path.split("?")[0]
        if path == "/invocations" and request.method == "POST":
            self.invoke(connection, request)
        elif path == "/ping" and request.method == "GET":
            connection.answer(200, [], b"")
        elif path == "/steps" and request.method == "GET":
            body = json.dumps(self.stamps).encode("utf-8")
            connection.answer(200, [("Content-Type", "application/json")], body)
        elif path == "/imports" and request.method == "GET":
            names = "\n".join(imported(self.options)).encode("utf-8")
            connection.answer(200, [("Content-Type", "text/plain; charset=utf-8")], names)
        elif path in ("/invocations", "/ping", "/steps", "/imports"):
            connection.sentence(405, "%s is not for %s" % (path, request.method))
        else:
            connection.sentence(404, "there is nothing at " + path[:200])

    def invoke(self, connection, request):
        with self.slots:
            self.stamp("request")
            status, headers, body = self.program.answer(request)
            sys.stdout.flush()
            if not self.told:
                self.told = True
                self.stamp("answer")
                steps = ",".join("%s=%d" % each for each in self.stamps.items())
                headers = [*headers, ("X-Dormouse-Steps", steps)]
            back = request.header("X-Amzn-SageMaker-Custom-Attributes")
            if back:
                headers = [*headers, ("X-Amzn-SageMaker-Custom-Attributes", back)]
            connection.answer(status, headers, body)

    def listen(self, path):
        """Answers on a socket, a thread for each connection, until descriptor 0 ends."""
        import socket

        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(path)
        listener.listen(64)
        self.stamp("socket")
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        while os.read(0, 4096):
            pass
        with self.idle:
            self.idle.wait_for(lambda: self.busy == 0)

    def _accept(self, listener):
        while True:
            try:
                one, _ = listener.accept()
            except OSError:
                traceback.print_exc()
                time.sleep(0.01)
                continue
            threading.Thread(target=self._one, args=(one,), daemon=True).start()

    def _one(self, one):
        with one:
            self.serve(one.fileno(), one.fileno())


def imported(options):
    """What was imported by now and is not the program's own."""
    own = tuple(os.path.join(options.get(each), "") for each in ("--code", "--model"))
    names = []
    for name, module in list(sys.modules.items()):
        spec = getattr(module, "__spec__", None)
        origin = getattr(spec, "origin", None) or ""
        ours = name.split(".")[0] in ("__main__", "dormouse_python")
        if spec is not None and spec.name == name and not ours and not origin.startswith(own):
            names.append(name)
    return names


def prepare_threads(count):
    """Says to libraries that are not loaded yet how many threads they may have."""
    for name in THREADS:
        os.environ.setdefault(name, str(count))


def main(words, began):
    """Serves, and ends the process."""
    options = Options(words)
    prepare_threads(options.number("--threads", 1))
    run(options, began)


def run(options, began):
    signal.signal(signal.SIGTERM, lambda *_: os._exit(143))
    out = 1
    if "--stdio" in options.flags:
        # Descriptor 1 carries answers alone; what the program prints is log.
        out = os.dup(1)
        os.dup2(2, 1)
    sys.stdout.reconfigure(line_buffering=True)
    server = Server(options, began)
    try:
        server.load()
    except contract.Unloadable as e:
        sys.stdout.flush()
        sentence = " ".join(str(e).split())[:4000]
        print("cannot load: " + sentence, file=sys.stderr, flush=True)
        os._exit(UNLOADABLE)
    if options.get("--listen"):
        server.listen(options.get("--listen"))
    else:
        server.stamp("socket")
        server.serve(0, out if "--stdio" in options.flags else 0)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
