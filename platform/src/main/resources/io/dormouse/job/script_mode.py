"""Runs a training script as SageMaker's framework containers do: hyperparameters as arguments,
the SM_* variables of sagemaker-training-toolkit, its text where the script fails.

    script_mode.py <framework module>

/opt/ml is where DORMOUSE_ML_ROOT says. Needs nothing but Python's own library.
"""

import builtins
import json
import multiprocessing
import os
import re
import shlex
import signal
import subprocess
import sys
import threading

ROOT = os.environ.get("DORMOUSE_ML_ROOT", "/opt/ml")
INPUT = os.path.join(ROOT, "input")
CONFIG = os.path.join(INPUT, "config")
OUTPUT = os.path.join(ROOT, "output")
CODE = os.path.join(ROOT, "code")

# What the toolkit keeps for itself. Others that begin with sagemaker_ are the framework's.
OWN = (
    "sagemaker_program",
    "sagemaker_submit_directory",
    "sagemaker_enable_cloudwatch_metrics",
    "sagemaker_region",
    "sagemaker_container_log_level",
    "sagemaker_job_name",
    "default_user_module_name",
    "_tuning_objective_metric",
    "sagemaker_s3_output",
)
ERRORS = [
    name
    for name, each in vars(builtins).items()
    if isinstance(each, type)
    and issubclass(each, BaseException)
    and not issubclass(each, Warning)
] + ["ExecuteUserScriptError"]
ERROR_LINES_MAX = 200


def config(name):
    with open(os.path.join(CONFIG, name + ".json")) as file:
        return json.load(file)


def decoded(value):
    """Values are JSON, as the SDK writes them, or else words."""
    try:
        return json.loads(value)
    except (ValueError, TypeError):
        return value


def arguments(hyperparameters):
    words = []
    for name in sorted(hyperparameters):
        value = hyperparameters[name]
        words.append(("--" if len(name) > 1 else "-") + name)
        if isinstance(value, dict):
            words.append(",".join("%s=%s" % pair for pair in sorted(value.items())))
        else:
            words.append("" if value is None else str(value))
    return words


