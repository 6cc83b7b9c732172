"""What AWS's clients do that surprises a server, and no other script shows: against a platform of another account and
Region than the default ones. The arguments are that account, that Region, and an XGBoost model's file."""

import datetime
import http.client
import json
import time
import sys
import urllib.parse

import boto3
import strict
from botocore.exceptions import ClientError

account, region, model_file = sys.argv[1:4]
session = boto3.Session(region_name=region)
strict.install(session)
s3 = session.client("s3")
sagemaker = session.client("sagemaker")
logs = session.client("logs")
iam = session.client("iam")
XGBOOST = f"141502667606.dkr.ecr.{region}.amazonaws.com/sagemaker-xgboost:1.7-1"
ARN = f"arn:aws:sagemaker:{region}:{account}:"


def refused(call, code, text=""):
    try:
        call()
    except ClientError as e:
        error = e.response["Error"]
        assert error["Code"] == code and text in (error["Message"] or ""), error
        return e
    raise AssertionError(f"not refused with {code}")


# --- the account and the Region are the platform's own, in every ARN
caller = session.client("sts").get_caller_identity()
assert caller["Account"] == account and f"::{account}:" in caller["Arn"], caller
role = iam.create_role(RoleName="any", AssumeRolePolicyDocument=json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"},
                                             "Action": "sts:AssumeRole"}]}))["Role"]["Arn"]
assert role == f"arn:aws:iam::{account}:role/any", role
s3.create_bucket(Bucket="surprises", CreateBucketConfiguration={"LocationConstraint": region})
assert s3.get_bucket_location(Bucket="surprises")["LocationConstraint"] == region
s3.upload_file(model_file, "surprises", "model.json")

