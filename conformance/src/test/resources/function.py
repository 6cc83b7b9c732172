"""The function of examples/ in front of an endpoint, by boto3 and plain HTTP. Arguments: the endpoint, the folder of
the example."""

import base64
import hashlib
import json
import sys
import urllib.error
import urllib.request

endpoint, example = sys.argv[1:]
sys.path.insert(0, example)
import boto3
import deploy

ROW = "5.1,3.5,1.4,0.2\n"
ROLE = "arn:aws:iam::123456789012:role/front"
KEY = "0123456789abcdef"
client = boto3.client("lambda")
settings = {"COLUMNS": "4", "ANSWER_BYTES_MAX": "200000", "dormouse:api-key": KEY, "dormouse:rate": "1000/1000"}
url = deploy.deploy("front", endpoint, settings, ROLE)
port = url.rsplit(":", 1)[1].rstrip("/")
assert ".lambda-url.us-east-1.localhost:" in url, url
# The same URL where names below localhost are not looked up.
url = "http://127.0.0.1:%s/_dormouse/functions/front" % port


def post(path, body, kind="text/csv", key=KEY, follow=True):
    request = urllib.request.Request(url + path, data=body, headers={"Content-Type": kind, "x-api-key": key})
    try:
        with urllib.request.urlopen(request) as told:
            return told.status, json.loads(told.read())
    except urllib.error.HTTPError as e:
        return e.code, json.loads(e.read() or b"{}")


# Through the function the endpoint says what it says without it.
runtime = boto3.client("sagemaker-runtime")
plain = runtime.invoke_endpoint(EndpointName=endpoint, ContentType="text/csv", Body=ROW)["Body"].read()
status, told = post("/", (ROW * 2).encode())
assert status == 200, (status, told)
assert told["endpoint"] == endpoint and told["rows"] == 2, told
assert told["predictions"] == [float(plain.decode().strip())] * 2, (told, plain)

# What is wrong is told before the endpoint is asked.
assert post("/", b"1,2,3\n") == (400, {"error": "row 1 has 3 columns, the model takes 4"})
assert post("/", b"1,2,3,four\n") == (400, {"error": "row 1 holds 'four', which is no number"})
assert post("/", b"{}", "application/xml")[0] == 415
assert post("/elsewhere", b"")[0] == 404
assert post("/", ROW.encode(), key="another key")[0] == 403

# A body over the endpoint's 4 MB is offloaded by the function, and its long answer comes from S3.
rows = (5 << 20) // len(ROW)
status, told = post("/", (ROW * rows).encode())
assert status == 200 and told["rows"] == rows, (status, str(told)[:300])
kept = boto3.client("s3").list_objects_v2(
    Bucket="dormouse-payloads-us-east-1-123456789012", Prefix="dormouse-payload/requests/")
assert kept["KeyCount"] == 1, kept

# One over Lambda's own 6 MB is put to S3 by the client, which has no keys, and sent as a reference.
large = (ROW * ((8 << 20) // len(ROW))).encode()
assert post("/", large)[0] == 413
digest = base64.b64encode(hashlib.sha256(large).digest()).decode()
status, place = post("/payloads", json.dumps({"Bytes": len(large), "ChecksumSHA256": digest}).encode(), "application/json")
assert status == 201, (status, place)
urllib.request.urlopen(urllib.request.Request(place["PutUrl"], data=large, method="PUT")).close()
reference = json.dumps(place["Reference"]).encode()
status, told = post("/", reference, "application/vnd.dormouse.payload+json")
assert status == 200 and told["rows"] == len(large) // len(ROW), (status, str(told)[:300])
foreign = json.dumps({**place["Reference"], "Bucket": "others"}).encode()
assert post("/", foreign, "application/vnd.dormouse.payload+json")[0] == 400

# Its own log, and by Invoke with its tail.
event = {"version": "2.0", "rawPath": "/", "headers": {}, "requestContext": {"http": {"method": "GET"}}}
invoked = client.invoke(FunctionName="front", Payload=json.dumps(event), LogType="Tail")
assert invoked["StatusCode"] == 200 and "FunctionError" not in invoked, invoked
tail = base64.b64decode(invoked["LogResult"]).decode()
assert tail.startswith("START RequestId: ") and "\nREPORT RequestId: " in tail, tail
assert json.loads(invoked["Payload"].read())["statusCode"] == 405
groups = boto3.client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/front")["logGroups"]
assert [each["logGroupName"] for each in groups] == ["/aws/lambda/front"], groups
client.delete_function(FunctionName="front")
print("the function fronts")
