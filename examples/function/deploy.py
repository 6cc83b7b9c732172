#!/usr/bin/env python3
"""Puts the function in front of an endpoint, with a URL that everybody may call:

    eval "$(./dormouse env)"
    examples/function/deploy.py front my-endpoint [KEY=VALUE …]

The last are environment variables of handler.py, or tags where they begin with dormouse:, such as
dormouse:rate=10/20. Prints the URL. On AWS it does the same; ROLE names the function's role there.
"""

import io
import os
import pathlib
import sys
import zipfile

import boto3

HERE = pathlib.Path(__file__).resolve().parent
FILES = {
    "handler.py": HERE / "handler.py",
    "dormouse_payloads.py": HERE.parent.parent / "clients/python/dormouse_payloads.py",
}


def package():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in FILES.items():
            archive.write(file, name)
    return out.getvalue()


def deploy(name, endpoint, settings, role):
    client = boto3.client("lambda")
    tags = {key: value for key, value in settings.items() if key.startswith("dormouse:")}
    variables = {key: value for key, value in settings.items() if key not in tags}
    client.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="handler.main",
        Role=role,
        Timeout=60,
        MemorySize=512,
        Environment={"Variables": {"ENDPOINT": endpoint, **variables}},
        Tags=tags,
        Code={"ZipFile": package()},
    )
    client.get_waiter("function_active_v2").wait(FunctionName=name)
    made = client.create_function_url_config(FunctionName=name, AuthType="NONE")
    client.add_permission(
        FunctionName=name,
        StatementId="public",
        Action="lambda:InvokeFunctionUrl",
        Principal="*",
        FunctionUrlAuthType="NONE",
    )
    return made["FunctionUrl"]


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    given = dict(each.split("=", 1) for each in sys.argv[3:])
    default_role = "arn:aws:iam::123456789012:role/front"
    print(deploy(sys.argv[1], sys.argv[2], given, os.environ.get("ROLE", default_role)))
