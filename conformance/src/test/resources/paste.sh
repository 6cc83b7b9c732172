#!/usr/bin/env bash
# What `./dormouse deploy -v` prints is pasted for the aws CLI. Arguments: the launcher, the platform's data folder,
# an XGBoost model.
set -euo pipefail
dormouse=$1 data=$2 model=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cp "$model" tree.json
export AWS_ENDPOINT_URL= # the commands below find the platform by its folder
eval "$("$dormouse" env --data "$data")"
"$dormouse" deploy tree.json --name pasted --memory 1024 -v --data "$data" 2>printed
answer=$("$dormouse" invoke pasted --body 1,2,3,4 --data "$data")
# What it says to pack, and each call that it made; what only looks is harmless.
sed -nE 's/^Packing and uploading [^:]*: //p; s/^  (aws .*)$/\1/p; s/^  (printf .*)$/\1/p' printed >paste
cat paste
for each in create-model create-endpoint-config create-endpoint put-object; do grep -q "aws .* $each " paste; done
"$dormouse" delete pasted --data "$data" >/dev/null
aws s3 rb --force "s3://$(sed -nE 's/.*create-bucket --bucket ([^ ]+).*/\1/p' paste)" >/dev/null
# A look at what is not there yet fails, as it did for the command.
bash -ec "$(grep -v 'head-bucket\|describe-endpoint' paste)"
aws sagemaker wait endpoint-in-service --endpoint-name pasted
[ "$("$dormouse" invoke pasted --body 1,2,3,4 --data "$data")" = "$answer" ]
"$dormouse" invoke pasted --body 1,2,3,4 -v --data "$data" 2>&1 >/dev/null | sed -nE 's/^  (aws .*)$/\1/p' >paste
cat paste
bash -ec "$(cat paste)" | grep -q "$answer"
"$dormouse" delete pasted --data "$data" >/dev/null
echo "pasted"
