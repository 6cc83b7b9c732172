"""CloudWatch gives the same answers over each protocol that AWS's clients speak with it."""

import datetime

import boto3
import botocore.model
from botocore.exceptions import ClientError

NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
told = {}
for protocol in ("json", "query", "smithy-rpc-v2-cbor"):
    botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = (protocol,)
    cloudwatch = boto3.Session().client("cloudwatch")
    assert cloudwatch.meta.service_model.resolved_protocol == protocol
    if not told:
        for minute, value in ((3, 1.5), (2, 2.5), (1, 4)):
            cloudwatch.put_metric_data(Namespace="Protocols", MetricData=[
                {"MetricName": "told", "Value": value, "Unit": "Count", "Dimensions": [{"Name": "a", "Value": "b ü"}],
                 "Timestamp": NOW - datetime.timedelta(minutes=minute)}])
    span = {"StartTime": NOW - datetime.timedelta(minutes=10), "EndTime": NOW + datetime.timedelta(minutes=1)}
    dimensions = [{"Name": "a", "Value": "b ü"}]
    answers = [
        cloudwatch.list_metrics(Namespace="Protocols"),
        cloudwatch.get_metric_statistics(Namespace="Protocols", MetricName="told", Period=3600, Dimensions=dimensions,
                                         Statistics=["Sum", "Average", "Maximum", "SampleCount"], **span),
        cloudwatch.get_metric_data(MetricDataQueries=[
            {"Id": "q", "MetricStat": {"Metric": {"Namespace": "Protocols", "MetricName": "told", "Dimensions": dimensions},
                                       "Period": 60, "Stat": "Sum"}}], **span),
    ]
    assert sorted(answers[2]["MetricDataResults"][0]["Values"]) == [1.5, 2.5, 4], answers[2]
    for answer in answers:
        assert answer.pop("ResponseMetadata")["RequestId"]
        answer.pop("NextToken", None)
    try:
        cloudwatch.get_metric_statistics(Namespace="Protocols", MetricName="told", Period=7, **span)
        raise AssertionError("a period of seven seconds is refused")
    except ClientError as e:
        answers.append([e.response["Error"]["Code"], e.response["Error"]["Message"]])
    told[protocol] = answers
for protocol, answers in told.items():
    assert answers == told["json"], f"{protocol}: {answers}\njson: {told['json']}"
print("the same in", len(told), "protocols")
