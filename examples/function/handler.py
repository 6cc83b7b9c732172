"""A function in front of an endpoint: validates the request, offloads what is large, calls the
endpoint, shapes the answer. It runs on Dormouse and on AWS Lambda as it is.

    POST /            rows as text/csv           {"endpoint": …, "rows": 2, "predictions": [0.1, 0.9]}
    POST /            a reference to a payload   the same, for payloads over Lambda's own 6 MB
    POST /payloads    {"Bytes": …}               where to PUT one, and the reference to send then

Settings, by environment: ENDPOINT, COLUMNS (0 for any number), BUCKET (of large payloads; default
dormouse-payloads-REGION-ACCOUNT), ANSWER_BYTES_MAX (more is answered by a redirection to S3).
"""

import base64
import datetime
import json
import os
import uuid

import boto3
import dormouse_payloads
from botocore.exceptions import ClientError

ENDPOINT = os.environ["ENDPOINT"]
COLUMNS = int(os.environ.get("COLUMNS", "0"))
ANSWER_BYTES_MAX = int(os.environ.get("ANSWER_BYTES_MAX", 5 << 20))
REFERENCE = dormouse_payloads.MEDIA_TYPE
LIFETIME = datetime.timedelta(hours=1)

# What is made here is made once for an instance, not for each request.
s3 = boto3.client("s3")
runtime = boto3.client("sagemaker-runtime")
BUCKET = os.environ.get("BUCKET") or "dormouse-payloads-%s-%s" % (
    runtime.meta.region_name,
    boto3.client("sts").get_caller_identity()["Account"],
)
# A body over the endpoint's 4 MB goes to S3, and a reference to the endpoint.
dormouse_payloads.attach(runtime, bucket=BUCKET, s3=s3)


class Refused(Exception):
    """A request that the endpoint need not be asked about."""

    def __init__(self, status, sentence, **headers):
        super().__init__(sentence)
        self.status = status
        self.headers = headers


def answer(status, document, **headers):
    headers = {"Content-Type": "application/json", **headers}
    return {"statusCode": status, "headers": headers, "body": json.dumps(document)}


def main(event, context):
    http = event["requestContext"]["http"]
    try:
        if http["method"] != "POST":
            raise Refused(405, "POST rows to /, or ask for a place at /payloads", Allow="POST")
        if event["rawPath"] == "/payloads":
            return place(json_of(event))
        if event["rawPath"] != "/":
            raise Refused(404, "there is nothing at " + event["rawPath"])
        return predict(event)
    except Refused as e:
        return answer(e.status, {"error": str(e)}, **e.headers)


def predict(event):
    body = body_of(event)
    kind = event["headers"].get("content-type", "").split(";")[0].strip().lower()
    if kind == REFERENCE:
        check_reference(json_of(event))
    elif kind == "text/csv":
        check_rows(body)
    else:
        raise Refused(415, "send text/csv, or a reference (%s), not %r" % (REFERENCE, kind))
    predictions = asked(body, kind)
    return shaped(predictions)


def body_of(event):
    body = event.get("body", "")
    return base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()


def json_of(event):
    try:
        document = json.loads(body_of(event))
    except ValueError as e:
        raise Refused(400, "the body is no JSON: %s" % e) from e
    if not isinstance(document, dict):
        raise Refused(400, "the body must be a JSON object")
    return document


def check_rows(body):
    lines = body.decode("utf-8", "replace").splitlines()
    if not lines:
        raise Refused(400, "the body has no row")
    for number, line in enumerate(lines, 1):
        cells = line.split(",")
        if COLUMNS and len(cells) != COLUMNS:
            raise Refused(400, "row %d has %d columns, the model takes %d" % (number, len(cells), COLUMNS))
        for cell in cells:
            try:
                cell.strip() and float(cell)
            except ValueError:
                raise Refused(400, "row %d holds %r, which is no number" % (number, cell[:40])) from None


def check_reference(reference):
    if reference.get("Bucket") != BUCKET:
        raise Refused(400, "a payload must lie in the bucket " + BUCKET)


def place(wanted):
    """Where a client without keys may put a payload, and what it sends then."""
    if not isinstance(wanted.get("Bytes"), int) or not wanted.get("ChecksumSHA256"):
        raise Refused(400, "say Bytes and ChecksumSHA256 (Base64) of the payload")
    where = {"Bucket": BUCKET, "Key": dormouse_payloads.PREFIX + "requests/%s" % uuid.uuid4()}
    seconds = int(LIFETIME.total_seconds())
    expires = datetime.datetime.now(datetime.timezone.utc) + LIFETIME
    reference = {
        **where,
        "Bytes": wanted["Bytes"],
        "ContentType": wanted.get("ContentType", "text/csv"),
        "ChecksumSHA256": wanted["ChecksumSHA256"],
        "Expires": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "Url": s3.generate_presigned_url("get_object", where, ExpiresIn=seconds),
    }
    put = s3.generate_presigned_url("put_object", where, ExpiresIn=seconds)
    return answer(201, {"PutUrl": put, "Reference": reference})


def asked(body, kind):
    try:
        told = runtime.invoke_endpoint(EndpointName=ENDPOINT, ContentType=kind, Accept="text/csv", Body=body)
        return told["Body"].read()
    except ClientError as e:
        code, sentence = e.response["Error"]["Code"], e.response["Error"].get("Message", "")
        if code == "ThrottlingException":
            raise Refused(429, "too many requests at once", **{"Retry-After": "1"}) from e
        if code == "ValidationError":
            raise Refused(400, sentence) from e
        print("the endpoint failed:", code, sentence)
        raise Refused(502, "the model did not answer") from e


def shaped(text):
    predictions = [float(cell) for line in text.decode().split() for cell in line.split(",")]
    document = {"endpoint": ENDPOINT, "rows": len(text.split()), "predictions": predictions}
    whole = answer(200, document)
    if len(whole["body"]) <= ANSWER_BYTES_MAX:
        return whole
    where = {"Bucket": BUCKET, "Key": dormouse_payloads.PREFIX + "answers/%s" % uuid.uuid4()}
    s3.put_object(**where, Body=whole["body"].encode(), ContentType="application/json")
    url = s3.generate_presigned_url("get_object", where, ExpiresIn=int(LIFETIME.total_seconds()))
    return answer(303, {"Location": url}, Location=url)
