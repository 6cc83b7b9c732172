"""A platform with keys, as boto3 sees it: the right key works in every protocol, in URLs of both versions and in
chunks; a wrong one is refused with AWS's code. The arguments are the right key's id and its secret."""

import io
import sys
import urllib.error
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

key, secret = sys.argv[1:3]
good = boto3.Session(aws_access_key_id=key, aws_secret_access_key=secret)
CALLS = {
    "sts": lambda c: c.get_caller_identity(),
    "iam": lambda c: c.list_roles(),
    "s3": lambda c: c.list_buckets(),
    "sagemaker": lambda c: c.list_models(),
    "cloudwatch": lambda c: c.list_metrics(),
    "logs": lambda c: c.describe_log_groups(),
}
UNKNOWN = {"s3": "InvalidAccessKeyId", "sts": "InvalidClientTokenId", "iam": "InvalidClientTokenId",
           "sagemaker": "UnrecognizedClientException", "logs": "UnrecognizedClientException"}
FALSE = {"s3": "SignatureDoesNotMatch", "sts": "SignatureDoesNotMatch", "iam": "SignatureDoesNotMatch",
         "sagemaker": "InvalidSignatureException", "logs": "InvalidSignatureException"}


def code(service, session):
    try:
        CALLS[service](session.client(service))
    except ClientError as e:
        return e.response["Error"]["Code"]
    return "answered"


for service in CALLS:
    assert code(service, good) == "answered", service
for session, expected in ((boto3.Session(aws_access_key_id="AKIAUNKNOWN", aws_secret_access_key=secret), UNKNOWN),
                          (boto3.Session(aws_access_key_id=key, aws_secret_access_key="wrong"), FALSE)):
    for service, why in expected.items():
        assert code(service, session) == why, f"{service}: {code(service, session)}, not {why}"
    assert code("cloudwatch", session) != "answered"

s3 = good.client("s3")
s3.create_bucket(Bucket="keys")
s3.upload_fileobj(io.BytesIO(bytes(9 << 20)), "keys", "big")
for version in ("s3", "s3v4"):
    signer = good.client("s3", config=Config(signature_version=version))
    url = signer.generate_presigned_url("put_object", Params={"Bucket": "keys", "Key": "a b+c/ü"})
    assert urllib.request.urlopen(urllib.request.Request(url, data=b"signed", method="PUT", headers={"Content-Type": ""})).status == 200
    url = signer.generate_presigned_url("get_object", Params={"Bucket": "keys", "Key": "a b+c/ü"})
    assert urllib.request.urlopen(url).read() == b"signed"
    try:
        urllib.request.urlopen(url.replace("keys/a", "keys/b", 1))
        raise AssertionError("a URL of version " + version + " is good for another key")
    except urllib.error.HTTPError as e:
        assert e.code == 403 and b"SignatureDoesNotMatch" in e.read(), e
try:
    urllib.request.urlopen(s3.meta.endpoint_url + "/keys/big")
    raise AssertionError("an unsigned request is answered")
except urllib.error.HTTPError as e:
    assert e.code == 403 and b"AccessDenied" in e.read(), e
print("keys hold")
