"""Provisioned concurrency and Application Auto Scaling as boto3 tells it, on an ephemeral platform whose clock is
moved: ready before the first request, spilled over beyond, scaled by load and by schedule. Run with AWS_ENDPOINT_URL
set; the argument is the file of an XGBoost model."""

import datetime
import io
import json
import os
import sys
import tarfile
import time
import urllib.request

import boto3
import strict
from botocore.exceptions import ClientError

model = sys.argv[1]
session = boto3.Session()
strict.install(session)
s3 = session.client("s3")
sagemaker = session.client("sagemaker")
runtime = session.client("sagemaker-runtime")
cloudwatch = session.client("cloudwatch")
scaling = session.client("application-autoscaling")
ROLE = "arn:aws:iam::123456789012:role/any"
XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
VARIANT = {"ServiceNamespace": "sagemaker", "ResourceId": "endpoint/steady/variant/AllTraffic",
           "ScalableDimension": "sagemaker:variant:DesiredProvisionedConcurrency"}
HALF = {"TargetValue": 0.5, "ScaleInCooldown": 60, "PredefinedMetricSpecification": {
    "PredefinedMetricType": "SageMakerVariantProvisionedConcurrencyUtilization"}}


def refused(call, code, text=""):
    try:
        call()
    except ClientError as e:
        error = e.response["Error"]
        assert error["Code"] == code, error
        assert text in error["Message"], error
        return
    raise AssertionError(f"not refused with {code}")


def own(path, body=None):
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"] + "/_dormouse/" + path,
                                     data=body and json.dumps(body).encode())
    return json.loads(urllib.request.urlopen(request).read())


def advance(seconds):
    return datetime.datetime.fromisoformat(own("clock", {"advance_seconds": seconds})["now"][:19] + "+00:00")


def next_minute():
    advance(60 - advance(0).second)


def until(what, condition):
    deadline = time.time() + 60
    while not condition():
        assert time.time() < deadline, "never happened: " + what
        time.sleep(0.02)


def described():
    return sagemaker.describe_endpoint(EndpointName="steady")


def provisioned():
    return described()["ProductionVariants"][0]["CurrentServerlessConfig"].get("ProvisionedConcurrency")


def activities():
    return scaling.describe_scaling_activities(**VARIANT)["ScalingActivities"]


def invoke():
    return runtime.invoke_endpoint(EndpointName="steady", ContentType="text/csv", Body=b"1,2,3,4")["Body"].read()


# --- an endpoint with one instance that is always ready
archive = io.BytesIO()
with tarfile.open(fileobj=archive, mode="w:gz") as tar:
    tar.add(model, arcname="xgboost-model")
s3.create_bucket(Bucket="steady")
s3.put_object(Bucket="steady", Key="model.tar.gz", Body=archive.getvalue())
sagemaker.create_model(ModelName="steady", ExecutionRoleArn=ROLE,
                       PrimaryContainer={"Image": XGBOOST, "ModelDataUrl": "s3://steady/model.tar.gz"})


def config(name, **serverless):
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[
        {"VariantName": "AllTraffic", "ModelName": "steady",
         "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 4, **serverless}}])


refused(lambda: config("toomuch", ProvisionedConcurrency=5), "ValidationException", "ProvisionedConcurrency")
config("ondemand")
config("steady", ProvisionedConcurrency=1)
refused(lambda: scaling.register_scalable_target(**VARIANT, MinCapacity=1, MaxCapacity=3), "ValidationException", "doesn't exist")
sagemaker.create_endpoint(EndpointName="steady", EndpointConfigName="steady")
until("in service", lambda: described()["EndpointStatus"] == "InService")
assert described()["ProductionVariants"][0]["CurrentInstanceCount"] == 1, described()
assert own("endpoints/steady/starts")["variants"][0]["starting"] == 0

# --- what is registered, and what is not
refused(lambda: scaling.put_scaling_policy(**VARIANT, PolicyName="half", PolicyType="TargetTrackingScaling",
                                           TargetTrackingScalingPolicyConfiguration=HALF),
        "ObjectNotFoundException", "No scalable target registered for service namespace: sagemaker, resource ID: "
        "endpoint/steady/variant/AllTraffic, scalable dimension: sagemaker:variant:DesiredProvisionedConcurrency")
refused(lambda: scaling.deregister_scalable_target(**VARIANT), "ObjectNotFoundException", "No scalable target found")
refused(lambda: scaling.register_scalable_target(**VARIANT, MinCapacity=2), "ValidationException", "MaxCapacity")
refused(lambda: scaling.register_scalable_target(**VARIANT, MinCapacity=3, MaxCapacity=2), "ValidationException",
        "Maximum capacity cannot be less than minimum capacity")
refused(lambda: scaling.register_scalable_target(**VARIANT, MinCapacity=1, MaxCapacity=5), "ValidationException", "MaxConcurrency 4")
for other in ({"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"},
              {"ScalableDimension": "sagemaker:variant:DesiredInstanceCount"}, {"ResourceId": "variant/AllTraffic"}):
    refused(lambda: scaling.register_scalable_target(**{**VARIANT, **other}, MinCapacity=1, MaxCapacity=3),
            "ValidationException", "Unsupported service namespace, resource type or scalable dimension")
refused(lambda: scaling.register_scalable_target(**{**VARIANT, "ServiceNamespace": "sagemakers"}, MinCapacity=1, MaxCapacity=3),
        "ValidationException", "Member must satisfy enum value set")
arn = scaling.register_scalable_target(**VARIANT, MinCapacity=1, MaxCapacity=3, Tags={"team": "sleep"})["ScalableTargetARN"]
assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"team": "sleep"}
scaling.tag_resource(ResourceARN=arn, Tags={"more": "1"})
scaling.untag_resource(ResourceARN=arn, TagKeys=["team"])
assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"more": "1"}
refused(lambda: scaling.list_tags_for_resource(ResourceARN=arn[:-3] + "abc"), "ResourceNotFoundException", "abc")
targets = scaling.describe_scalable_targets(ServiceNamespace="sagemaker", ResourceIds=[VARIANT["ResourceId"]])["ScalableTargets"]
assert [(t["MinCapacity"], t["MaxCapacity"], t["ScalableTargetARN"]) for t in targets] == [(1, 3, arn)], targets
assert scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"] == []
refused(lambda: scaling.describe_scalable_targets(ServiceNamespace="sagemaker", NextToken="none"), "InvalidNextTokenException")

