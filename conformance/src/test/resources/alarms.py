"""CloudWatch's alarms as boto3 tells them, on an ephemeral platform whose clock is moved: an endpoint whose requests
fail, a metric filter on its log, alarms on both and one over the two, and everybody who wants to know; Prometheus'
own parser reads the page that is its. Run with AWS_ENDPOINT_URL set; the argument is the file of an XGBoost model."""

import datetime
import http.server
import io
import json
import os
import sys
import tarfile
import threading
import time
import urllib.request

import boto3
import prometheus_client.openmetrics.parser
import prometheus_client.parser
import strict
from botocore.exceptions import ClientError

model = sys.argv[1]
session = boto3.Session()
strict.install(session)
s3, sagemaker, runtime = session.client("s3"), session.client("sagemaker"), session.client("sagemaker-runtime")
cloudwatch, logs = session.client("cloudwatch"), session.client("logs")
sns, sqs, events = session.client("sns"), session.client("sqs"), session.client("events")
URL = os.environ["AWS_ENDPOINT_URL"]
ROLE = "arn:aws:iam::123456789012:role/any"
XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
GROUP = "/aws/sagemaker/Endpoints/churn"
VARIANT = [{"Name": "EndpointName", "Value": "churn"}, {"Name": "VariantName", "Value": "AllTraffic"}]


def advance(seconds):
    request = urllib.request.Request(URL + "/_dormouse/clock", json.dumps({"advance_seconds": seconds}).encode())
    return datetime.datetime.fromisoformat(json.loads(urllib.request.urlopen(request).read())["now"][:19] + "+00:00")


def refused(call, code, text):
    try:
        call()
    except ClientError as e:
        error = e.response["Error"]
        assert error["Code"] == code and text in error["Message"], error
        return
    raise AssertionError("not refused: " + text)


def soon(what, found):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        value = found()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError("never happened: " + what)


def queue(name):
    return sqs.create_queue(QueueName=name)["QueueUrl"], "arn:aws:sqs:us-east-1:123456789012:" + name


def taken(url):
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    for message in messages:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [json.loads(message["Body"]) for message in messages]


def invoke(body):
    return runtime.invoke_endpoint(EndpointName="churn", ContentType="text/csv", Body=body)["Body"].read()


def state(name, kind="MetricAlarm"):
    found = cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=[kind])[kind + "s"]
    return found[0]["StateValue"] if found else None


# --- an endpoint
archive = io.BytesIO()
with tarfile.open(fileobj=archive, mode="w:gz") as tar:
    tar.add(model, arcname="xgboost-model")
s3.create_bucket(Bucket="churn")
s3.put_object(Bucket="churn", Key="model.tar.gz", Body=archive.getvalue())
sagemaker.create_model(ModelName="churn", ExecutionRoleArn=ROLE,
                       PrimaryContainer={"Image": XGBOOST, "ModelDataUrl": "s3://churn/model.tar.gz"})
