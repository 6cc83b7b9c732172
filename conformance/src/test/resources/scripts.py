"""A script's story by boto3: train.py on a channel, its model, its failure, and inference.py that serves what it left."""

import io
import json
import os
import tarfile
import time

import boto3

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "scripts")
BUCKET = "scripts-story"
ROLE = "arn:aws:iam::123456789012:role/trainer"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
s3 = boto3.client("s3")
sagemaker = boto3.client("sagemaker")


def packed(*names):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name in names:
            tar.add(os.path.join(HERE, name), name)
    return out.getvalue()


def train(name, trees):
    sagemaker.create_training_job(
        TrainingJobName=name,
        RoleArn=ROLE,
        AlgorithmSpecification={
            "TrainingImage": IMAGE,
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": "held:accuracy", "Regex": "held:accuracy=([0-9.]+);"}],
        },
        HyperParameters={
            "sagemaker_program": json.dumps("train.py"),
            "sagemaker_submit_directory": json.dumps(f"s3://{BUCKET}/source/sourcedir.tar.gz"),
            "sagemaker_container_log_level": "20",
            "sagemaker_region": json.dumps("us-east-1"),
            "n-estimators": json.dumps(trees),
            "bucket": json.dumps(BUCKET),
        },
        InputDataConfig=[
            {
                "ChannelName": "train",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/train/"}},
            }
        ],
        OutputDataConfig={"S3OutputPath": f"s3://{BUCKET}/models"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 300},
    )
    while True:
        job = sagemaker.describe_training_job(TrainingJobName=name)
        if job["TrainingJobStatus"] != "InProgress":
            return job
        time.sleep(0.2)


s3.create_bucket(Bucket=BUCKET)
lines = [f"{int(i % 17 > 8)},{i % 17},{i % 5}" for i in range(400)]
s3.put_object(Bucket=BUCKET, Key="train/rows.csv", Body="\n".join(lines[:300]))
s3.put_object(Bucket=BUCKET, Key="held/rows.csv", Body="\n".join(lines[300:]))
s3.put_object(Bucket=BUCKET, Key="source/sourcedir.tar.gz", Body=packed("train.py"))

job = train("forest", 20)
assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
assert job["FinalMetricDataList"][0]["Value"] > 0.9, job["FinalMetricDataList"]
who = json.loads(s3.get_object(Bucket=BUCKET, Key="told/identity.json")["Body"].read())
assert who == "arn:aws:sts::123456789012:assumed-role/trainer/SageMaker", who

failed = train("no-forest", 0)
assert failed["TrainingJobStatus"] == "Failed"
assert failed["FailureReason"].startswith("AlgorithmError: ExecuteUserScriptError:\nExitCode 1\n"), failed["FailureReason"]
assert "ValueError: a forest of 0 trees" in failed["FailureReason"], failed["FailureReason"]

# What SKLearnModel does: the script beside the model, named by the environment.
s3.put_object(Bucket=BUCKET, Key="source/serve.tar.gz", Body=packed("inference.py"))
sagemaker.create_model(
    ModelName="forest",
    ExecutionRoleArn="arn:aws:iam::123456789012:role/server",
    PrimaryContainer={
        "Image": IMAGE,
        "ModelDataUrl": job["ModelArtifacts"]["S3ModelArtifacts"],
        "Environment": {
            "SAGEMAKER_PROGRAM": "inference.py",
            "SAGEMAKER_SUBMIT_DIRECTORY": f"s3://{BUCKET}/source/serve.tar.gz",
            "TOLD_BUCKET": BUCKET,
        },
    },
)
sagemaker.create_endpoint_config(
    EndpointConfigName="forest",
    ProductionVariants=[
        {
            "VariantName": "AllTraffic",
            "ModelName": "forest",
            "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1},
        }
    ],
)
sagemaker.create_endpoint(EndpointName="forest", EndpointConfigName="forest")
while (endpoint := sagemaker.describe_endpoint(EndpointName="forest"))["EndpointStatus"] == "Creating":
    time.sleep(0.2)
assert endpoint["EndpointStatus"] == "InService", endpoint
answer = boto3.client("sagemaker-runtime").invoke_endpoint(
    EndpointName="forest", ContentType="application/json", Accept="application/json", Body="[[12, 1], [2, 1]]"
)
assert json.loads(answer["Body"].read()) == [1, 0]
who = json.loads(s3.get_object(Bucket=BUCKET, Key="told/served.json")["Body"].read())
assert who == "arn:aws:sts::123456789012:assumed-role/server/SageMaker", who
print("the scripts ran")
