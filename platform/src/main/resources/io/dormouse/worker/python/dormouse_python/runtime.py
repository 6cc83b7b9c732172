"""A function's runtime: imports the handler and hands it one event after the other, as AWS's own
does for Python, by nothing but the runtime API."""

import importlib
import json
import os
import socket
import sys
import time
import traceback

from dormouse_python import wire

API = "/2018-06-01/runtime/"
FORMAT = "[%(levelname)s]\t%(asctime)s.%(msecs)dZ\t%(aws_request_id)s\t%(message)s"


class Unusable(Exception):
    """A handler that cannot be had, by AWS's name of why."""

    def __init__(self, kind, sentence):
        super().__init__(sentence)
        self.kind = kind
        self.sentence = sentence


class Client:
    """Asks the runtime API, on one connection."""

    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self.host = address
        self.socket = socket.create_connection((host, int(port)))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        number = self.socket.fileno()
        self.connection = wire.Connection(number, number, 64 * 1024 * 1024)

    def ask(self, method, path, body=b"", headers=()):
        lines = ["%s %s HTTP/1.1" % (method, API + path), "Host: " + self.host, "Content-Length: %d" % len(body)]
        lines += ["%s: %s" % each for each in headers]
        return self.connection.exchange("\r\n".join(lines), body)

    def next(self):
        return self.ask("GET", "invocation/next")

    def respond(self, request_id, body):
        self.ask("POST", "invocation/%s/response" % request_id, body)

    def fail(self, request_id, error):
        self.ask("POST", "invocation/%s/error" % request_id, *reported(error))

    def fail_init(self, error):
        self.ask("POST", "init/error", *reported(error))


def reported(error):
    body = json.dumps(error, ensure_ascii=False).encode("utf-8", "replace")
    kind = str(error["errorType"]).encode("ascii", "replace").decode()
    return body, [("Content-Type", "application/json"), ("Lambda-Runtime-Function-Error-Type", kind)]


class Identity:
    def __init__(self, told):
        self.cognito_identity_id = told.get("cognitoIdentityId")
        self.cognito_identity_pool_id = told.get("cognitoIdentityPoolId")


class Application:
    def __init__(self, told):
        self.installation_id = told.get("installation_id")
        self.app_title = told.get("app_title")
        self.app_version_name = told.get("app_version_name")
        self.app_version_code = told.get("app_version_code")
        self.app_package_name = told.get("app_package_name")


class ClientContext:
    def __init__(self, told):
        self.client = Application(told["client"]) if told.get("client") else None
        self.custom = told.get("custom")
        self.env = told.get("env")


class Context:
    """https://docs.aws.amazon.com/lambda/latest/dg/python-context.html"""

    def __init__(self, request):
        self.aws_request_id = request.header("Lambda-Runtime-Aws-Request-Id", "")
        self.invoked_function_arn = request.header("Lambda-Runtime-Invoked-Function-Arn", "")
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.identity = Identity(json.loads(request.header("Lambda-Runtime-Cognito-Identity") or "{}"))
        told = request.header("Lambda-Runtime-Client-Context")
        self.client_context = ClientContext(json.loads(told)) if told else None
        self._deadline_ms = int(request.header("Lambda-Runtime-Deadline-Ms", "0"))

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline_ms - int(time.time() * 1000))

    def log(self, message):
        sys.stdout.write(str(message))


def handler_of(name):
    """The function that a handler's name, `module.function`, names."""
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        raise Unusable(
            "Runtime.MalformedHandlerName",
            "Bad handler '%s': not enough values to unpack (expected 2, got 1)" % name,
        )
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as e:
        raise Unusable("Runtime.ImportModuleError", "Unable to import module '%s': %s" % (module_name, e)) from e
    except SyntaxError as e:
        raise Unusable("Runtime.UserCodeSyntaxError", "Syntax error in module '%s': %s" % (module_name, e)) from e
    try:
        return getattr(module, function_name)
    except AttributeError as e:
        sentence = "Handler '%s' missing on module '%s'" % (function_name, module_name)
        raise Unusable("Runtime.HandlerNotFound", sentence) from e


def told_of(error, request_id=""):
    """The document of an error, without the frames of this file."""
    if isinstance(error, Unusable):
        told = {"errorMessage": error.sentence, "errorType": error.kind}
        frames = []
    else:
        told = {"errorMessage": str(error), "errorType": type(error).__name__}
        here = os.path.dirname(__file__)
        frames = [
            each
            for each in traceback.extract_tb(error.__traceback__)
            if not each.filename.startswith(here) and "importlib" not in each.filename
        ]
    told["requestId"] = request_id
    told["stackTrace"] = traceback.format_list(frames)
    return told


def log_error(told):
    lines = ["[ERROR] %s: %s" % (told["errorType"], told["errorMessage"])]
    if told["stackTrace"]:
        lines += ["Traceback (most recent call last):", "".join(told["stackTrace"]).rstrip("\n")]
    print("\n".join(lines), file=sys.stderr, flush=True)


class RequestId:
    """Puts the invocation's id on each log record."""

    current = ""

    def filter(self, record):
        record.aws_request_id = RequestId.current
        return True


def prepare_logging():
    """As AWS's runtime does, for functions that log: a handler at the root."""
    logging = sys.modules.get("logging")
    if logging is None or logging.root.handlers:
        return
    handler = logging.StreamHandler(sys.stdout)
    formatter = logging.Formatter(FORMAT, "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    handler.addFilter(RequestId())
    logging.root.addHandler(handler)


def answered(handler, request):
    try:
        event = json.loads(request.body or b"null")
    except ValueError as e:
        raise Unusable("Runtime.UnmarshalError", "Unable to unmarshal input: %s" % e) from e
    result = handler(event, Context(request))
    try:
        return json.dumps(result, ensure_ascii=False).encode("utf-8")
    except (TypeError, ValueError) as e:
        raise Unusable("Runtime.MarshalError", "Unable to marshal response: %s" % e) from e


def run(address):
    """Serves for ever; returns where the handler cannot be had."""
    client = Client(address)
    try:
        handler = handler_of(os.environ.get("_HANDLER", ""))
    except Exception as e:
        told = told_of(e)
        log_error(told)
        client.fail_init(told)
        return
    while True:
        prepare_logging()
        request = client.next()
        request_id = RequestId.current = request.header("Lambda-Runtime-Aws-Request-Id", "")
        trace = request.header("Lambda-Runtime-Trace-Id")
        if trace:
            os.environ["_X_AMZN_TRACE_ID"] = trace
        try:
            body = answered(handler, request)
        except Exception as e:
            told = told_of(e, request_id)
            log_error(told)
            sys.stdout.flush()
            client.fail(request_id, told)
        else:
            sys.stdout.flush()
            sys.stderr.flush()
            client.respond(request_id, body)
