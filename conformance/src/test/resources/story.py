"""The whole story as boto3 tells it: bucket, upload, features, train, register, approve, deploy, invoke,
metrics, update, delete. Run with AWS_ENDPOINT_URL set; the arguments are the folder of the flights and a name."""

import datetime
import io
import json
import sys
import time
import urllib.request

import boto3
import strict
from botocore.exceptions import ClientError

folder, name = sys.argv[1:3]
session = boto3.Session()
strict.install(session)
s3 = session.client("s3")
sagemaker = session.client("sagemaker")
runtime = session.client("sagemaker-runtime")
cloudwatch = session.client("cloudwatch")
logs = session.client("logs")
iam = session.client("iam")
account = session.client("sts").get_caller_identity()["Account"]
assert account == "123456789012", account

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
JAVA = f"{account}.dkr.ecr.us-east-1.amazonaws.com/dormouse-java:25"
bucket = f"{name}-{int(time.time())}"


def refused(call, code, text=""):
    try:
        call()
    except ClientError as e:
        error = e.response["Error"]
        assert error["Code"] == code, error
        assert text in (error["Message"] or ""), error
        return e
    raise AssertionError(f"not refused with {code}")


def quick(waiter):
    """The client's own waiter, asking every fifth of a second instead of every half minute."""
    waiter.config.delay = 0.2
    waiter.config.max_attempts = 600
    return waiter


# --- role and bucket
role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerFullAccess")
assert iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"][0]["PolicyName"] == "AmazonSageMakerFullAccess"
decisions = iam.simulate_principal_policy(PolicySourceArn=role, ActionNames=["sagemaker:CreateModel", "s3:GetObject"])
assert [r["EvalDecision"] for r in decisions["EvaluationResults"]] == ["allowed", "allowed"], decisions
s3.create_bucket(Bucket=bucket)
quick(s3.get_waiter("bucket_exists")).wait(Bucket=bucket)

# --- upload
s3.upload_file(f"{folder}/flights.csv.gz", bucket, "data/flights.csv.gz")
s3.upload_file(f"{folder}/Features.java", bucket, "code/Features.java")
big = bytes(range(256)) * 4096 * 18  # 18 MB: multipart both ways
s3.upload_fileobj(io.BytesIO(big), bucket, "big", ExtraArgs={"Metadata": {"kind": "bytes"}})
back = io.BytesIO()
s3.download_fileobj(bucket, "big", back)
assert back.getvalue() == big
assert s3.head_object(Bucket=bucket, Key="big")["Metadata"] == {"kind": "bytes"}
url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "big"})
assert urllib.request.urlopen(url).read(16) == big[:16]
put = urllib.request.Request(s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "put"}),
                             data=b"by a stranger", method="PUT")
assert urllib.request.urlopen(put).status == 200
assert s3.get_object(Bucket=bucket, Key="put")["Body"].read() == b"by a stranger"
refused(lambda: s3.get_object(Bucket=bucket, Key="absent"), "NoSuchKey")
refused(lambda: s3.head_object(Bucket=bucket, Key="absent"), "404")
refused(lambda: s3.head_bucket(Bucket=bucket + "-absent"), "404")
etag = s3.head_object(Bucket=bucket, Key="put")["ETag"]
refused(lambda: s3.get_object(Bucket=bucket, Key="put", IfNoneMatch=etag), "304")
refused(lambda: s3.get_object(Bucket=bucket, Key="put", Range="bytes=100-"), "InvalidRange")
refused(lambda: s3.delete_bucket(Bucket=bucket), "BucketNotEmpty")

