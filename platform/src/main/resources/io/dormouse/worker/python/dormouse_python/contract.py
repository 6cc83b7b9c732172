"""SageMaker's contract of script mode: the program's functions, and the defaults of AWS's images
where it has none.

Three families of defaults, by the image's name: `sklearn` (sagemaker-scikit-learn-container),
`pytorch` and `xgboost` (their toolkits on top of sagemaker-inference-toolkit), and `toolkit`, the
inference toolkit's own.
"""

import importlib.util
import inspect
import json
import os
import sys
import traceback

from dormouse_python import coding

WHERE = "https://sagemaker.readthedocs.io/en/stable/"


class Unloadable(Exception):
    """The model cannot be served: a sentence for its owner."""


class Context:
    """What a function finds of its request that asks for one argument more, as in AWS's model
    servers."""

    def __init__(self, model_dir, request=None):
        self.system_properties = {"model_dir": model_dir, "gpu_id": None, "batch_size": 1}
        self.manifest = {}
        self.request_processor = [self]
        self.request = request
        self.status = None
        self.content_type = None
        self.headers = []

    def get_request_properties(self):
        return dict(self.request.headers) if self.request else {}

    def get_all_request_header(self, idx=0):
        return self.get_request_properties()

    def get_request_header(self, idx, key):
        return self.request.header(key) if self.request else None

    def get_request_id(self, idx=0):
        return ""

    def set_response_status(self, code=200, phrase="", idx=0):
        self.status = code

    def set_response_content_type(self, idx, value):
        self.content_type = value

    def set_response_header(self, idx, key, value):
        self.headers.append((key, value))


class Defaults:
    """The functions of a program that has none of its own: the inference toolkit's."""

    codes = coding.TOOLKIT
    no_content_type = None

    def model_fn(self, model_dir):
        raise NotImplementedError("Please provide a model_fn implementation. See " + WHERE)

    def input_fn(self, input_data, content_type):
        return self.codes.decode(input_data, content_type)

    def predict_fn(self, data, model):
        raise NotImplementedError("Please provide a predict_fn implementation. See " + WHERE)

    def output_fn(self, prediction, accept):
        return self.codes.encode(prediction, accept), accept


class Sklearn(Defaults):
    codes = coding.CONTAINERS
    no_content_type = coding.JSON

    def input_fn(self, input_data, content_type):
        array = self.codes.decode(input_data, content_type)
        return array.astype("float32") if content_type in coding.TEXT else array

    def predict_fn(self, data, model):
        return model.predict(data)


class Pytorch(Defaults):
    def model_fn(self, model_dir):
        import torch

        path = os.path.join(model_dir, "model.pt")
        if not os.path.exists(path):
            names = [n for n in sorted(os.listdir(model_dir)) if n.endswith((".pt", ".pth"))]
            if len(names) != 1:
                raise ValueError(
                    "Exactly one .pth or .pt file is required for PyTorch models: %s" % names
                )
            path = os.path.join(model_dir, names[0])
        return torch.jit.load(path, map_location=torch.device("cpu"))

    def input_fn(self, input_data, content_type):
        import torch

        array = self.codes.decode(input_data, content_type)
        if content_type in coding.TEXT:
            return torch.FloatTensor(array)
        return torch.from_numpy(array)

    def predict_fn(self, data, model):
        import torch

        with torch.no_grad():
            model.eval()
            return model(data)

    def output_fn(self, prediction, accept):
        if type(prediction).__module__.startswith("torch"):
            prediction = prediction.detach().cpu().numpy().tolist()
        for one in [each.strip() for each in accept.split(",")]:
            if self.codes.encodes(one):
                return self.codes.encode(prediction, one), one
        raise coding.UnsupportedFormatError(accept)


class Xgboost(Defaults):
    def input_fn(self, input_data, content_type):
        import xgboost

        kind = (content_type or "").split(";")[0].strip()
        if kind == coding.CSV:
            return xgboost.DMatrix(self._from_csv(input_data))
        if kind in ("text/libsvm", "text/x-libsvm"):
            return self._from_libsvm(input_data)
        raise coding.UnsupportedFormatError(content_type)

    def _from_csv(self, data):
        import csv

        import numpy

        text = data.decode("utf-8") if isinstance(data, bytes) else data
        lines = text.strip("\n").split("\n")
        found = csv.Sniffer().sniff(lines[0][:512]).delimiter if len(lines[0]) > 1 else ","
        mark = "," if found.isalnum() or found == "." else found
        rows = [["nan" if each == "" else each for each in line.split(mark)] for line in lines]
        return numpy.array(rows).astype("float32")

    def _from_libsvm(self, data):
        import tempfile

        import xgboost

        with tempfile.NamedTemporaryFile(suffix=".libsvm") as file:
            file.write(data.encode("utf-8") if isinstance(data, str) else data)
            file.flush()
            return xgboost.DMatrix(file.name + "?format=libsvm")

    def predict_fn(self, data, model):
        return model.predict(data, validate_features=False)

    def output_fn(self, prediction, accept):
        return coding.CONTAINERS.encode(prediction, accept), accept


FAMILIES = {"sklearn": Sklearn, "pytorch": Pytorch, "xgboost": Xgboost, "toolkit": Defaults}


def _called(function, arguments, context):
    """Calls a function, with the context where it takes one argument more."""
    takes = len(inspect.signature(function).parameters)
    if takes == len(arguments):
        return function(*arguments)
    if takes == len(arguments) + 1:
        return function(*arguments, context)
    raise TypeError(
        "%s takes %d arguments but %d were given."
        % (getattr(function, "__name__", "it"), takes, len(arguments))
    )


