"""Versions, events and lifecycle rules as boto3 tells them, on an ephemeral platform whose clock is moved. Run with
AWS_ENDPOINT_URL set; the argument is the file of an XGBoost model."""

import io
import json
import os
import sys
import tarfile
import time
import urllib.request

import boto3
import strict

session = boto3.Session()
strict.install(session)
s3 = session.client("s3")
sqs = session.client("sqs")
events = session.client("events")
sagemaker = session.client("sagemaker")
XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"


def advance(days):
    urllib.request.urlopen(urllib.request.Request(
        os.environ["AWS_ENDPOINT_URL"] + "/_dormouse/clock",
        json.dumps({"advance_seconds": days * 86400}).encode()))


def until(what, holds):
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def keys():
    return [each["Key"] for each in s3.list_objects_v2(Bucket="models").get("Contents", [])]


s3.create_bucket(Bucket="models")
s3.put_bucket_versioning(Bucket="models", VersioningConfiguration={"Status": "Enabled"})
one = s3.put_object(Bucket="models", Key="k", Body=b"one")["VersionId"]
s3.put_object(Bucket="models", Key="k", Body=b"two")
s3.delete_object(Bucket="models", Key="k")
assert s3.get_object(Bucket="models", Key="k", VersionId=one)["Body"].read() == b"one"
listed = s3.list_object_versions(Bucket="models")
assert len(listed["Versions"]) == 2 and len(listed["DeleteMarkers"]) == 1, listed

queue = sqs.create_queue(QueueName="told")["QueueUrl"]
arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
events.put_rule(Name="made", EventPattern=json.dumps({"source": ["aws.s3"], "detail-type": ["Object Created"],
                                                      "detail": {"bucket": {"name": ["models"]}}}))
events.put_targets(Rule="made", Targets=[{"Id": "1", "Arn": arn}])
s3.put_bucket_notification_configuration(
    Bucket="models", NotificationConfiguration={"EventBridgeConfiguration": {}})

archive = io.BytesIO()
with tarfile.open(fileobj=archive, mode="w:gz") as tar:
    tar.add(sys.argv[1], arcname="xgboost-model")
for name in ("approved", "rejected", "orphan"):
    s3.put_object(Bucket="models", Key=f"churn/{name}.tar.gz", Body=archive.getvalue())
message = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"][0]
event = json.loads(message["Body"])
assert event["detail"]["object"]["key"].startswith("churn/"), event
assert event["detail"]["object"]["size"] == len(archive.getvalue()), event

sagemaker.create_model_package_group(ModelPackageGroupName="churn")
for name, status in (("approved", "Approved"), ("rejected", "Rejected")):
    sagemaker.create_model_package(
        ModelPackageGroupName="churn", ModelApprovalStatus=status, InferenceSpecification={
            "Containers": [{"Image": XGBOOST, "ModelDataUrl": f"s3://models/churn/{name}.tar.gz"}],
            "SupportedContentTypes": ["text/csv"], "SupportedResponseMIMETypes": ["text/csv"]})
s3.put_bucket_tagging(
    Bucket="models", Tagging={"TagSet": [{"Key": "dormouse:registry-aware", "Value": "true"}]})
s3.put_bucket_lifecycle_configuration(Bucket="models", LifecycleConfiguration={"Rules": [
    {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "churn/"}, "Expiration": {"Days": 30},
     "NoncurrentVersionExpiration": {"NoncurrentDays": 1}}]})
rule = s3.get_bucket_lifecycle_configuration(Bucket="models")["Rules"][0]
assert rule["Expiration"] == {"Days": 30}, rule
assert "rule-id" in s3.head_object(Bucket="models", Key="churn/orphan.tar.gz")["Expiration"]
assert len(keys()) == 3, keys()
advance(32)
until("expiration", lambda: keys() == ["churn/approved.tar.gz"])
print("kept", keys()[0])