def variable(value):
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def gpus():
    try:
        found = subprocess.run(
            ["nvidia-smi", "--list-gpus"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        return sum(line.startswith(b"GPU ") for line in found.stdout.splitlines())
    except OSError:
        return 0


def environment(framework, every, given):
    """What the toolkit calls the training environment, by its names."""
    resources = config("resourceconfig")
    channels = config("inputdataconfig")
    groups = resources.get("instance_groups", [])
    group = resources.get("current_group_name", "homogeneousCluster")
    hosts = resources["hosts"]
    program = str(every.get("sagemaker_program"))
    module = program[:-3] if program.endswith(".py") else program
    return {
        "additional_framework_parameters": {
            name: value
            for name, value in every.items()
            if name.startswith("sagemaker_") and name not in OWN
        },
        "channel_input_dirs": {
            name: os.path.join(INPUT, "data", name) for name in channels
        },
        "current_host": resources["current_host"],
        "current_instance_group": group,
        "current_instance_group_hosts": next(
            (each["hosts"] for each in groups if each["instance_group_name"] == group), []
        ),
        "current_instance_type": resources.get("current_instance_type", "local"),
        "distribution_hosts": [],
        "distribution_instance_groups": [],
        "framework_module": framework,
        "hosts": hosts,
        "hyperparameters": given,
        "input_config_dir": CONFIG,
        "input_data_config": channels,
        "input_dir": INPUT,
        "instance_groups": [each["instance_group_name"] for each in groups],
        "instance_groups_dict": {each["instance_group_name"]: each for each in groups},
        "is_hetero": False,
        "is_master": resources["current_host"] == sorted(hosts)[0],
        "job_name": os.environ.get("TRAINING_JOB_NAME"),
        "log_level": int(every.get("sagemaker_container_log_level", 20)),
        "master_hostname": hosts[0],
        "model_dir": os.path.join(ROOT, "model"),
        "module_dir": str(every.get("sagemaker_submit_directory", CODE)),
        "module_name": module,
        "network_interface_name": resources.get("network_interface_name", "eth0"),
        "num_cpus": multiprocessing.cpu_count(),
        "num_gpus": gpus(),
        "num_neurons": 0,
        "output_data_dir": os.path.join(OUTPUT, "data"),
        "output_dir": OUTPUT,
        "output_intermediate_dir": os.path.join(OUTPUT, "intermediate"),
        "resource_config": resources,
        "user_entry_point": program,
    }


def variables(about):
    shown = dict(about)
    shown["training_env"] = about
    shown["user_args"] = arguments(about["hyperparameters"])
    shown["hps"] = shown.pop("hyperparameters")
    shown["framework_params"] = shown.pop("additional_framework_parameters")
    directories = shown.pop("channel_input_dirs")
    shown["channels"] = sorted(directories)
    for name in ("distribution_hosts", "is_master", "job_name", "master_hostname"):
        del shown[name]  # told in SM_TRAINING_ENV alone
    for name, path in directories.items():
        shown["channel_" + name] = path
    for name, value in about["hyperparameters"].items():
        shown["hp_" + name] = value
    return {"SM_" + name.upper(): variable(value) for name, value in shown.items()}


def command(program, words):
    if os.path.exists(os.path.join(CODE, "setup.py")):
        name = program[:-3] if program.endswith(".py") else program
        return [sys.executable, "-m", name] + words
    if program.endswith(".py"):
        return [sys.executable, program] + words
    path = os.path.join(CODE, program)
    if os.path.exists(path):
        os.chmod(path, 0o777)
    return ["/bin/sh", "-c", "./%s %s" % (program, " ".join(map(shlex.quote, words)))]


class Watch(threading.Thread):
    """Hands a stream of the script on, line by line, and remembers what it says of an error."""

    def __init__(self, source, sink):
        super().__init__(daemon=True)
        self.source, self.sink, self.said = source, sink, []
        self.start()

    def run(self):
        for raw in self.source:
            line = raw.decode("utf-8", "replace")
            self.sink.write(line)
            self.sink.flush()
            line = line.strip(" :\n")
            begun = self.said or any(error in line for error in ERRORS)
            if begun and line not in self.said and len(self.said) < ERROR_LINES_MAX:
                self.said.append(line)


def run(words, environ):
    script = subprocess.Popen(
        words, cwd=CODE, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    signal.signal(signal.SIGTERM, lambda *_: script.terminate())
    watches = [Watch(script.stdout, sys.stdout), Watch(script.stderr, sys.stderr)]
    code = script.wait()
    if code < 0:
        code = 128 - code  # as a shell has it
    for watch in watches:
        watch.join(5)  # what it left running may hold them open
    return code, "\n".join(line for watch in watches for line in watch.said)


def say(sentence):
    print("sagemaker-training-toolkit INFO     " + sentence, flush=True)


def fail(kind, code, message, words):
    text = '%s:\nExitCode %s\nErrorMessage "%s"' % (kind, code, message)
    if code == 137:
        text += '\nExtraInfo "OutOfMemory: Process killed by SIGKILL (signal 9)"'
    text += '\nCommand "%s"' % " ".join(words)
    if ROOT != "/opt/ml" and "/opt/ml" in message:
        text = (
            "There is no /opt/ml here, as namespaces cannot be made: read the channels where"
            " SM_CHANNEL_<NAME> says and write to SM_MODEL_DIR and SM_OUTPUT_DATA_DIR. " + text
        )
    with open(os.path.join(OUTPUT, "failure"), "w") as file:
        file.write(text)
    print("sagemaker-training-toolkit ERROR    Reporting training FAILURE", flush=True)
    print("sagemaker-training-toolkit ERROR    " + text, flush=True)
    sys.exit(1)


def main(framework):
    every = {name: decoded(value) for name, value in config("hyperparameters").items()}
    given = {
        name: value
        for name, value in every.items()
        if name not in OWN and not name.startswith("sagemaker_")
    }
    about = environment(framework, every, given)
    program = about["user_entry_point"]
    words = command(program, arguments(given))
    environ = dict(os.environ)
    environ.update(variables(about))
    environ["SAGEMAKER_JOB_NAME"] = str(every.get("sagemaker_job_name", ""))
    environ["SAGEMAKER_REGION"] = str(
        every.get("sagemaker_region", environ.get("AWS_REGION", ""))
    )
    environ["CURRENT_HOST"] = about["current_host"]
    path = [CODE] + [each for each in (environ.get("PYTHONPATH"),) if each]
    environ["PYTHONPATH"] = os.pathsep.join(path)
    environ["PYTHONUNBUFFERED"] = "1"
    if not re.search(r"\s", program) and not os.path.exists(os.path.join(CODE, program)):
        name = program if program.endswith(".py") else program + ".py"
        if not os.path.exists(os.path.join(CODE, name)):
            fail("ExecuteUserScriptError", 2, "there is no %s in the source" % program, words)
    say("Invoking user script: " + " ".join(words))
    code, said = run(words, environ)
    if code != 0:
        fail("ExecuteUserScriptError", code, said, words)
    say("Reporting training SUCCESS")


if __name__ == "__main__":
    main(sys.argv[1])
