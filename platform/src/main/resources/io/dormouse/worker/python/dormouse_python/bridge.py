"""The bridge of a function's instance: what the platform asks on descriptor 0 it offers on AWS's
Lambda runtime API, to the runtime in the main thread. docs/functions.md has both sides.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import os
import socket
import sys
import threading
import time

from dormouse_python import runtime, wire

API = "/2018-06-01/runtime/"
PAYLOAD_MAX = 6 * 1024 * 1024 + 100
# What is read at all, so that whoever sent too much gets an answer.
READ_MAX = 64 * 1024 * 1024
# What begins the lines that the platform reads itself: it cannot be seen, and nobody logs it.
MARK = "\x1edormouse "


def mark(word, request_id):
    """Writes where in the log an invocation begins or ends."""
    os.write(2, ("%s%s %s\n" % (MARK, word, request_id)).encode())


def document(kind, sentence):
    return json.dumps({"errorMessage": sentence, "errorType": kind}).encode()


class Result:
    """What came of an invocation."""

    def __init__(self, body, error=None):
        self.body = body
        self.error = error
        self.nanos = 0


class Bridge:
    """One invocation at a time:

    idle ─ ask ─► offered ─ next ─► running ─ response, error ─► answered ─► idle
    """

    def __init__(self):
        self.changed = threading.Condition()
        self.ready = False
        self.failure = None
        self.offered = None
        self.running = None
        self.began = 0
        self.result = None

    # The platform's side

    def await_ready(self):
        """Until the runtime asks for the first invocation, or has told why it never will."""
        with self.changed:
            self.changed.wait_for(lambda: self.ready or self.failure)
            return self.failure

    def ask(self, request):
        with self.changed:
            if self.failure:
                return self.failure
            self.result = None
            self.offered = request
            self.changed.notify_all()
            self.changed.wait_for(lambda: self.result)
            return self.result

    # The runtime's side

    def next(self):
        with self.changed:
            self.ready = True
            self.changed.notify_all()
            self.changed.wait_for(lambda: self.offered)
            request, self.offered = self.offered, None
            self.running = request.header("Lambda-Runtime-Aws-Request-Id", "")
            mark("start", self.running)
            self.began = time.monotonic_ns()
            return request

    def answer(self, request_id, result):
        """Whether that invocation is the one under way."""
        with self.changed:
            if request_id != self.running:
                return False
            result.nanos = time.monotonic_ns() - self.began
            mark("end", request_id)
            self.running = None
            self.result = result
            self.changed.notify_all()
            return True

    def fail(self, result):
        with self.changed:
            self.failure = result
            self.changed.notify_all()


class Api:
    """The runtime API, on this instance's own loopback address."""

    def __init__(self, bridge, address):
        host, port = address.rsplit(":", 1)
        self.bridge = bridge
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((host, int(port)))
        self.listener.listen(16)

    def accept(self):
        while True:
            try:
                one, _ = self.listener.accept()
            except OSError:
                time.sleep(0.01)
                continue
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.serve, args=(one,), daemon=True).start()

    def serve(self, one):
        with one:
            connection = wire.Connection(one.fileno(), one.fileno(), READ_MAX)
            try:
                while True:
                    request = connection.head()
                    if request is None:
                        return
                    connection.body(request)
                    self.handle(connection, request)
            except wire.Refused as e:
                connection.sentence(e.status, e.sentence, [("Connection", "close")])
            except wire.Gone:
                pass

    def handle(self, connection, request):
        words = request.path.split("?")[0][len(API) :].split("/")
        if not request.path.startswith(API):
            say(connection, 404, "InvalidPath", "there is nothing at " + request.path[:200])
        elif request.method == "GET" and words == ["invocation", "next"]:
            event = self.bridge.next()
            headers = [each for each in event.headers if each[0].lower().startswith("lambda-runtime-")]
            # From now on: until the runtime asked, it was the start's time.
            timeout = int(event.header("X-Dormouse-Timeout-Ms", "0"))
            headers.append(("Lambda-Runtime-Deadline-Ms", int(time.time() * 1000) + timeout))
            headers.append(("Content-Type", "application/json"))
            connection.answer(200, headers, event.body)
        elif request.method == "POST" and words == ["init", "error"]:
            self.bridge.fail(Result(request.body, "Unhandled"))
            connection.answer(202, [], b'{"status":"OK"}')
        elif request.method == "POST" and len(words) == 3 and words[2] in ("response", "error"):
            self.answer(connection, words, request)
        else:
            say(connection, 404, "InvalidPath", "there is no %s %s" % (request.method, request.path[:200]))

    def answer(self, connection, words, request):
        result = Result(request.body, "Unhandled" if words[2] == "error" else None)
        large = len(request.body) > PAYLOAD_MAX
        if large:
            sentence = "Response payload size exceeded maximum allowed payload size (%d bytes)." % PAYLOAD_MAX
            result = Result(document("Function.ResponseSizeTooLarge", sentence), "Unhandled")
        if not self.bridge.answer(words[1], result):
            say(connection, 400, "InvalidRequestID", "that invocation is not under way")
        elif large:
            say(connection, 413, "RequestEntityTooLarge", sentence)
        else:
            connection.answer(202, [], b'{"status":"OK"}')


