"""Trains a classifier on a channel, checks it against what it reads from S3 itself, and leaves model, plot and metrics."""

import argparse
import csv
import json
import os

import boto3
import joblib
from sklearn.ensemble import RandomForestClassifier


def rows(lines):
    table = [[float(value) for value in row] for row in csv.reader(lines)]
    return [row[1:] for row in table], [int(row[0]) for row in table]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--n-estimators", type=int)
    parser.add_argument("--bucket")
    parser.add_argument("--model-dir", default=os.environ["SM_MODEL_DIR"])
    parser.add_argument("--train", default=os.environ["SM_CHANNEL_TRAIN"])
    args = parser.parse_args()
    if args.n_estimators < 1:
        raise ValueError("a forest of %d trees" % args.n_estimators)

    with open(os.path.join(args.train, "rows.csv")) as file:
        features, labels = rows(file)
    model = RandomForestClassifier(n_estimators=args.n_estimators, random_state=0)
    model.fit(features, labels)

    s3 = boto3.client("s3")
    held = s3.get_object(Bucket=args.bucket, Key="held/rows.csv")["Body"].read().decode()
    accuracy = model.score(*rows(held.splitlines()))
    print("held:accuracy=%.3f;" % accuracy)

    identity = boto3.client("sts").get_caller_identity()
    s3.put_object(Bucket=args.bucket, Key="told/identity.json", Body=json.dumps(identity["Arn"]))
    joblib.dump(model, os.path.join(args.model_dir, "model.joblib"))
    with open(os.path.join(os.environ["SM_OUTPUT_DATA_DIR"], "trees.txt"), "w") as file:
        file.write(str(len(model.estimators_)))
