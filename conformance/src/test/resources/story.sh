#!/usr/bin/env bash
# The story as the aws CLI tells it. Arguments: the folder of the flights, a name, an ONNX model.
set -euo pipefail
folder=$1 name=$2 onnx=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bucket="$name-$$"

aws s3 mb "s3://$bucket"
aws s3 cp "$folder/flights.csv.gz" "s3://$bucket/data/flights.csv.gz" --quiet
mkdir "$work/sync" && echo one >"$work/sync/1.txt" && echo two >"$work/sync/2.txt"
aws s3 sync "$work/sync" "s3://$bucket/sync" --quiet
aws s3 mv "s3://$bucket/sync/1.txt" "s3://$bucket/sync/3.txt" --quiet
[ "$(aws s3 ls "s3://$bucket/sync/" | awk '{print $4}' | tr '\n' ' ')" = "2.txt 3.txt " ]
[ "$(curl -sf "$(aws s3 presign "s3://$bucket/sync/3.txt")")" = one ]

mkdir "$work/model" && cp "$onnx" "$work/model/model.onnx"
tar -czf "$work/model.tar.gz" -C "$work/model" model.onnx
aws s3 cp "$work/model.tar.gz" "s3://$bucket/model.tar.gz" --quiet
aws iam create-role --role-name "$name" --assume-role-policy-document \
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"sagemaker.amazonaws.com"},"Action":"sts:AssumeRole"}]}' >/dev/null
role=$(aws iam get-role --role-name "$name" --query Role.Arn --output text)
aws sagemaker create-model --model-name "$name" --execution-role-arn "$role" --primary-container \
    "Image=123456789012.dkr.ecr.us-east-1.amazonaws.com/dormouse-onnx:latest,ModelDataUrl=s3://$bucket/model.tar.gz" >/dev/null
aws sagemaker create-endpoint-config --endpoint-config-name "$name" --production-variants \
    "[{\"VariantName\":\"AllTraffic\",\"ModelName\":\"$name\",\"ServerlessConfig\":{\"MemorySizeInMB\":1024,\"MaxConcurrency\":2}}]" >/dev/null
aws sagemaker create-endpoint --endpoint-name "$name" --endpoint-config-name "$name" >/dev/null
while [ "$(aws sagemaker describe-endpoint --endpoint-name "$name" --query EndpointStatus --output text)" = Creating ]; do :; done
aws sagemaker wait endpoint-in-service --endpoint-name "$name"
aws sagemaker-runtime invoke-endpoint --endpoint-name "$name" --content-type application/json \
    --body "fileb://$onnx.request.json" "$work/answer" >/dev/null
echo "answer: $(head -c 200 "$work/answer")"

now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
aws cloudwatch put-metric-data --namespace story --metric-name told --value 1 --unit Count
aws cloudwatch list-metrics --namespace story --query 'Metrics[0].MetricName' --output text | grep -qx told
aws logs describe-log-groups --log-group-name-prefix "/aws/sagemaker/Endpoints/" >/dev/null
aws sagemaker delete-endpoint --endpoint-name "$name"
aws sagemaker wait endpoint-deleted --endpoint-name "$name"
aws sagemaker delete-endpoint-config --endpoint-config-name "$name"
aws sagemaker delete-model --model-name "$name"
aws iam delete-role --role-name "$name"
aws s3 rm "s3://$bucket" --recursive --quiet
aws s3 rb "s3://$bucket"
echo "told at $now"