# --- features
prefix = f"s3://{bucket}"
sagemaker.create_processing_job(
    ProcessingJobName=name, RoleArn=role,
    AppSpecification={"ImageUri": JAVA, "ContainerEntrypoint": ["java", "/opt/ml/processing/input/code/Features.java"]},
    ProcessingInputs=[{"InputName": n, "S3Input": {"S3Uri": f"{prefix}/{k}/", "LocalPath": f"/opt/ml/processing/input/{n}",
                                                   "S3DataType": "S3Prefix", "S3InputMode": "File"}}
                      for n, k in (("flights", "data"), ("code", "code"))],
    ProcessingOutputConfig={"Outputs": [
        {"OutputName": n, "S3Output": {"S3Uri": f"{prefix}/features/{n}", "LocalPath": f"/opt/ml/processing/output/{n}",
                                       "S3UploadMode": "EndOfJob"}} for n in ("train", "validation", "april", "sample")]},
    ProcessingResources={"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 5}})
quick(sagemaker.get_waiter("processing_job_completed_or_stopped")).wait(ProcessingJobName=name)
job = sagemaker.describe_processing_job(ProcessingJobName=name)
assert job["ProcessingJobStatus"] == "Completed", job
assert job["ProcessingResources"]["ClusterConfig"]["InstanceCount"] == 1

# --- train
sagemaker.create_training_job(
    TrainingJobName=name, RoleArn=role,
    AlgorithmSpecification={"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
    HyperParameters={"objective": "binary:logistic", "eval_metric": "auc", "num_round": "60", "max_depth": "5"},
    InputDataConfig=[{"ChannelName": c, "ContentType": "text/csv",
                      "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"{prefix}/features/{c}"}}}
                     for c in ("train", "validation")],
    OutputDataConfig={"S3OutputPath": f"{prefix}/models"},
    ResourceConfig={"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 5},
    StoppingCondition={"MaxRuntimeInSeconds": 600}, Tags=[{"Key": "story", "Value": name}])
quick(sagemaker.get_waiter("training_job_completed_or_stopped")).wait(TrainingJobName=name)
job = sagemaker.describe_training_job(TrainingJobName=name)
assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
metrics = {m["MetricName"]: m["Value"] for m in job["FinalMetricDataList"]}
assert metrics["validation:auc"] >= 0.70, metrics
artifact = job["ModelArtifacts"]["S3ModelArtifacts"]
assert sagemaker.list_tags(ResourceArn=job["TrainingJobArn"])["Tags"] == [{"Key": "story", "Value": name}]
refused(lambda: sagemaker.describe_training_job(TrainingJobName="absent"), "ValidationException", "Requested resource not found.")
assert name in [j["TrainingJobName"] for j in sagemaker.list_training_jobs(NameContains=name)["TrainingJobSummaries"]]

# --- the log, as the SageMaker SDK reads it: until the token repeats
stream = logs.describe_log_streams(logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix=name + "/")["logStreams"][0]
token, lines = None, []
while True:
    page = logs.get_log_events(logGroupName="/aws/sagemaker/TrainingJobs", logStreamName=stream["logStreamName"],
                               startFromHead=True, **({"nextToken": token} if token else {}))
    lines += [e["message"] for e in page["events"]]
    if page["nextForwardToken"] == token:
        break
    token = page["nextForwardToken"]
assert any("validation-auc" in line for line in lines), lines[:5]
refused(lambda: logs.describe_log_streams(logGroupName="/absent"), "ResourceNotFoundException")

# --- register, approve
refused(lambda: sagemaker.describe_model_package_group(ModelPackageGroupName=name), "ValidationException", "does not exist")
group = sagemaker.create_model_package_group(ModelPackageGroupName=name, Tags=[])["ModelPackageGroupArn"]
assert sagemaker.describe_model_package_group(ModelPackageGroupName=group)["ModelPackageGroupName"] == name  # as a notebook of AWS
listed = sagemaker.list_model_package_groups(NameContains=name)["ModelPackageGroupSummaryList"]
assert [g["ModelPackageGroupName"] for g in listed] == [name], listed  # as the SageMaker SDK v3 looks
refused(lambda: sagemaker.create_model_package_group(ModelPackageGroupName=name), "ValidationException", "already exists")
found = sagemaker.search(Resource="ModelPackageGroup", SearchExpression={
    "Filters": [{"Name": "ModelPackageGroupName", "Operator": "Equals", "Value": name}]})
assert len(found["Results"]) == 1, found
version = sagemaker.create_model_package(
    ModelPackageGroupName=group, ModelApprovalStatus="PendingManualApproval",
    InferenceSpecification={"Containers": [{"Image": XGBOOST, "ModelDataUrl": artifact}],
                            "SupportedContentTypes": ["text/csv"], "SupportedResponseMIMETypes": ["text/csv"]})["ModelPackageArn"]
assert version.endswith(f"model-package/{name}/1"), version
sagemaker.update_model_package(ModelPackageArn=version, ModelApprovalStatus="Approved")
versions = sagemaker.list_model_packages(ModelPackageGroupName=group, ModelApprovalStatus="Approved")["ModelPackageSummaryList"]
assert [v["ModelPackageVersion"] for v in versions] == [1], versions
described = sagemaker.describe_model_package(ModelPackageName=version)
assert described["ModelApprovalStatus"] == "Approved" and described["ModelPackageVersion"] == 1

# --- deploy
model = sagemaker.create_model(ModelName=name, ExecutionRoleArn=role, Containers=[
    {"ModelPackageName": version, "Environment": {}}], Tags=[{"Key": "a", "Value": ""}])["ModelArn"]
described = sagemaker.describe_model(ModelName=name)
assert "VpcConfig" not in described and len(described["Containers"]) == 1, described
assert sagemaker.list_tags(ResourceArn=model)["Tags"] == [{"Key": "a", "Value": ""}]
refused(lambda: sagemaker.describe_model(ModelName="absent"), "ValidationException", "Could not find model")
refused(lambda: sagemaker.describe_endpoint_config(EndpointConfigName="absent"), "ValidationException",
        "Could not find endpoint configuration")
refused(lambda: sagemaker.create_model(ModelName=name, ExecutionRoleArn=role, Containers=[{"ModelPackageName": version}]),
        "ValidationException", "Cannot create already existing model")


def config(config_name, memory):
    return sagemaker.create_endpoint_config(EndpointConfigName=config_name, ProductionVariants=[
        {"VariantName": "AllTraffic", "ModelName": name, "InitialVariantWeight": 1,
         "ServerlessConfig": {"MemorySizeInMB": memory, "MaxConcurrency": 5}}])


config(name, 2048)
refused(lambda: config(name, 2048), "ValidationException", "Cannot create already existing endpoint configuration")
variant = sagemaker.describe_endpoint_config(EndpointConfigName=name)["ProductionVariants"][0]
assert variant["ServerlessConfig"] == {"MemorySizeInMB": 2048, "MaxConcurrency": 5}, variant
refused(lambda: sagemaker.describe_endpoint(EndpointName=name), "ValidationException", "Could not find endpoint")
sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name, Tags=[])
quick(sagemaker.get_waiter("endpoint_in_service")).wait(EndpointName=name)
refused(lambda: sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name), "ValidationException",
        "Cannot create already existing endpoint")
endpoint = sagemaker.describe_endpoint(EndpointName=name)
assert "DataCaptureConfig" not in endpoint, endpoint
assert sagemaker.list_tags(ResourceArn=endpoint["EndpointArn"])["Tags"] == []
assert endpoint["ProductionVariants"][0]["CurrentServerlessConfig"] == {"MemorySizeInMB": 2048, "MaxConcurrency": 5}, endpoint
assert endpoint["EndpointArn"] in [e["EndpointArn"] for e in sagemaker.list_endpoints(StatusEquals="InService")["Endpoints"]]

# --- invoke
rows = s3.get_object(Bucket=bucket, Key="features/sample/sample.csv")["Body"].read().decode().splitlines()
features = [row.split(";")[-1].split(",", 1)[1] for row in rows]
answer = runtime.invoke_endpoint(EndpointName=name, ContentType="text/csv", Accept="text/csv",
                                 Body="\n".join(features), CustomAttributes="trace=1")
scores = [float(x) for x in answer["Body"].read().decode().replace(",", "\n").split()]
assert len(scores) == 10 and all(0 < x < 1 for x in scores), scores
assert answer["InvokedProductionVariant"] == "AllTraffic" and answer["CustomAttributes"] == "trace=1"
error = refused(lambda: runtime.invoke_endpoint(EndpointName=name, ContentType="text/csv", Body="not,a,flight"), "ModelError")
assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 424 and error.response["OriginalStatusCode"] == 415
refused(lambda: runtime.invoke_endpoint(EndpointName="absent", Body=b"1"), "ValidationError", "not found")
refused(lambda: runtime.invoke_endpoint(EndpointName=name, ContentType="text/csv", Body=b"1," * 4_000_000), "ValidationError")

# --- metrics
def total(metric):
    now = datetime.datetime.now(datetime.timezone.utc)
    return sum(p["Sum"] for p in cloudwatch.get_metric_statistics(
        Namespace="AWS/SageMaker", MetricName=metric, Period=60, Statistics=["Sum"],
        Dimensions=[{"Name": "EndpointName", "Value": name}, {"Name": "VariantName", "Value": "AllTraffic"}],
        StartTime=now - datetime.timedelta(minutes=10), EndTime=now + datetime.timedelta(minutes=1))["Datapoints"])


deadline = time.time() + 20
while total("Invocations") < 2 and time.time() < deadline:
    time.sleep(0.1)
assert total("Invocations") >= 2 and total("ModelLatency") > 0 and total("ModelSetupTime") > 0
listed = {m["MetricName"] for m in cloudwatch.list_metrics(Namespace="AWS/SageMaker")["Metrics"]}
assert {"Invocations", "Invocation4XXErrors", "Invocation5XXErrors", "ModelLatency", "OverheadLatency", "ModelSetupTime",
        "ServerlessConcurrentExecutionsUtilization"} <= listed, listed

# --- update, delete
config(name + "-2", 3072)
sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=name + "-2")
quick(sagemaker.get_waiter("endpoint_in_service")).wait(EndpointName=name)
endpoint = sagemaker.describe_endpoint(EndpointName=name)
assert endpoint["ProductionVariants"][0]["CurrentServerlessConfig"]["MemorySizeInMB"] == 3072, endpoint
assert runtime.invoke_endpoint(EndpointName=name, ContentType="text/csv", Body=features[0])["Body"].read()
# In the order of AWS's notebooks: a running endpoint needs neither.
sagemaker.delete_model(ModelName=name)
for each in (name, name + "-2"):
    sagemaker.delete_endpoint_config(EndpointConfigName=each)
assert runtime.invoke_endpoint(EndpointName=name, ContentType="text/csv", Body=features[0])["Body"].read()
sagemaker.delete_endpoint(EndpointName=name)
quick(sagemaker.get_waiter("endpoint_deleted")).wait(EndpointName=name)
refused(lambda: runtime.invoke_endpoint(EndpointName=name, Body=b"1"), "ValidationError", "not found")
refused(lambda: sagemaker.delete_model_package_group(ModelPackageGroupName=name), "ConflictException")
sagemaker.delete_model_package(ModelPackageName=version)
sagemaker.delete_model_package_group(ModelPackageGroupName=name)
objects = [o["Key"] for p in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket) for o in p.get("Contents", [])]
s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": k} for k in objects]})
s3.delete_bucket(Bucket=bucket)
iam.detach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerFullAccess")
iam.delete_role(RoleName=name)
print(f"the story is told in {len(strict.seen)} calls of {len(set(strict.seen))} operations")
