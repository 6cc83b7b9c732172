# The aws CLI: an asynchronous invocation, and a payload by reference made by hand. Arguments: the endpoint, an
# asynchronous one, the bucket for results.
set -euo pipefail
endpoint=$1 later=$2 bucket=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '5.1,3.5,1.4,0.2\n' > "$work/row.csv"
aws s3 cp "$work/row.csv" "s3://$bucket/cli/row.csv" > "$work/log"
aws sagemaker-runtime invoke-endpoint-async --endpoint-name "$later" --content-type text/csv \
    --input-location "s3://$bucket/cli/row.csv" --request-ttl-seconds 600 --output json > "$work/accepted"
output=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["OutputLocation"])' "$work/accepted")
for _ in $(seq 100); do
    aws s3 cp "$output" "$work/answer" > "$work/log" 2>&1 && break
done
aws sagemaker-runtime invoke-endpoint --endpoint-name "$endpoint" --content-type text/csv \
    --body "fileb://$work/row.csv" "$work/direct" > "$work/log"
cmp "$work/answer" "$work/direct"

# docs/payloads.md, by hand: 7 MB of rows.
own=dormouse-payloads-us-east-1-123456789012
seq 460000 | sed 's:.*:5.1,3.5,1.4,0.2:' > "$work/rows.csv"
aws s3 cp "$work/rows.csv" "s3://$own/by-hand/rows.csv" > "$work/log"
python3 - "$work/rows.csv" "$own" > "$work/reference.json" <<'PYTHON'
import base64, datetime, hashlib, json, os, sys
name, bucket = sys.argv[1:]
print(json.dumps({"Bucket": bucket, "Key": "by-hand/rows.csv", "Bytes": os.path.getsize(name), "ContentType": "text/csv",
    "ChecksumSHA256": base64.b64encode(hashlib.sha256(open(name, "rb").read()).digest()).decode(),
    "Expires": (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")}))
PYTHON
type=application/vnd.dormouse.payload+json
aws sagemaker-runtime invoke-endpoint --endpoint-name "$endpoint" --content-type $type --accept "text/csv, $type" \
    --body "fileb://$work/reference.json" "$work/where.json" > "$work/log"
curl -sf "$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["Url"])' "$work/where.json")" > "$work/scores"
[ "$(grep -c . "$work/scores")" = 460000 ]
echo "the aws CLI too"