sagemaker.create_endpoint_config(EndpointConfigName="churn", ProductionVariants=[
    {"VariantName": "AllTraffic", "ModelName": "churn", "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 4}}])
sagemaker.create_endpoint(EndpointName="churn", EndpointConfigName="churn")
soon("in service", lambda: sagemaker.describe_endpoint(EndpointName="churn")["EndpointStatus"] == "InService")

# --- whoever wants to know: a queue of a topic, a queue of the bus, a webhook
topic = sns.create_topic(Name="ops")["TopicArn"]
ops, arn = queue("ops")
sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
bus, arn = queue("bus")
events.put_rule(Name="alarms", EventPattern=json.dumps({
    "source": ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"],
    "detail": {"alarmName": ["churn-bad"], "state": {"value": ["ALARM"]}}}))
events.put_targets(Rule="alarms", Targets=[{"Id": "queue", "Arn": arn}])
hooked = []


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        hooked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
threading.Thread(target=server.serve_forever, daemon=True).start()

# --- a filter on what the platform itself writes of the endpoint's instances
logs.create_log_group(logGroupName=GROUP)
refused(lambda: logs.put_metric_filter(
    logGroupName=GROUP, filterName="starts", filterPattern="[dormouse", metricTransformations=[
        {"metricName": "Starts", "metricNamespace": "Churn", "metricValue": "1"}]),
    "InvalidParameterException", "If a filter pattern starts with '[' it must end with ']'")
logs.put_metric_filter(
    logGroupName=GROUP, filterName="starts", filterPattern='"[dormouse]"', metricTransformations=[
        {"metricName": "Starts", "metricNamespace": "Churn", "metricValue": "1", "unit": "Count"}])
found = logs.describe_metric_filters(logGroupName=GROUP)["metricFilters"]
assert [f["filterName"] for f in found] == ["starts"] and found[0]["metricTransformations"][0]["unit"] == "Count", found
tried = logs.test_metric_filter(filterPattern="{ $.status = 5* && $.path != %^/ping% }", logEventMessages=[
    '{"status": 503, "path": "/invocations"}', '{"status": 200, "path": "/"}', "503"])["matches"]
assert [m["extractedValues"] for m in tried] == [{"$.status": "503", "$.path": "/invocations"}], tried

# --- two alarms, one over both
cloudwatch.put_metric_alarm(
    AlarmName="churn-errors", EvaluationPeriods=2, DatapointsToAlarm=1, Threshold=50, TreatMissingData="notBreaching",
    ComparisonOperator="GreaterThanOrEqualToThreshold", Metrics=[
        {"Id": "share", "Expression": "IF(all > 0, 100 * (FILL(mine, 0) + FILL(theirs, 0)) / all, 0)", "Label": "errors, %"}] + [
        {"Id": key, "ReturnData": False, "MetricStat": {"Period": 60, "Stat": "Sum", "Metric": {
            "Namespace": "AWS/SageMaker", "MetricName": name, "Dimensions": VARIANT}}}
        for key, name in (("all", "Invocations"), ("mine", "Invocation4XXErrors"), ("theirs", "Invocation5XXErrors"))])
cloudwatch.put_metric_alarm(
    AlarmName="churn-starts", Namespace="Churn", MetricName="Starts", Statistic="Sum", Period=60, EvaluationPeriods=1,
    Threshold=1, ComparisonOperator="GreaterThanOrEqualToThreshold", TreatMissingData="notBreaching")
refused(lambda: cloudwatch.put_composite_alarm(AlarmName="churn-bad", AlarmRule="ALARM(churn-none)"), "ValidationError",
        "Could not save the composite alarm as alarms [churn-none] in the alarm rule do not exist")
cloudwatch.put_composite_alarm(
    AlarmName="churn-bad", AlarmRule='ALARM(churn-errors) AND ALARM("churn-starts")', AlarmActions=[topic],
    Tags=[{"Key": "dormouse:webhook", "Value": f"http://127.0.0.1:{server.server_port}/hook"}])
assert state("churn-errors") == state("churn-starts") == state("churn-bad", "CompositeAlarm") == "OK"
soon("the webhook hears of the first state", lambda: len(hooked) == 1)

# --- requests, most of them wrong; a minute later everybody has been told
advance(60 - advance(0).second)
assert float(invoke("1,2,3,4")) >= 0
for _ in range(3):
    refused(lambda: invoke("not,a,number,x"), "ModelError", "")
advance(61)
soon("the composite alarm", lambda: state("churn-bad", "CompositeAlarm") == "ALARM")
assert state("churn-errors") == state("churn-starts") == "ALARM"
alarm = cloudwatch.describe_alarms(AlarmNames=["churn-errors"])["MetricAlarms"][0]
assert json.loads(alarm["StateReasonData"])["recentDatapoints"][-1] == 75, alarm
notification = soon("the topic's queue", lambda: taken(ops))[0]
message = json.loads(notification["Message"])
assert notification["Subject"] == 'ALARM: "churn-bad" in us-east-1', notification
assert message["OldStateValue"] == "OK" and message["AlarmRule"].startswith("ALARM(churn-errors)"), message
assert message["TriggeringChildren"][0]["State"]["Value"] == "ALARM", message
event = soon("the bus's queue", lambda: taken(bus))[0]
assert event["detail"]["configuration"]["alarmRule"] == message["AlarmRule"], event
assert event["resources"] == ["arn:aws:cloudwatch:us-east-1:123456789012:alarm:churn-bad"], event
hook = soon("the webhook", lambda: hooked[1] if len(hooked) > 1 else None)
assert hook["detail-type"] == event["detail-type"] and hook["detail"]["state"]["value"] == "ALARM", hook

# --- families, history, a state by hand
children = cloudwatch.describe_alarms(ChildrenOfAlarmName="churn-bad")["MetricAlarms"]
assert [c["AlarmName"] for c in children] == ["churn-errors", "churn-starts"], children
parents = cloudwatch.describe_alarms(ParentsOfAlarmName="churn-starts")["CompositeAlarms"]
assert [p["AlarmName"] for p in parents] == ["churn-bad"], parents
refused(lambda: cloudwatch.delete_alarms(AlarmNames=["churn-starts"]), "ValidationError",
        "Cannot delete churn-starts as there are composite alarm(s) depending on it.")
cloudwatch.set_alarm_state(AlarmName="churn-starts", StateValue="OK", StateReason="seen")
assert state("churn-bad", "CompositeAlarm") == "OK"
history = cloudwatch.describe_alarm_history(AlarmName="churn-bad", AlarmTypes=["CompositeAlarm"],
                                            HistoryItemType="StateUpdate")["AlarmHistoryItems"]
assert [h["HistorySummary"] for h in history] == [
    "Alarm updated from ALARM to OK", "Alarm updated from OK to ALARM",
    "Alarm updated from INSUFFICIENT_DATA to OK"], history
cloudwatch.delete_alarms(AlarmNames=["churn-bad", "churn-errors", "churn-starts"])
logs.delete_metric_filter(logGroupName=GROUP, filterName="starts")

# --- what Prometheus reads, by its own parsers
page = urllib.request.urlopen(URL + "/_dormouse/metrics")
assert page.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8", page.headers
families = {f.name: f for f in prometheus_client.parser.text_string_to_metric_families(page.read().decode())}
asked = urllib.request.Request(URL + "/_dormouse/metrics", headers={"Accept": "application/openmetrics-text;version=1.0.0,*/*;q=0.1"})
opened = {f.name: f for f in prometheus_client.openmetrics.parser.text_string_to_metric_families(
    urllib.request.urlopen(asked).read().decode())}
assert set(families) == set(opened), set(families) ^ set(opened)
assert all(f.documentation and f.type != "unknown" for f in families.values())


def value(family, suffix="", **labels):
    found = [s.value for s in families[family].samples
             if s.name == family + suffix and labels.items() <= s.labels.items()]
    assert len(found) == 1, (family, suffix, labels, families[family].samples)
    return found[0]


churn = {"endpoint": "churn", "variant": "AllTraffic"}
assert value("dormouse_endpoint_invocations", "_total", **churn) == 4
assert value("dormouse_endpoint_errors", "_total", status="4xx", **churn) + \
    value("dormouse_endpoint_errors", "_total", status="5xx", **churn) == 3
assert value("dormouse_endpoint_cold_starts", "_total", **churn) == 1
assert value("dormouse_endpoint_model_seconds", "_bucket", le="+Inf", **churn) == \
    value("dormouse_endpoint_model_seconds", "_count", **churn) >= 1
assert 0 < value("dormouse_endpoint_model_seconds", "_sum", **churn) < 10
assert value("dormouse_endpoint_max_concurrency", **churn) == 4 and value("dormouse_endpoint_queue_depth", **churn) == 0
assert value("dormouse_endpoints") == 1 and value("dormouse_capacity_bytes") > 0
assert value("process_resident_memory_bytes") > 1e6 and value("process_cpu_seconds", "_total") > 0
invoke("1,2,3,4")
families = {f.name: f for f in prometheus_client.parser.text_string_to_metric_families(
    urllib.request.urlopen(URL + "/_dormouse/metrics").read().decode())}
assert value("dormouse_endpoint_invocations", "_total", **churn) == 5
print("alarmed,", len(set(strict.seen)), "operations")
