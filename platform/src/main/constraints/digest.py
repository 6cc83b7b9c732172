#!/usr/bin/env python3
"""Digests the service models of an installed botocore into the tables that `wire` reads.

    python3 digest.py [SERVICE ...]

Writes ../resources/io/dormouse/wire/constraints/<service>.txt, one line each, fields separated by
tabs. Nothing is fetched: install botocore first (pip install botocore). The models are
Amazon's, under the Apache License 2.0; see NOTICE beside the tables.

    op      name  input-shape  METHOD  path  status   every operation of the service
    error   shape  code  status  Sender|Receiver  member    every error; `member` holds its message
    struct  shape  member ...                         `!` before a required one, `:shape` where it has rules
    string  shape  min  max  pattern  enum-value ...
    number  shape  min  max
    blob    shape  min  max
    list    shape  min  max  member-shape
    map     shape  min  max  key-shape  value-shape

Shapes without any rule are left out, and so are those that no request reaches.
"""
import gzip
import json
import pathlib
import sys

import botocore

# Our name of the service, and botocore's folder. S3 checks its requests in its own way.
SERVICES = {
    "sagemaker": "sagemaker",
    "sagemaker-runtime": "sagemaker-runtime",
    "s3": "s3",
    "monitoring": "cloudwatch",
    "logs": "logs",
    "sts": "sts",
    "iam": "iam",
    "application-autoscaling": "application-autoscaling",
    "events": "events",
    "scheduler": "scheduler",
    "sns": "sns",
    "sqs": "sqs",
    "lambda": "lambda",
}
WITHOUT_SHAPES = {"s3"}
# What SQS's errors are called in the query protocol, which it sends in a header still; its model no
# longer says so.
QUERY_CODES = {
    "sqs": {
        "QueueDoesNotExist": "AWS.SimpleQueueService.NonExistentQueue",
        "QueueNameExists": "QueueAlreadyExists",
        **{
            name: "AWS.SimpleQueueService." + name
            for name in (
                "BatchEntryIdsNotDistinct", "BatchRequestTooLong", "EmptyBatchRequest",
                "InvalidBatchEntryId", "MessageNotInflight", "PurgeQueueInProgress",
                "QueueDeletedRecently", "TooManyEntriesInBatchRequest", "UnsupportedOperation")
        },
    },
}
NUMBERS = {"integer", "long", "float", "double", "short", "bigdecimal"}


def model(folder):
    versions = pathlib.Path(botocore.__file__).parent / "data" / folder
    newest = sorted(versions.iterdir())[-1]
    zipped = newest / "service-2.json.gz"
    if zipped.exists():
        return json.loads(gzip.decompress(zipped.read_bytes()))
    return json.loads((newest / "service-2.json").read_text())


class Digest:
    def __init__(self, service, query_codes):
        self.query_codes = query_codes
        self.shapes = service["shapes"]
        self.metadata = service["metadata"]
        self.operations = service["operations"]
        self.lines = {}
        self.asked = {}

    def rules(self, name):
        """The name of a shape if anything below it has a rule, else an empty string."""
        if name in self.asked:
            return self.asked[name]
        # A shape that holds itself is kept: whether it has rules is not known yet.
        self.asked[name] = name
        line = self.line(name, self.shapes[name])
        if line is None:
            self.asked[name] = ""
            return ""
        self.lines[name] = line
        return name

    def line(self, name, shape):
        kind = shape["type"]
        limits = [text(shape.get("min")), text(shape.get("max"))]
        if kind == "structure":
            members = self.members(shape)
            return ["struct", name, *members] if members else None
        if kind == "list":
            member = self.rules(shape["member"]["shape"])
            return ["list", name, *limits, member] if any(limits) or member else None
        if kind == "map":
            key = self.rules(shape["key"]["shape"])
            value = self.rules(shape["value"]["shape"])
            return ["map", name, *limits, key, value] if any(limits) or key or value else None
        if kind == "string":
            pattern, values = shape.get("pattern", ""), shape.get("enum", [])
            if any(limits) or pattern or values:
                return ["string", name, *limits, pattern, *values]
        if kind in NUMBERS and any(limits):
            return ["number", name, *limits]
        if kind == "blob" and any(limits):
            return ["blob", name, *limits]
        return None

    def members(self, shape):
        required = set(shape.get("required", []))
        members = []
        for member, target in shape["members"].items():
            rules = self.rules(target["shape"])
            if rules or member in required:
                mark = "!" if member in required else ""
                members.append(mark + member + (":" + rules if rules else ""))
        return members

    def tables(self, with_shapes):
        yield ["# " + self.metadata["serviceFullName"] + " " + self.metadata["apiVersion"]]
        for name, operation in sorted(self.operations.items()):
            asked = operation.get("input", {}).get("shape", "")
            http = operation["http"]
            has_rules = self.rules(asked) if asked and with_shapes else ""
            yield ["op", name, has_rules, http["method"], http["requestUri"],
                   text(http.get("responseCode", 200))]
        for name, shape in sorted(self.shapes.items()):
            if shape.get("exception"):
                yield self.error(name, shape)
        for name, line in sorted(self.lines.items()):
            yield line

    def error(self, name, shape):
        error = shape.get("error", {})
        fault = shape.get("fault") or error.get("fault") or error.get("httpStatusCode", 400) >= 500
        status = error.get("httpStatusCode", 500 if fault else 400)
        member = next((m for m in shape["members"] if m.lower() == "message"), "message")
        code = self.query_codes.get(name, error.get("code", name))
        return ["error", name, code, text(status),
                "Receiver" if fault else "Sender", member]


def text(number):
    if number is None:
        return ""
    return json.dumps(number)


def main():
    out = pathlib.Path(__file__).parent.parent / "resources/io/dormouse/wire/constraints"
    out.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or SERVICES:
        digest = Digest(model(SERVICES[name]), QUERY_CODES.get(name, {}))
        lines = ["\t".join(fields) for fields in digest.tables(name not in WITHOUT_SHAPES)]
        (out / (name + ".txt")).write_text("\n".join(lines) + "\n")
        print(f"{name}: {len(lines)} lines")
    (out / "NOTICE").write_text(
        "The tables in this folder are digested by platform/src/main/constraints/digest.py from\n"
        f"the service models of botocore {botocore.__version__},\n"
        "Copyright 2012-2026 Amazon.com, Inc. or its affiliates,\n"
        "licensed under the Apache License, Version 2.0 (https://aws.amazon.com/apache2.0/).\n")


if __name__ == "__main__":
    main()