# --- policies
for wrong, text in (({"TargetValue": 0}, "TargetValue"), ({"ScaleInCooldown": -1}, "ScaleInCooldown"),
                    ({"PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}, "not valid")):
    refused(lambda: scaling.put_scaling_policy(**VARIANT, PolicyName="half", PolicyType="TargetTrackingScaling",
                                               TargetTrackingScalingPolicyConfiguration={**HALF, **wrong}), "ValidationException", text)
refused(lambda: scaling.put_scaling_policy(**VARIANT, PolicyName="step", PolicyType="StepScaling",
                                           StepScalingPolicyConfiguration={}), "ValidationException", "not supported")
put = scaling.put_scaling_policy(**VARIANT, PolicyName="half", PolicyType="TargetTrackingScaling",
                                 TargetTrackingScalingPolicyConfiguration=HALF)
again = scaling.put_scaling_policy(**VARIANT, PolicyName="half", TargetTrackingScalingPolicyConfiguration={**HALF, "DisableScaleIn": True})
assert again["PolicyARN"] == put["PolicyARN"] and len(put["Alarms"]) == 2 and len(again["Alarms"]) == 1, (put, again)
put = scaling.put_scaling_policy(**VARIANT, PolicyName="half", TargetTrackingScalingPolicyConfiguration=HALF)
custom = {"TargetValue": 10.0, "DisableScaleIn": True, "CustomizedMetricSpecification": {
    "MetricName": "Waiting", "Namespace": "Mine", "Dimensions": [{"Name": "Queue", "Value": "q"}], "Statistic": "Maximum"}}
scaling.put_scaling_policy(**VARIANT, PolicyName="queue", PolicyType="TargetTrackingScaling",
                           TargetTrackingScalingPolicyConfiguration=custom)
pages = scaling.get_paginator("describe_scaling_policies").paginate(ServiceNamespace="sagemaker", PaginationConfig={"PageSize": 1})
policies = [p for page in pages for p in page["ScalingPolicies"]]
assert [p["PolicyName"] for p in policies] == ["half", "queue"], policies
assert policies[0]["TargetTrackingScalingPolicyConfiguration"] == HALF, policies
assert policies[1]["TargetTrackingScalingPolicyConfiguration"] == custom, policies

# --- the alarms of a policy stand in CloudWatch's list
def alarms():
    listed = cloudwatch.describe_alarms(AlarmNamePrefix="TargetTracking-endpoint/steady/variant/AllTraffic-")["MetricAlarms"]
    return {a["AlarmName"]: a for a in listed}


high, low = (alarms()[a["AlarmName"]] for a in put["Alarms"])
assert len(alarms()) == 3 and high["AlarmArn"] == put["Alarms"][0]["AlarmARN"], alarms()
assert (high["Threshold"], high["EvaluationPeriods"], high["ComparisonOperator"]) == (0.5, 3, "GreaterThanThreshold"), high
assert (low["Threshold"], low["EvaluationPeriods"], low["ComparisonOperator"]) == (0.45, 15, "LessThanThreshold"), low
assert high["AlarmActions"] == [put["PolicyARN"]] and high["StateValue"] != "ALARM", high

# --- load: three minutes of it, then more is ready
next_minute()
for _ in range(3):
    assert provisioned() == 1
    invoke()
    next_minute()
until("2 provisioned", lambda: provisioned() == 2)
newest = activities()[0]
assert newest["Cause"] == f"monitor alarm {put['Alarms'][0]['AlarmName']} in state ALARM triggered policy half", newest
assert newest["Description"] == "Setting desired provisioned concurrency to 2.", newest
assert newest["StatusCode"] == "Successful" and newest["StatusMessage"].endswith("Change successfully fulfilled by sagemaker."), newest
assert described()["ProductionVariants"][0]["CurrentInstanceCount"] >= 2
assert alarms()[high["AlarmName"]]["StateValue"] == "ALARM", alarms()
metrics = {m["MetricName"] for m in cloudwatch.list_metrics(Namespace="AWS/SageMaker")["Metrics"]}
prefix = "ServerlessProvisionedConcurrency"
assert {prefix + n for n in ("Executions", "Utilization", "Invocations", "SpilloverInvocations")} <= metrics, metrics

# --- a metric of one's own
for _ in range(3):
    cloudwatch.put_metric_data(Namespace="Mine", MetricData=[
        {"MetricName": "Waiting", "Dimensions": [{"Name": "Queue", "Value": "q"}], "Value": 15, "Timestamp": advance(0)}])
    next_minute()
until("3 provisioned", lambda: provisioned() == 3)
assert activities()[0]["Cause"].endswith("triggered policy queue"), activities()[0]
scaling.delete_scaling_policy(**VARIANT, PolicyName="queue")
refused(lambda: scaling.delete_scaling_policy(**VARIANT, PolicyName="queue"), "ObjectNotFoundException", "No scaling policy found")

# --- silence
advance(17 * 60)
until("1 provisioned", lambda: provisioned() == 1)
assert "-AlarmLow-" in activities()[0]["Cause"], activities()[0]

# --- scheduled actions
for wrong in ("cron(0 12 * * * *)", "rate(0 minutes)", "at(2020-01-01T00:00:00)", "tomorrow"):
    refused(lambda: scaling.put_scheduled_action(**VARIANT, ScheduledActionName="noon", Schedule=wrong,
                                                 ScalableTargetAction={"MinCapacity": 2}), "ValidationException")
refused(lambda: scaling.put_scheduled_action(**VARIANT, ScheduledActionName="noon", Schedule="cron(0 12 * * ? *)", Timezone="Nowhere/Here",
                                             ScalableTargetAction={"MinCapacity": 2}), "ValidationException", "Timezone")
scaling.put_scheduled_action(**VARIANT, ScheduledActionName="noon", Schedule="cron(0 12 * * ? *)", Timezone="Europe/Berlin",
                             ScalableTargetAction={"MinCapacity": 2, "MaxCapacity": 4})
scheduled = scaling.describe_scheduled_actions(ServiceNamespace="sagemaker", ScheduledActionNames=["noon"])["ScheduledActions"]
assert scheduled[0]["Timezone"] == "Europe/Berlin" and scheduled[0]["ScalableTargetAction"] == {"MinCapacity": 2, "MaxCapacity": 4}
advance(24 * 3600)
until("2 provisioned", lambda: provisioned() == 2)
causes = [a["Cause"] for a in activities()[:2]]
assert causes == ["minimum capacity was set to 2", "scheduled action name noon was triggered"], causes
target = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"][0]
assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 4), target
scaling.register_scalable_target(**VARIANT, SuspendedState={"ScheduledScalingSuspended": True})
scaling.put_scheduled_action(**VARIANT, ScheduledActionName="noon", ScalableTargetAction={"MinCapacity": 3, "MaxCapacity": 4})
advance(24 * 3600)
target = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"][0]
assert target["MinCapacity"] == 2 and target["SuspendedState"]["ScheduledScalingSuspended"], target
scaling.delete_scheduled_action(**VARIANT, ScheduledActionName="noon")
refused(lambda: scaling.delete_scheduled_action(**VARIANT, ScheduledActionName="noon"), "ObjectNotFoundException",
        "No scheduled action found")

# --- the end: with the endpoint go its target and its policies
sagemaker.delete_endpoint(EndpointName="steady")
until("deregistered", lambda: scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"] == [])
assert scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"] == []
sagemaker.create_endpoint(EndpointName="steady", EndpointConfigName="ondemand")
until("in service", lambda: described()["EndpointStatus"] == "InService")
refused(lambda: scaling.register_scalable_target(**VARIANT, MinCapacity=1, MaxCapacity=3), "ValidationException", "ProvisionedConcurrency")
print("scaled,", len(set(strict.seen)), "operations seen")
