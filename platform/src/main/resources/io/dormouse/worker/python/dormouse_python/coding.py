"""The default decoders and encoders of AWS's images: JSON, CSV and NPY to arrays and back.

There are two families, which differ in CSV: that of sagemaker-containers (scikit-learn) and that of
the inference toolkit (PyTorch, XGBoost).
"""

import io
import json
import os

JSON = "application/json"
CSV = "text/csv"
NPY = "application/x-npy"
ANY = "*/*"

# What the program gets as text; everything else it gets as bytes.
TEXT = (JSON, CSV)


class UnsupportedFormatError(Exception):
    """No decoder or encoder for a content type."""

    def __init__(self, content_type, *_, **__):
        self.content_type = content_type
        super().__init__(
            "Content type %s is not supported by this framework.\n\n"
            "Please implement input_fn to to deserialize the request data or an output_fn to\n"
            "serialize the response. For more information, see the SageMaker Python SDK README."
            % content_type
        )


def _numpy():
    import numpy

    return numpy


def _from_json(data):
    return _numpy().array(json.loads(data))


def _from_npy(data):
    # A pickle inside runs its sender's program: only where there are walls around this process.
    walled = os.environ.get("DORMOUSE_WALLS", "none") != "none"
    return _numpy().load(io.BytesIO(data), allow_pickle=walled)


def _plain(value):
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


def _to_json(value):
    return json.dumps(value, default=_plain)


def _to_npy(value):
    buffer = io.BytesIO()
    _numpy().save(buffer, value)
    return buffer.getvalue()


def _containers_from_csv(data):
    import csv

    rows = csv.reader(io.StringIO(data), delimiter=",", quotechar='"', doublequote=True, strict=True)
    array = _numpy().array(list(rows)).squeeze()
    try:
        return array.astype(None)
    except ValueError:
        return array


def _containers_to_csv(value):
    import csv

    array = _numpy().array(value)
    if array.ndim == 1:
        array = array.reshape((array.shape[0], 1))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", strict=True).writerows(array)
    return text.getvalue()


def _toolkit_from_csv(data):
    return _numpy().genfromtxt(io.StringIO(data), delimiter=",")


def _toolkit_to_csv(value):
    text = io.StringIO()
    _numpy().savetxt(text, value, delimiter=",", fmt="%s")
    return text.getvalue()


class Coding:
    """The decoders and encoders of one family."""

    def __init__(self, decoders, encoders):
        self._decoders = decoders
        self._encoders = encoders

    def decode(self, data, content_type):
        if content_type not in self._decoders:
            raise UnsupportedFormatError(content_type)
        if content_type in TEXT and isinstance(data, (bytes, bytearray)):
            data = bytes(data).decode("utf-8")
        return self._decoders[content_type](data)

    def encode(self, value, content_type):
        if content_type not in self._encoders:
            raise UnsupportedFormatError(content_type)
        return self._encoders[content_type](value)

    def encodes(self, content_type):
        return content_type in self._encoders


CONTAINERS = Coding(
    {JSON: _from_json, CSV: _containers_from_csv, NPY: _from_npy},
    {JSON: _to_json, CSV: _containers_to_csv, NPY: _to_npy},
)

TOOLKIT = Coding(
    {JSON: _from_json, CSV: _toolkit_from_csv, NPY: _from_npy},
    {JSON: _to_json, CSV: _toolkit_to_csv, NPY: _to_npy},
)
