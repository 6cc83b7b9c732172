"""boto3 with payloads of any size, response streams and asynchronous invocations. Arguments: the endpoint, an
asynchronous one, the folder of dormouse_payloads.py, the bucket for results."""

import io
import json
import sys

endpoint, later, clients, bucket = sys.argv[1:]
sys.path.insert(0, clients)
import boto3
import dormouse_payloads

ROW = b"5.1,3.5,1.4,0.2\n"
runtime = boto3.client("sagemaker-runtime")
s3 = boto3.client("s3")

# A stream of events.
stream = runtime.invoke_endpoint_with_response_stream(EndpointName=endpoint, ContentType="text/csv", Body=ROW * 3)
parts = [event["PayloadPart"]["Bytes"] for event in stream["Body"]]
assert len(b"".join(parts).split()) == 3, parts
assert stream["ContentType"].startswith("text/csv"), stream["ContentType"]
assert stream["InvokedProductionVariant"] == "AllTraffic"

# Without the line, a body over the limit is refused.
rows = (7 << 20) // len(ROW)
large = ROW * rows
try:
    runtime.invoke_endpoint(EndpointName=endpoint, ContentType="text/csv", Body=large)
    raise AssertionError("it is too large")
except runtime.exceptions.ClientError as e:
    assert "oversize body" in str(e), e

# With it, it works: bytes, a file, and something that can only be read; the answer is over the limit too.
dormouse_payloads.attach(runtime)
small = runtime.invoke_endpoint(EndpointName=endpoint, ContentType="text/csv", Body=ROW)
one = small["Body"].read().strip()


class Pipe(io.RawIOBase):
    def __init__(self, data):
        self.source = io.BytesIO(data)

    def readable(self):
        return True

    def readinto(self, into):
        return self.source.readinto(into)


for body in (large, io.BytesIO(large), Pipe(large)):
    answer = runtime.invoke_endpoint(EndpointName=endpoint, ContentType="text/csv", Body=body)
    text = b"".join(answer["Body"].iter_chunks(1 << 20))
    lines = text.strip().split(b"\n")
    assert len(lines) == rows and lines[0] == one and lines[-1] == one, (len(lines), lines[:1], one)
    assert answer["ContentType"].startswith("text/csv"), answer["ContentType"]
assert len(text) > 6291456, f"the answer is over the limit too: {len(text)}"
kept = s3.list_objects_v2(Bucket="dormouse-payloads-us-east-1-123456789012", Prefix="dormouse-payload/requests/")
assert kept["KeyCount"] >= 3, kept["KeyCount"]

# A stream of a large body.
stream = runtime.invoke_endpoint_with_response_stream(EndpointName=endpoint, ContentType="text/csv", Body=large)
assert b"".join(event["PayloadPart"]["Bytes"] for event in stream["Body"]).strip() == text.strip()

# Asynchronously.
s3.put_object(Bucket=bucket, Key="in.csv", Body=large)
accepted = runtime.invoke_endpoint_async(
    EndpointName=later, ContentType="text/csv", InputLocation=f"s3://{bucket}/in.csv", InferenceId="mine")
assert accepted["ResponseMetadata"]["HTTPStatusCode"] == 202 and accepted["InferenceId"] == "mine", accepted
key = accepted["OutputLocation"].split("/", 3)[3]
boto3.client("s3").get_waiter("object_exists").wait(
    Bucket=bucket, Key=key, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
assert s3.get_object(Bucket=bucket, Key=key)["Body"].read().strip() == text.strip()
broken = runtime.invoke_endpoint_async(
    EndpointName=later, ContentType="text/csv", InputLocation=f"s3://{bucket}/missing")
key = broken["FailureLocation"].split("/", 3)[3]
s3.get_waiter("object_exists").wait(Bucket=bucket, Key=key, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
assert "cannot be read" in json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())["Message"]

# Told to a topic, and from there to a queue.
sns, sqs, sagemaker = boto3.client("sns"), boto3.client("sqs"), boto3.client("sagemaker")
queue = sqs.create_queue(QueueName="told")["QueueUrl"]
arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
topic = sns.create_topic(Name="outcomes")["TopicArn"]
sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
config = sagemaker.describe_endpoint_config(EndpointConfigName="later")
sagemaker.create_endpoint_config(
    EndpointConfigName="told", ProductionVariants=config["ProductionVariants"],
    AsyncInferenceConfig={"OutputConfig": {
        "S3OutputPath": f"s3://{bucket}/told/",
        "NotificationConfig": {"SuccessTopic": topic, "ErrorTopic": topic,
                               "IncludeInferenceResponseIn": ["SUCCESS_NOTIFICATION_TOPIC"]}}})
sagemaker.create_endpoint(EndpointName="told", EndpointConfigName="told")
sagemaker.get_waiter("endpoint_in_service").wait(EndpointName="told", WaiterConfig={"Delay": 1, "MaxAttempts": 60})
s3.put_object(Bucket=bucket, Key="row.csv", Body=ROW)
runtime.invoke_endpoint_async(EndpointName="told", ContentType="text/csv", InputLocation=f"s3://{bucket}/row.csv")
runtime.invoke_endpoint_async(EndpointName="told", ContentType="text/csv", InputLocation=f"s3://{bucket}/missing")
notices = {}
for _ in range(60):
    for message in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5).get("Messages", []):
        notice = json.loads(message["Body"])
        notices[notice["invocationStatus"]] = notice
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    if len(notices) == 2:
        break
assert notices["Completed"]["responseBody"]["content"].strip() == one.decode(), notices
assert "cannot be read" in notices["Failed"]["failureReason"], notices
sagemaker.delete_endpoint(EndpointName="told")

print("payloads of any size")
