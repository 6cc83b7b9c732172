"""The SageMaker Python SDK v2, as its notebooks go: fit the built-in XGBoost, deploy serverless, predict, register,
deploy the version, delete."""

import boto3
import sagemaker
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
from sagemaker.serializers import CSVSerializer
from sagemaker.serverless import ServerlessInferenceConfig

BUCKET = "sdk-story"
ROLE = "arn:aws:iam::123456789012:role/any"
SERVERLESS = ServerlessInferenceConfig(memory_size_in_mb=1024, max_concurrency=2)
s3 = boto3.client("s3")
s3.create_bucket(Bucket=BUCKET)
rows = "\n".join(f"{int(i % 17 > 8)},{i % 17},{i % 5}" for i in range(300))
s3.put_object(Bucket=BUCKET, Key="train/rows.csv", Body=rows)
session = sagemaker.Session(default_bucket=BUCKET)

estimator = Estimator(image_uri=sagemaker.image_uris.retrieve("xgboost", "us-east-1", "1.7-1"), role=ROLE, instance_count=1,
                      instance_type="ml.m5.large", sagemaker_session=session,
                      hyperparameters={"objective": "binary:logistic", "num_round": 5})
estimator.fit({"train": TrainingInput(f"s3://{BUCKET}/train/", content_type="text/csv")})
predictor = estimator.deploy(serverless_inference_config=SERVERLESS, serializer=CSVSerializer())
late, early = (float(predictor.predict(row)) for row in ("10,3", "2,3"))
assert late > 0.5 > early, (late, early)

version = estimator.register(content_types=["text/csv"], response_types=["text/csv"], model_package_group_name="sdk-story",
                             approval_status="Approved", inference_instances=["ml.m5.large"],
                             transform_instances=["ml.m5.large"])
package = sagemaker.ModelPackage(role=ROLE, model_package_arn=version.model_package_arn, sagemaker_session=session)
package.deploy(serverless_inference_config=SERVERLESS, endpoint_name="sdk-story")
second = sagemaker.Predictor("sdk-story", sagemaker_session=session, serializer=CSVSerializer())
assert float(second.predict("10,3")) == late
predictor.delete_model()
predictor.delete_endpoint()
second.delete_endpoint()
assert not boto3.client("sagemaker").list_endpoints()["Endpoints"]
print("the SDK is served")
