"""Trains a random forest and packs it with its program as a model.tar.gz: the first argument."""

import os
import sys
import tarfile
import tempfile

import joblib
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier

HERE = os.path.dirname(os.path.abspath(__file__))
x, y = make_classification(n_samples=2000, n_features=10, random_state=7)
forest = RandomForestClassifier(n_estimators=50, max_depth=8, random_state=7).fit(x, y)
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "model.joblib")
    joblib.dump(forest, path)
    with tarfile.open(sys.argv[1], "w:gz") as tar:
        tar.add(path, "model.joblib")
        tar.add(os.path.join(HERE, "inference.py"), "code/inference.py")
os.makedirs(sys.argv[2], exist_ok=True)
joblib.dump(forest, os.path.join(sys.argv[2], "model.joblib"))
