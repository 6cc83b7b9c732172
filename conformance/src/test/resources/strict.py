"""Holds every answer that boto3 gets to the service model. JSON: nothing required is missing, nothing is
unknown, null or an empty structure, each value has its type and each enumerated one a value of the model. XML:
no element is unknown."""

import json
import numbers
import xml.etree.ElementTree

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
    shape = operation_model.output_shape
    if shape is None:
        return
    if service.resolved_protocol == "json":
        _shape(shape, json.loads(response_dict["body"] or b"{}"), operation_model.name)
    elif service.resolved_protocol == "query":
        root = xml.etree.ElementTree.fromstring(response_dict["body"])
        assert root.find("{*}ResponseMetadata/{*}RequestId") is not None, operation_model.name + " has no request id"
        _element(shape, root.find("{*}" + shape.serialization["resultWrapper"]), operation_model.name)
    elif service.resolved_protocol == "rest-xml" and response_dict["body"] and not shape.serialization.get("payload"):
        _element(shape, xml.etree.ElementTree.fromstring(response_dict["body"]), operation_model.name)


def _element(shape, element, path):
    """The element's children are members of the shape."""
    assert element is not None, path + " is missing"
    if shape.type_name == "structure":
        members = {m.serialization.get("name", name): m for name, m in shape.members.items()
                   if m.serialization.get("location") is None}
        for child in element:
            name = child.tag.rpartition("}")[2]
            assert name in members, f"{path}.{name} is not in the model"
            member = members[name]
            if member.type_name == "list" and member.serialization.get("flattened"):
                member = member.member
            _element(member, child, path + "." + name)
    elif shape.type_name == "list":
        for child in element:
            _element(shape.member, child, path + "[]")
    elif shape.type_name == "string":
        assert not shape.enum or element.text in shape.enum, f"{path} is {element.text}, none of {shape.enum}"


def _shape(shape, value, path):
    assert value is not None, path + " is null"
    kind = shape.type_name
    if kind == "structure":
        assert isinstance(value, dict), path + " is no object"
        assert value or not shape.members or "." not in path, path + " is an empty structure"
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