def _program(code, program):
    """Imports the program's file under the name that AWS imports it by."""
    path = os.path.join(code, program)
    name = os.path.splitext(os.path.basename(program))[0]
    for folder in (os.path.join(code, "lib"), code, os.path.dirname(path)):
        if os.path.isdir(folder) and folder not in sys.path:
            sys.path.insert(0, folder)
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


class Program:
    """A program and its model, loaded."""

    def __init__(self, program, code, model_dir, family):
        self.name = program
        self.model_dir = model_dir
        self.defaults = FAMILIES[family]()
        self.accept = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", coding.JSON)
        self.module = self._imported(code)
        self.own = self._function("transform_fn")
        self.input_fn = self._function("input_fn")
        self.predict_fn = self._function("predict_fn")
        self.output_fn = self._function("output_fn")
        if self.own and (self.input_fn or self.predict_fn or self.output_fn):
            raise Unloadable(
                "%s: Cannot use transform_fn implementation with input_fn, predict_fn, and/or "
                "output_fn" % program
            )
        self.model = self._loaded()

    def _function(self, name):
        return getattr(self.module, name, None)

    def _imported(self, code):
        if not self.name:
            return None
        try:
            return _program(code, self.name)
        except ModuleNotFoundError as e:
            traceback.print_exc()
            raise Unloadable(
                "%s needs the module %s, which its Python has not: name its package in "
                "code/requirements.txt, or set DORMOUSE_PYTHON to an interpreter that has it"
                % (self.name, e.name)
            ) from None
        except BaseException as e:
            traceback.print_exc()
            raise Unloadable("%s cannot be imported: %s" % (self.name, said(e))) from None

    def _loaded(self):
        model_fn = self._function("model_fn") or self.defaults.model_fn
        try:
            return _called(model_fn, (self.model_dir,), Context(self.model_dir))
        except BaseException as e:
            traceback.print_exc()
            raise Unloadable("model_fn failed: " + said(e)) from None

    def answer(self, request):
        """The answer to an invocation: status, headers and body."""
        kind = request.header("ContentType") or request.header("Content-Type")
        kind = kind or self.defaults.no_content_type
        accept = request.header("Accept")
        accept = self.accept if not accept or accept == coding.ANY else accept
        context = Context(self.model_dir, request)
        try:
            data = request.body.decode("utf-8") if kind in coding.TEXT else request.body
            result = self._transformed(data, kind, accept, context)
        except BaseException as e:
            traceback.print_exc()
            return self._failed(e)
        return _shaped(result, accept, context)

    def _transformed(self, data, kind, accept, context):
        if self.own:
            return _called(self.own, (self.model, data, kind, accept), context)
        data = _called(self.input_fn or self.defaults.input_fn, (data, kind), context)
        predict_fn = self.predict_fn or self.defaults.predict_fn
        prediction = _called(predict_fn, (data, self.model), context)
        output_fn = self.output_fn or self.defaults.output_fn
        try:
            return _called(output_fn, (prediction, accept), context)
        except Exception as e:
            e.dormouse_of_output = True
            raise

    def _failed(self, failure):
        """As AWS's model servers put it: the message and where it came from."""
        status = getattr(failure, "status_code", 500)
        if type(failure).__name__ == "UnsupportedFormatError":
            of_output = getattr(failure, "dormouse_of_output", False)
            status = 406 if of_output and self.defaults.codes is coding.CONTAINERS else 415
        trace = traceback.format_exc()
        if self.defaults.codes is coding.CONTAINERS and status != 500:
            error = {
                "error": type(failure).__name__,
                "error-message": str(failure),
                "stack-trace": trace,
            }
            return status, [("Content-Type", coding.JSON)], json.dumps(error).encode("utf-8")
        text = "%s\n%s" % (said(failure, False), trace)
        kind = ("Content-Type", "text/plain; charset=utf-8")
        return status, [kind], text.encode("utf-8", "replace")


def _shaped(result, accept, context):
    """Makes an answer of what a program returned: bytes, text, a pair with the content type, a
    Response, pieces, or a value for JSON."""
    status = context.status or 200
    kind = context.content_type or accept
    if isinstance(result, tuple) and len(result) == 2:
        result, kind = result
    elif hasattr(result, "get_data") and hasattr(result, "status_code"):
        kind = getattr(result, "mimetype", None) or kind
        status = result.status_code
        result = result.get_data()
    if isinstance(result, str):
        result = result.encode("utf-8")
    elif not isinstance(result, (bytes, bytearray, memoryview)) and not hasattr(result, "__next__"):
        result = json.dumps(result, default=coding._plain).encode("utf-8")
    return status, [("Content-Type", kind), *context.headers], result


def said(failure, with_type=True):
    """What went wrong, in one sentence for the owner of the program."""
    text = str(failure).strip()
    lost = getattr(failure, "filename", None)
    if isinstance(failure, FileNotFoundError) and str(lost).startswith("/opt/ml"):
        if not os.path.isdir("/opt/ml/model"):
            text = (
                "%s is not there, as this machine lets no namespaces be made: use the environment "
                "variable SM_MODEL_DIR (here %s) instead of /opt/ml/model, and SM_MODULE_DIR "
                "(here %s) for the program's own files"
                % (lost, os.environ.get("SM_MODEL_DIR"), os.environ.get("SM_MODULE_DIR"))
            )
    if not with_type:
        return text
    return "%s: %s" % (type(failure).__name__, text) if text else type(failure).__name__