# --- what was made can be read at once, also its tags, as Terraform and the CDK do; empty maps and lists are legal
container = {"Image": XGBOOST, "ModelDataUrl": "s3://surprises/model.json", "Environment": {}}
variant = {"VariantName": "AllTraffic", "InitialVariantWeight": 1,
           "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 2}}
made = {}
for n in ("a", "b", "c"):
    arns = [
        sagemaker.create_model(ModelName=n, ExecutionRoleArn=role, PrimaryContainer=container, Tags=[])["ModelArn"],
        sagemaker.create_endpoint_config(EndpointConfigName=n, ProductionVariants=[{**variant, "ModelName": n}],
                                         Tags=[])["EndpointConfigArn"],
        sagemaker.create_endpoint(EndpointName=n, EndpointConfigName=n, Tags=[])["EndpointArn"],
        sagemaker.create_model_package_group(ModelPackageGroupName=n, Tags=[])["ModelPackageGroupArn"],
    ]
    described = sagemaker.describe_endpoint(EndpointName=n)
    assert described["EndpointStatus"] in ("Creating", "InService") and described["EndpointConfigName"] == n, described
    arns.append(sagemaker.create_model_package(
        ModelPackageGroupName=arns[3], ModelApprovalStatus="Approved", InferenceSpecification={
            "Containers": [{"Image": XGBOOST, "ModelDataUrl": container["ModelDataUrl"]}],
            "SupportedContentTypes": ["text/csv"], "SupportedResponseMIMETypes": ["text/csv"]})["ModelPackageArn"])
    assert sagemaker.describe_model(ModelName=n)["PrimaryContainer"]["Image"] == XGBOOST
    assert sagemaker.describe_endpoint_config(EndpointConfigName=n)["ProductionVariants"][0]["ModelName"] == n
    assert sagemaker.describe_model_package_group(ModelPackageGroupName=n)["ModelPackageGroupStatus"] == "Completed"
    for arn in arns:
        assert arn.startswith(ARN), arn
        assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [], arn
    made[n] = arns
    time.sleep(0.01)  # the moments of their creation differ
waiter = sagemaker.get_waiter("endpoint_in_service")
waiter.config.delay = 0.2
for n in made:
    waiter.wait(EndpointName=n)
    serving = sagemaker.describe_endpoint(EndpointName=n)["ProductionVariants"][0]
    assert serving["CurrentServerlessConfig"] == serving["DesiredServerlessConfig"] == variant["ServerlessConfig"], serving
    assert serving["DeployedImages"][0]["SpecifiedImage"] == XGBOOST, serving

# --- a group's and a version's ARN stand for their names wherever the service model's pattern allows
group, version = made["a"][3], made["a"][4]
for name in ("a", group):
    assert sagemaker.describe_model_package_group(ModelPackageGroupName=name)["ModelPackageGroupArn"] == group
    assert len(sagemaker.list_model_packages(ModelPackageGroupName=name)["ModelPackageSummaryList"]) == 1
assert sagemaker.describe_model_package(ModelPackageName=version)["ModelPackageArn"] == version
assert version in sagemaker.batch_describe_model_package(ModelPackageArnList=[version])["ModelPackageSummaries"]

# --- every list pages, sorts and filters
machine = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 5}
for n in made:
    sagemaker.create_training_job(
        TrainingJobName=n, RoleArn=role, AlgorithmSpecification={"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
        HyperParameters={"objective": "reg:squarederror", "num_round": "1"},
        InputDataConfig=[{"ChannelName": "train", "ContentType": "text/csv", "DataSource": {"S3DataSource": {
            "S3DataType": "S3Prefix", "S3Uri": "s3://surprises/absent"}}}],
        OutputDataConfig={"S3OutputPath": "s3://surprises/out"}, ResourceConfig=machine,
        StoppingCondition={"MaxRuntimeInSeconds": 60})
    sagemaker.create_processing_job(
        ProcessingJobName=n, RoleArn=role,
        AppSpecification={"ImageUri": f"{account}.dkr.ecr.{region}.amazonaws.com/dormouse-java:25",
                          "ContainerEntrypoint": ["java", "/opt/ml/processing/input/code/Absent.java"]},
        ProcessingResources={"ClusterConfig": machine})
    time.sleep(0.01)
LISTS = {
    "list_models": ("Models", "ModelName"),
    "list_endpoint_configs": ("EndpointConfigs", "EndpointConfigName"),
    "list_endpoints": ("Endpoints", "EndpointName"),
    "list_model_package_groups": ("ModelPackageGroupSummaryList", "ModelPackageGroupName"),
    "list_training_jobs": ("TrainingJobSummaries", "TrainingJobName"),
    "list_processing_jobs": ("ProcessingJobSummaries", "ProcessingJobName"),
}
for operation, (items, member) in LISTS.items():
    def listed(**request):
        names, token = [], {}
        while True:
            page = getattr(sagemaker, operation)(**request, **token)
            names += [item[member] for item in page[items]]
            assert len(page[items]) <= request.get("MaxResults", 100), page
            if "NextToken" not in page:
                return names
            token = {"NextToken": page["NextToken"]}

    for sort in ("Name", "CreationTime"):
        for order, expected in (("Ascending", ["a", "b", "c"]), ("Descending", ["c", "b", "a"])):
            got = listed(SortBy=sort, SortOrder=order, MaxResults=1)
            assert got == expected, f"{operation} by {sort} {order}: {got}"
    assert listed(NameContains="b") == ["b"], operation
    hour = datetime.timedelta(hours=1)
    now = datetime.datetime.now(datetime.timezone.utc)
    assert len(listed(CreationTimeAfter=now - hour)) == 3 and not listed(CreationTimeAfter=now + hour), operation
    assert len(listed(CreationTimeBefore=now + hour)) == 3 and not listed(CreationTimeBefore=now - hour), operation
    refused(lambda: listed(NextToken="none"), "ValidationException")
    refused(lambda: listed(MaxResults=101), "ValidationException", "less than or equal to 100")
found = sagemaker.list_model_packages(ModelPackageGroupName="a", ModelApprovalStatus="Rejected")
assert found["ModelPackageSummaryList"] == [], found
for resource in ("Model", "Endpoint", "ModelPackageGroup", "TrainingJob"):
    found = sagemaker.search(Resource=resource, SearchExpression={
        "Filters": [{"Name": resource + "Name", "Operator": "Equals", "Value": "b"}]})
    items = [each[resource].get(resource, each[resource]) for each in found["Results"]]  # a Model is in a dashboard's
    assert [item[resource + "Name"] for item in items] == ["b"], found

# --- server-side encryption that is not done is refused, never echoed
# (but for the account's own key, which the SageMaker SDK names with whatever it uploads)
plain = s3.put_object(Bucket="surprises", Key="k", Body=b"1", ServerSideEncryption="aws:kms")
assert "ServerSideEncryption" not in plain, plain
assert "ServerSideEncryption" not in s3.head_object(Bucket="surprises", Key="k")
for encryption in ({"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "alias/a"},
                   {"ServerSideEncryption": "aws:kms:dsse"},
                   {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "k" * 32}):
    refused(lambda: s3.put_object(Bucket="surprises", Key="e", Body=b"1", **encryption), "NotImplemented")
    refused(lambda: s3.copy_object(Bucket="surprises", Key="e", CopySource="surprises/model.json", **encryption), "NotImplemented")
    refused(lambda: s3.create_multipart_upload(Bucket="surprises", Key="e", **encryption), "NotImplemented")
refused(lambda: s3.copy_object(Bucket="surprises", Key="e", CopySource="surprises/model.json",
                               CopySourceSSECustomerAlgorithm="AES256", CopySourceSSECustomerKey="k" * 32), "NotImplemented")
customer = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "k" * 32}
refused(lambda: s3.get_object(Bucket="surprises", Key="model.json", **customer), "NotImplemented")
refused(lambda: s3.head_object(Bucket="surprises", Key="model.json", **customer), "501")
upload = s3.create_multipart_upload(Bucket="surprises", Key="e")["UploadId"]
refused(lambda: s3.upload_part(Bucket="surprises", Key="e", UploadId=upload, PartNumber=1, Body=b"1", **customer), "NotImplemented")
for algorithm in ("aws:kms", "AES256"):
    refused(lambda: s3.put_bucket_encryption(Bucket="surprises", ServerSideEncryptionConfiguration={
        "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}]}), "NotImplemented")
refused(lambda: s3.head_object(Bucket="surprises", Key="e"), "404")

# --- every answer names its request, whatever it is
host = urllib.parse.urlparse(s3.meta.endpoint_url).netloc


def answer(method, path, headers=(), body=None):
    connection = http.client.HTTPConnection(host)
    connection.request(method, path, body=body, headers=dict(headers))
    response = connection.getresponse()
    text = response.read()
    ids = [v for k, v in response.getheaders() if k.lower() in ("x-amzn-requestid", "x-amz-request-id")]
    assert ids and ids[0], f"{method} {path} {dict(headers)}: {response.status} {response.getheaders()}"
    connection.close()
    return response.status, text


JSON = {"Content-Type": "application/x-amz-json-1.1"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CBOR = {"smithy-protocol": "rpc-v2-cbor", "Content-Type": "application/cbor"}
ANSWERS = [
    (200, "GET", "/health", {}, None), (200, "GET", "/_dormouse/status", {}, None), (404, "GET", "/_dormouse/none", {}, None),
    (200, "GET", "/", {}, None), (200, "HEAD", "/surprises/model.json", {}, None), (404, "HEAD", "/surprises/none", {}, None),
    (404, "GET", "/surprises/none", {}, None), (416, "GET", "/surprises/model.json", {"Range": "bytes=99999999-"}, None),
    (416, "HEAD", "/surprises/model.json", {"Range": "bytes=99999999-"}, None),
    (304, "GET", "/surprises/model.json", {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}, None),
    (412, "GET", "/surprises/model.json", {"If-Match": "none"}, None), (204, "DELETE", "/surprises/none", {}, None),
    (200, "POST", "/", {**JSON, "X-Amz-Target": "SageMaker.ListModels"}, "{}"),
    (400, "POST", "/", {**JSON, "X-Amz-Target": "SageMaker.ListModels"}, "{"),
    (404, "POST", "/", {**JSON, "X-Amz-Target": "SageMaker.Nonsense"}, "{}"),
    (501, "POST", "/", {**JSON, "X-Amz-Target": "SageMaker.CreateApp"}, "{}"),
    (404, "POST", "/", {**JSON, "X-Amz-Target": "Nothing.Nonsense"}, "{}"),
    (200, "POST", "/", FORM, "Action=GetCallerIdentity&Version=2011-06-15"),
    (400, "POST", "/", FORM, "Action=Nonsense&Version=2010-05-08"),
    (404, "POST", "/service/GraniteServiceVersion20100801/operation/Nonsense", CBOR, b"\xa0"),
    (400, "POST", "/endpoints/none/invocations", {}, "1"), (200, "POST", "/endpoints/a/invocations", {"Content-Type": "text/csv"}, "1,2,3,4"),
    (424, "POST", "/endpoints/a/invocations", {"Content-Type": "text/csv"}, "words"),
    (403, "GET", "/", {"Host": "example.com"}, None), (403, "GET", "/", {"Origin": "https://example.com"}, None),
    (403, "POST", "/endpoints/a/invocations", {"Origin": "https://example.com"}, "1"),
]
for status, method, path, headers, body in ANSWERS:
    got = answer(method, path, headers, body)
    assert got[0] == status, (status, method, path, headers, got)

# --- the logs of an endpoint have AWS's names, and are found as the SageMaker SDK looks for them
group, streams, deadline = "/aws/sagemaker/Endpoints/a", [], time.time() + 20
while not streams and time.time() < deadline:
    time.sleep(0.1)
    streams = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix="AllTraffic/")["logStreams"]
assert streams and streams[0]["arn"].startswith(f"arn:aws:logs:{region}:{account}:log-group:{group}:log-stream:AllTraffic/"), streams
events = logs.filter_log_events(logGroupName=group, logStreamNamePrefix="AllTraffic/", filterPattern="dormouse")["events"]
assert events and events[0]["logStreamName"] == streams[0]["logStreamName"], events
print("nothing surprises in", len(strict.seen), "calls")