def say(connection, status, kind, sentence):
    connection.answer(status, [("Content-Type", "application/json")], document(kind, sentence))


class Platform:
    """Answers the platform, on one connection."""

    def __init__(self, bridge, sink, stamps):
        self.bridge = bridge
        self.connection = wire.Connection(0, sink, READ_MAX)
        self.stamps = stamps

    def serve(self):
        try:
            while True:
                request = self.connection.head()
                if request is None:
                    break
                failure = self.bridge.await_ready()
                self.connection.body(request)
                if request.path == "/ping":
                    self.ping(failure)
                else:
                    self.invoke(request, failure)
                if failure:
                    break
        except (wire.Gone, wire.Refused):
            pass
        os._exit(0)

    def ping(self, failure):
        if failure:
            self.connection.sentence(500, "the function cannot be initialised: " + failure.body.decode("utf-8", "replace"))
        else:
            self.connection.answer(200, [], b"")

    def invoke(self, request, failure):
        if self.stamps:
            self.stamps["model"] = time.monotonic_ns()
        result = self.bridge.ask(request)
        headers = [("Content-Type", "application/json"), ("X-Dormouse-Nanos", result.nanos)]
        if result.error:
            headers.append(("X-Dormouse-Function-Error", result.error))
        if failure:
            headers.append(("Connection", "close"))
        if self.stamps:
            self.stamps["answer"] = time.monotonic_ns()
            steps = ",".join("%s=%d" % each for each in self.stamps.items())
            headers.append(("X-Dormouse-Steps", steps))
            self.stamps = None
        self.connection.answer(200, headers, result.body)


def main(words, began):
    sink = 0
    if "--stdio" in words:
        # Descriptor 1 carries answers alone; what the handler prints is log.
        sink = os.dup(1)
        os.dup2(2, 1)
    address = os.environ["AWS_LAMBDA_RUNTIME_API"]
    bridge = Bridge()
    api = Api(bridge, address)
    platform = Platform(bridge, sink, {"main": began})
    threading.Thread(target=api.accept, daemon=True).start()
    threading.Thread(target=platform.serve, daemon=True).start()
    # Not our folder: a function's module may be called as one of our files.
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
    os.chdir(sys.path[0])
    code = 1
    try:
        runtime.run(address)
    except SystemExit as e:
        code = e.code if isinstance(e.code, int) else 0 if e.code is None else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        if bridge.failure:
            # Told by the thread that answers the platform, which ends the process.
            threading.Event().wait(10)
        os._exit(code)
