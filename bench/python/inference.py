"""What the platform serves, and what plain_server.py serves beside it."""

import os

import joblib
import sklearn.ensemble  # noqa: F401 (as programs do; unpickling would import it)


def model_fn(model_dir):
    return joblib.load(os.path.join(model_dir, "model.joblib"))
