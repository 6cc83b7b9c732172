"""Splits rows into those to train on and those held back."""

import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--held", type=int)
args = parser.parse_args()
with open("/opt/ml/processing/input/all/rows.csv") as file:
    lines = file.read().splitlines()
for name, part in (("train", lines[: -args.held]), ("held", lines[-args.held :])):
    with open("/opt/ml/processing/%s/rows.csv" % name, "w") as file:
        file.write("\n".join(part))
