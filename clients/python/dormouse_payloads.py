"""Payloads of any size for boto3's SageMaker runtime client.

    import boto3, dormouse_payloads
    runtime = boto3.client("sagemaker-runtime")
    dormouse_payloads.attach(runtime)                      # the one line

    answer = runtime.invoke_endpoint(EndpointName="mine", ContentType="text/csv", Body=open("rows.csv", "rb"))
    for piece in answer["Body"].iter_chunks(1 << 20): ...

A body over the limit is uploaded to S3 through a presigned URL, in pieces, and what is sent says
where it is; an answer that comes by reference is fetched as it is read. Callers see neither. The
form is in docs/payloads.md.
"""

import base64
import datetime
import hashlib
import io
import json
import shutil
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import uuid

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

MEDIA_TYPE = "application/vnd.dormouse.payload+json"
PREFIX = "dormouse-payload/"
OVER_BYTES = 4 << 20  # serverless inference's own limit on AWS


class PayloadError(Exception):
    """A payload could not be uploaded or fetched, or is not what was promised."""


def attach(client, bucket=None, over_bytes=OVER_BYTES, seconds=3600, s3=None, session=None):
    """Makes a client of "sagemaker-runtime" take and give payloads of any size.

    bucket: where they go; default dormouse-payloads-REGION-ACCOUNT, made where it is missing
    over_bytes: bodies with more bytes are uploaded
    seconds: how long references and their URLs are good, at most seven days
    s3: the client that signs; default one of the same Region, at the runtime client's own endpoint
        where that is not AWS's
    session: the boto3 session whose credentials the default client has
    Returns the client.
    """
    payloads = _Payloads(client, bucket, over_bytes, seconds, s3, session or boto3)
    events = client.meta.events
    for operation in ("InvokeEndpoint", "InvokeEndpointWithResponseStream"):
        events.register(f"provide-client-params.sagemaker-runtime.{operation}", payloads.send)
    events.register("after-call.sagemaker-runtime.InvokeEndpoint", payloads.receive)
    return client


class _Payloads:
    def __init__(self, client, bucket, over_bytes, seconds, s3, session):
        self.client = client
        self.bucket = bucket
        self.over_bytes = over_bytes
        self.seconds = seconds
        self.s3 = s3
        self.session = session
        self.ready = False

    def _prepare(self):
        """What costs something is made for the first large payload."""
        if self.ready:
            return
        endpoint = self.client.meta.endpoint_url
        host = urllib.parse.urlsplit(endpoint).hostname or ""
        own = None if host.endswith(("amazonaws.com", "amazonaws.com.cn")) else endpoint
        region = self.client.meta.region_name
        if self.s3 is None:
            self.s3 = self.session.client(
                "s3", region_name=region, endpoint_url=own,
                config=Config(signature_version="s3v4", s3={"addressing_style": "path" if own else "auto"}))
        if self.bucket is None:
            sts = self.session.client("sts", region_name=region, endpoint_url=own)
            self.bucket = f"dormouse-payloads-{region}-{sts.get_caller_identity()['Account']}"
        try:
            self.s3.head_bucket(Bucket=self.bucket)
        except ClientError as e:
            if e.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
                raise
            place = {} if region == "us-east-1" else {
                "CreateBucketConfiguration": {"LocationConstraint": region}}
            self.s3.create_bucket(Bucket=self.bucket, **place)
        self.ready = True

    def send(self, params, model, **_):
        params = dict(params)
        if model.name == "InvokeEndpoint":
            accept = params.get("Accept")
            params["Accept"] = f"{accept}, {MEDIA_TYPE}" if accept else MEDIA_TYPE
        body = params.get("Body", b"")
        if isinstance(body, str):
            body = body.encode()
        if isinstance(body, (bytes, bytearray)):
            size, content = len(body), io.BytesIO(body)
        else:
            size, content = _measured(body)
        if size <= self.over_bytes:
            params["Body"] = content.read()
            return params
        reference = self._upload(content, size, params.get("ContentType", ""))
        params["Body"] = json.dumps(reference).encode()
        params["ContentType"] = MEDIA_TYPE
        return params

    def _upload(self, content, size, content_type):
        self._prepare()
        key = f"{PREFIX}requests/{uuid.uuid4()}"
        where = {"Bucket": self.bucket, "Key": key}
        url = self.s3.generate_presigned_url("put_object", where, ExpiresIn=self.seconds)
        digest = hashlib.sha256()
        request = urllib.request.Request(
            url, data=_pieces(content, digest), method="PUT",
            headers={"Content-Length": str(size), "Content-Type": "application/octet-stream"})
        _opened(request).close()
        expires = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self.seconds)
        return {
            "Bucket": self.bucket,
            "Key": key,
            "Bytes": size,
            "ContentType": content_type,
            "ChecksumSHA256": base64.b64encode(digest.digest()).decode(),
            "Expires": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Url": self.s3.generate_presigned_url("get_object", where, ExpiresIn=self.seconds),
        }

    def receive(self, parsed, **_):
        if parsed.get("ContentType") != MEDIA_TYPE:
            return
        reference = json.loads(parsed["Body"].read())
        fetched = _opened(urllib.request.Request(reference["Url"]))
        parsed["Body"] = _CheckedBody(fetched, reference)
        parsed["ContentType"] = reference["ContentType"]


def _measured(body):
    """The bytes of a file from where it is; one that cannot be sought is copied to the disk."""
    try:
        at = body.tell()
        size = body.seek(0, io.SEEK_END) - at
        body.seek(at)
        return size, body
    except (AttributeError, OSError):
        copy = tempfile.TemporaryFile()
        shutil.copyfileobj(body, copy)
        size = copy.tell()
        copy.seek(0)
        return size, copy


def _pieces(content, digest):
    while piece := content.read(1 << 20):
        digest.update(piece)
        yield piece


def _opened(request):
    try:
        return urllib.request.urlopen(request)
    except urllib.error.HTTPError as e:
        place = request.full_url.split("?", 1)[0]
        said = e.read(2048).decode(errors="replace")
        raise PayloadError(f"{request.get_method()} {place}: {e.code} {said}") from e


class _CheckedBody(StreamingBody):
    """The answer; reading its last piece fails where it has not the checksum that was promised."""

    def __init__(self, raw, reference):
        super().__init__(raw, reference["Bytes"])
        self._promised = reference["ChecksumSHA256"]
        self._left = reference["Bytes"]
        self._digest = hashlib.sha256()

    def read(self, amt=None):
        piece = super().read(amt)
        self._digest.update(piece)
        self._left -= len(piece)
        if self._left == 0:
            found = base64.b64encode(self._digest.digest()).decode()
            if found != self._promised:
                raise PayloadError(f"the payload has the SHA-256 {found} and not {self._promised}")
        return piece
