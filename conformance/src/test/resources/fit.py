"""The SageMaker Python SDK v2's SKLearnProcessor and SKLearn estimator, which trains, deploys and predicts."""

import os

import boto3
import sagemaker
from sagemaker.processing import ProcessingInput, ProcessingOutput
from sagemaker.serverless import ServerlessInferenceConfig
from sagemaker.sklearn.estimator import SKLearn
from sagemaker.sklearn.processing import SKLearnProcessor

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "scripts")
BUCKET = "fit-story"
ROLE = "arn:aws:iam::123456789012:role/trainer"
s3 = boto3.client("s3")
s3.create_bucket(Bucket=BUCKET)
lines = [f"{int(i % 17 > 8)},{i % 17},{i % 5}" for i in range(400)]
s3.put_object(Bucket=BUCKET, Key="all/rows.csv", Body="\n".join(lines))
session = sagemaker.Session(default_bucket=BUCKET)

processor = SKLearnProcessor(
    framework_version="1.2-1", role=ROLE, instance_type="ml.m5.large", instance_count=1, sagemaker_session=session
)
processor.run(
    code=os.path.join(HERE, "split.py"),
    inputs=[ProcessingInput(source=f"s3://{BUCKET}/all/", destination="/opt/ml/processing/input/all")],
    outputs=[
        ProcessingOutput(
            output_name="train", source="/opt/ml/processing/train", destination=f"s3://{BUCKET}/train"
        ),
        ProcessingOutput(output_name="held", source="/opt/ml/processing/held", destination=f"s3://{BUCKET}/held"),
    ],
    arguments=["--held", "100"],
)

estimator = SKLearn(
    entry_point="train.py",
    source_dir=HERE,
    framework_version="1.2-1",
    instance_type="ml.m5.large",
    role=ROLE,
    sagemaker_session=session,
    hyperparameters={"n-estimators": 10, "bucket": BUCKET},
    metric_definitions=[{"Name": "held:accuracy", "Regex": "held:accuracy=([0-9.]+);"}],
)
estimator.fit({"train": f"s3://{BUCKET}/train/"})
job = boto3.client("sagemaker").describe_training_job(TrainingJobName=estimator.latest_training_job.name)
assert job["FinalMetricDataList"][0]["Value"] > 0.9, job["FinalMetricDataList"]

# Its predictor sends and takes arrays, as numpy writes them.
predictor = estimator.deploy(
    serverless_inference_config=ServerlessInferenceConfig(memory_size_in_mb=1024, max_concurrency=1),
    entry_point="inference.py",
    source_dir=HERE,
)
assert list(predictor.predict([[12, 1], [2, 1]])) == [1, 0]
predictor.delete_endpoint()

estimator.set_hyperparameters(**{"n-estimators": 0})
try:
    estimator.fit({"train": f"s3://{BUCKET}/train/"})
    raise AssertionError("a forest of no trees was trained")
except sagemaker.exceptions.UnexpectedStatusException as e:
    assert "ExecuteUserScriptError" in str(e) and "a forest of 0 trees" in str(e), e
print("the estimator fits")
