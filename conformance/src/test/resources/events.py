"""EventBridge, Scheduler, SNS and SQS as boto3 tells them, on an ephemeral platform whose clock is moved: a model is
trained anew at night and when data comes, and whoever asked for it is told. Run with AWS_ENDPOINT_URL set."""

import http.server
import json
import os
import threading
import time
import urllib.request

import boto3
import strict
from botocore.exceptions import ClientError

session = boto3.Session()
strict.install(session)
s3, sagemaker, logs = session.client("s3"), session.client("sagemaker"), session.client("logs")
events, scheduler = session.client("events"), session.client("scheduler")
sns, sqs = session.client("sns"), session.client("sqs")
ROLE = "arn:aws:iam::123456789012:role/any"
XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"


def advance(seconds):
    body = json.dumps({"advance_seconds": seconds}).encode()
    urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"] + "/_dormouse/clock", body).read()


def refused(call, code, text=""):
    try:
        call()
    except ClientError as e:
        error = e.response["Error"]
        assert error["Code"] == code, error
        assert text in error["Message"], error
    else:
        raise AssertionError("not refused: " + code)


def soon(what, found):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        value = found()
        if value:
            return value
    raise AssertionError("never happened: " + what)


def taken(url):
    """The bodies of the messages that are there, which are deleted."""
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])
    for message in messages:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [message["Body"] for message in messages]


# --- a queue: boto3 checks the digests of what it sends and receives
queue = sqs.create_queue(QueueName="trained", Attributes={"VisibilityTimeout": "60"})["QueueUrl"]
assert queue == os.environ["AWS_ENDPOINT_URL"] + "/123456789012/trained", queue
sqs.send_message(QueueUrl=queue, MessageBody="one", MessageAttributes={"k": {"DataType": "Binary", "BinaryValue": b"\0\1"}})
batch = sqs.send_message_batch(QueueUrl=queue, Entries=[{"Id": str(i), "MessageBody": f"more {i}"} for i in range(3)])
assert len(batch["Successful"]) == 3, batch
bodies = []
soon("four messages", lambda: bodies.extend(taken(queue)) or len(bodies) == 4)
refused(lambda: sqs.get_queue_url(QueueName="absent"), "AWS.SimpleQueueService.NonExistentQueue", "does not exist")
arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

# --- trained at night: Scheduler calls CreateTrainingJob itself
s3.create_bucket(Bucket="night")
rows = "\n".join(f"{int(i % 17 > 8)},{i % 17},{i % 5},{i % 3}" for i in range(300))
s3.put_object(Bucket="night", Key="train/rows.csv", Body=rows)
training = {
    "TrainingJobName": "night-<aws.scheduler.execution-id>", "RoleArn": ROLE,
    "AlgorithmSpecification": {"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
    "HyperParameters": {"objective": "binary:logistic", "num_round": "5"},
    "InputDataConfig": [{"ChannelName": "train", "ContentType": "text/csv", "DataSource": {"S3DataSource": {
        "S3DataType": "S3Prefix", "S3Uri": "s3://night/train/"}}}],
    "OutputDataConfig": {"S3OutputPath": "s3://night/models"},
    "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 5},
    "StoppingCondition": {"MaxRuntimeInSeconds": 300}}
scheduler.create_schedule(
    Name="retrain", ScheduleExpression="cron(0 3 * * ? *)", ScheduleExpressionTimezone="Europe/Berlin",
    FlexibleTimeWindow={"Mode": "OFF"},
    Target={"Arn": "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob", "RoleArn": ROLE,
            "Input": json.dumps(training)})
assert scheduler.get_schedule(Name="retrain")["State"] == "ENABLED"
assert [s["Name"] for s in scheduler.list_schedules()["Schedules"]] == ["retrain"]
refused(lambda: scheduler.get_schedule(Name="absent"), "ResourceNotFoundException", "Schedule absent does not exist.")

# --- and told when it is done, to a queue by a rule
events.put_rule(Name="done", EventPattern=json.dumps({
    "source": ["aws.sagemaker"], "detail-type": ["SageMaker Training Job State Change"],
    "detail": {"TrainingJobStatus": ["Completed", "Failed"]}}))
events.put_targets(Rule="done", Targets=[{"Id": "queue", "Arn": arn, "InputTransformer": {
    "InputPathsMap": {"job": "$.detail.TrainingJobName", "status": "$.detail.TrainingJobStatus"},
    "InputTemplate": '{"job": <job>, "status": <status>}'}}])
advance(24 * 3600)
done = json.loads(soon("the night's training", lambda: taken(queue))[0])
assert done["status"] == "Completed" and done["job"].startswith("night-"), done
assert sagemaker.describe_training_job(TrainingJobName=done["job"])["ModelArtifacts"]["S3ModelArtifacts"]

# --- trained when data comes: a rule fills the same request from the event
training["TrainingJobName"] = "data-<id>"
training["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] = "<uri>"
events.put_rule(Name="data", EventPattern=json.dumps({"source": ["my.pipeline"], "detail-type": ["Data Arrived"]}))
events.put_targets(Rule="data", Targets=[{
    "Id": "train", "Arn": "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob", "InputTransformer": {
        "InputPathsMap": {"id": "$.id", "uri": "$.detail.uri"}, "InputTemplate": json.dumps(training)}}])
put = events.put_events(Entries=[{"Source": "my.pipeline", "DetailType": "Data Arrived",
                                  "Detail": json.dumps({"uri": "s3://night/train/"})}])
assert put["FailedEntryCount"] == 0, put
done = json.loads(soon("the training on new data", lambda: taken(queue))[0])
assert done == {"job": "data-" + put["Entries"][0]["EventId"], "status": "Completed"}, done

# --- a webhook on a topic: it confirms, and is told
told = []


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        told.append((self.headers["x-amz-sns-message-type"],
                     json.loads(self.rfile.read(int(self.headers["content-length"])))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
threading.Thread(target=server.serve_forever, daemon=True).start()
topic = sns.create_topic(Name="news", Tags=[{"Key": "team", "Value": "ml"}])["TopicArn"]
sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=f"http://127.0.0.1:{server.server_port}/hook")
kind, question = soon("the question to confirm", lambda: told[0] if told else None)
assert kind == "SubscriptionConfirmation", kind
confirmed = sns.confirm_subscription(TopicArn=topic, Token=question["Token"])["SubscriptionArn"]
events.put_targets(Rule="data", Targets=[{"Id": "train", "Arn": topic}])
events.put_events(Entries=[{"Source": "my.pipeline", "DetailType": "Data Arrived", "Detail": "{}"}])
kind, notification = soon("the notification", lambda: told[1] if len(told) > 1 else None)
assert json.loads(notification["Message"])["detail-type"] == "Data Arrived", notification
assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"][0]["SubscriptionArn"] == confirmed
refused(lambda: sns.publish(TopicArn=topic + "x", Message="m"), "NotFound", "Topic does not exist")
refused(lambda: events.describe_rule(Name="absent"), "ResourceNotFoundException",
        "Rule absent does not exist on EventBus default.")
refused(lambda: events.put_targets(Rule="data", Targets=[{
    "Id": "f", "Arn": "arn:aws:kinesis:us-east-1:123456789012:stream/f"}]), "ValidationException", "Targets of kinesis")
print("told,", len(set(strict.seen)), "operations")
