"""Holds every JSON answer that boto3 gets to the service model: nothing required is missing, nothing is
unknown, nothing is null, each value has its type and each enumerated one a value of the model."""

import json
import numbers

seen = []


def install(session):
    session.events.register("before-parse.*.*", _check)


def _check(operation_model, response_dict, **_):
    service = operation_model.service_model
    seen.append(service.service_name + "." + operation_model.name)
    if response_dict["status_code"] >= 300:
        assert any(h.lower() in ("x-amzn-requestid", "x-amz-request-id") for h in response_dict["headers"]), \
            "no request id on an error of " + operation_model.name
        return
    if service.metadata["protocol"] != "json" or operation_model.output_shape is None:
        return
    body = json.loads(response_dict["body"] or b"{}")
    _shape(operation_model.output_shape, body, operation_model.name)


def _shape(shape, value, path):
    assert value is not None, path + " is null"
    kind = shape.type_name
    if kind == "structure":
        assert isinstance(value, dict), path + " is no object"
        missing = [m for m in shape.required_members if m not in value]
        assert not missing, f"{path} lacks {missing}"
        for name, member in value.items():
            assert name in shape.members, f"{path}.{name} is not in the model"
            _shape(shape.members[name], member, path + "." + name)
    elif kind == "list":
        assert isinstance(value, list), path + " is no list"
        for i, member in enumerate(value):
            _shape(shape.member, member, f"{path}[{i}]")
    elif kind == "map":
        assert isinstance(value, dict), path + " is no map"
        for name, member in value.items():
            _shape(shape.value, member, path + "." + name)
    elif kind == "string":
        assert isinstance(value, str), path + " is no string"
        assert not shape.enum or value in shape.enum, f"{path} is {value}, none of {shape.enum}"
    elif kind == "boolean":
        assert isinstance(value, bool), path + " is no boolean"
    elif kind in ("integer", "long"):
        assert isinstance(value, int) and not isinstance(value, bool), path + " is no whole number"
    elif kind in ("float", "double"):
        assert isinstance(value, numbers.Number) or value in ("NaN", "Infinity", "-Infinity"), path + " is no number"
    elif kind == "timestamp":
        assert isinstance(value, numbers.Number), path + " is no time"
