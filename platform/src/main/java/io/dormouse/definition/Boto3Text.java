package io.dormouse.definition;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A definition as a Python script that needs boto3 alone. It uploads, creates or updates, waits
/// and tries the endpoint.
///
/// @param export the definition, with its framework
record Boto3Text(Export export) {
    private static final String STEPS =
            """


            def digest(data):
                return hashlib.sha256(data).hexdigest()


            def packed(path):
                data = pathlib.Path(path).read_bytes()
                if path.endswith((".tar.gz", ".tgz")):
                    return data
                entry = tarfile.TarInfo(ENTRY)
                entry.size = len(data)
                tar = io.BytesIO()
                with tarfile.open(fileobj=tar, mode="w") as archive:
                    archive.addfile(entry, io.BytesIO(data))
                return gzip.compress(tar.getvalue(), mtime=0)


            def uploaded(s3):
                data = packed(MODEL)
                bucket = f"sagemaker-{region}-{account}"
                try:
                    s3.head_bucket(Bucket=bucket)
                except s3.exceptions.ClientError:
                    where = {} if region == "us-east-1" else {
                        "CreateBucketConfiguration": {"LocationConstraint": region}}
                    s3.create_bucket(Bucket=bucket, **where)
                key = f"dormouse/{NAME}/{digest(data)[:32]}/model.tar.gz"
                s3.put_object(Bucket=bucket, Key=key, Body=data)
                return f"s3://{bucket}/{key}"


            def missing(describe, **name):
                try:
                    describe(**name)
                    return False
                except sagemaker.exceptions.ClientError as e:
                    if "Could not find" not in str(e):
                        raise
                    return True


            session = boto3.Session()
            region = session.region_name
            account = session.client("sts").get_caller_identity()["Account"]
            print(f"account {account}, Region {region}")
            if not ROLE_ARN:
                sys.exit("Name the execution role: ROLE_ARN=arn:aws:iam::ACCOUNT:role/NAME")
            sagemaker = session.client("sagemaker")

            container = {"Image": IMAGE or f"{REGISTRIES.get(region) or account}.dkr.ecr.{region}.amazonaws.com/{REPOSITORY}"}
            if MODEL:
                container["ModelDataUrl"] = MODEL if MODEL.startswith("s3://") else uploaded(session.client("s3"))
            if ENVIRONMENT:
                container["Environment"] = ENVIRONMENT
            own = [{"Key": "dormouse:definition", "Value": NAME}]

            model = {"ExecutionRoleArn": ROLE_ARN, "PrimaryContainer": container, "Tags": own}
            model_name = f"{NAME}-{digest(json.dumps(model, sort_keys=True).encode())[:12]}"
            if missing(sagemaker.describe_model, ModelName=model_name):
                sagemaker.create_model(ModelName=model_name, **model)
            config = {"ProductionVariants": [{"VariantName": "AllTraffic", "ModelName": model_name,
                      "InitialVariantWeight": 1.0, "ServerlessConfig": SERVERLESS}], "Tags": own}
            config_name = f"{NAME}-{digest(json.dumps(config, sort_keys=True).encode())[:12]}"
            if missing(sagemaker.describe_endpoint_config, EndpointConfigName=config_name):
                sagemaker.create_endpoint_config(EndpointConfigName=config_name, **config)

            tags = [{"Key": key, "Value": value} for key, value in sorted(TAGS.items())]
            endpoint = {"EndpointName": NAME, "EndpointConfigName": config_name}
            if missing(sagemaker.describe_endpoint, EndpointName=NAME):
                sagemaker.create_endpoint(Tags=tags, **endpoint)
            else:
                found = sagemaker.describe_endpoint(EndpointName=NAME)
                sagemaker.add_tags(ResourceArn=found["EndpointArn"], Tags=tags)
                if found["EndpointConfigName"] != config_name:
                    sagemaker.update_endpoint(**endpoint)
            sagemaker.get_waiter("endpoint_in_service").wait(
                EndpointName=NAME, WaiterConfig={"Delay": 2, "MaxAttempts": 1800})
            print(f"{NAME} is in service")
            if PAYLOAD:
                answer = session.client("sagemaker-runtime").invoke_endpoint(
                    EndpointName=NAME, ContentType=CONTENT_TYPE, Body=pathlib.Path(PAYLOAD).read_bytes())
                print(answer["Body"].read().decode(errors="replace"))
            """;

    String text() {
        Definition definition = export.definition();
        Map<String, String> tags = new TreeMap<>();
        definition.settings().forEach((key, value) -> tags.put("dormouse:" + key, value));
        tags.put(Desired.MADE_FROM, definition.name());
        return """
        #!/usr/bin/env python3
        # Deploys %s by boto3, into the account and Region of its default credentials. Run it in the folder
        # of the definition: model and payload are relative to it.
        import gzip
        import hashlib
        import io
        import json
        import os
        import pathlib
        import sys
        import tarfile

        import boto3

        NAME = %s
        MODEL = %s
        ENTRY = %s
        IMAGE = %s
        REPOSITORY = %s
        REGISTRIES = %s
        SERVERLESS = {"MemorySizeInMB": %d, "MaxConcurrency": %d%s}
        ENVIRONMENT = %s
        TAGS = %s
        PAYLOAD = %s
        CONTENT_TYPE = %s
        ROLE_ARN = os.environ.get("ROLE_ARN") or %s
        """
                        .formatted(
                                definition.name(),
                                Export.quoted(definition.name()),
                                optional(definition.model()),
                                Export.quoted(
                                        export.framework() == Framework.XGBOOST
                                                ? "xgboost-model"
                                                : "model.onnx"),
                                optional(definition.image()),
                                Export.quoted(export.framework().image()),
                                map(
                                        export.hasRegistries()
                                                ? export.framework().registries()
                                                : Map.of()),
                                definition.memoryMb(),
                                definition.maxConcurrency(),
                                definition.provisioned() > 0
                                        ? ", \"ProvisionedConcurrency\": "
                                                + definition.provisioned()
                                        : "",
                                map(definition.environment()),
                                map(tags),
                                optional(definition.payload()),
                                Export.quoted(definition.payloadType()),
                                optional(definition.roleArn()))
                + STEPS;
    }

    private static String optional(Optional<String> text) {
        return text.map(Export::quoted).orElse("None");
    }

    private static String map(Map<String, String> map) {
        return map.entrySet().stream()
                .map(each -> Export.quoted(each.getKey()) + ": " + Export.quoted(each.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
    }
}
