import json
import os

import boto3
import joblib


def model_fn(model_dir):
    return joblib.load(os.path.join(model_dir, "model.joblib"))


def predict_fn(data, model):
    """Tells who it is where it is asked to: by the credentials of its model's role."""
    bucket = os.environ.get("TOLD_BUCKET")
    if bucket:
        identity = boto3.client("sts").get_caller_identity()
        boto3.client("s3").put_object(Bucket=bucket, Key="told/served.json", Body=json.dumps(identity["Arn"]))
    return model.predict(data)
