"""Makes the models here and the scores that XGBoost itself gives: python make.py, once with an old XGBoost
(1.7) and once with a current one (3.1), each of which writes its part."""
import json
import os

import numpy as np
import xgboost as xgb

HERE = os.path.dirname(os.path.abspath(__file__))
OLD = int(xgb.__version__.split(".")[0]) < 2
ROWS = 40
random = np.random.RandomState(7)
X = random.rand(400, 4).astype(np.float32)
X[:, 3] = random.randint(0, 40, 400)
X[random.rand(400, 4) < 0.1] = np.nan
Z = np.nan_to_num(X)
positive = (Z[:, 0] * 2 + Z[:, 1] + np.isin(Z[:, 3], [1, 5, 7, 33]) * 1.5).astype(np.float32)
binary = (positive > 1.5).astype(np.float32)
classes = np.digitize(positive, [1.0, 2.0]).astype(np.float32)


def write(name, booster, matrix, form="json"):
    path = os.path.join(HERE, f"{name}.{form}")
    booster.save_model(path)
    scores = booster.predict(matrix)[:ROWS]
    with open(os.path.join(HERE, f"{name}.scores.csv"), "w") as out:
        for score in np.atleast_2d(scores.reshape(ROWS, -1)):
            out.write(",".join(repr(float(s)) for s in score) + "\n")


def train(label, rounds=6, feature_types=None, **parameters):
    matrix = xgb.DMatrix(X, label=label, feature_types=feature_types, enable_categorical=feature_types is not None)
    return xgb.train({"max_depth": 3, "seed": 1, "nthread": 1, **parameters}, matrix, rounds), matrix


def survival():
    matrix = xgb.DMatrix(X)
    matrix.set_float_info("label_lower_bound", positive + 1)
    matrix.set_float_info("label_upper_bound", positive + 3)
    parameters = {"max_depth": 3, "objective": "survival:aft", "eval_metric": "aft-nloglik", "nthread": 1}
    return xgb.train(parameters, matrix, 6), matrix


if OLD:
    write("old-binary", *train(binary, objective="binary:logistic"))
    write("old-softprob", *train(classes, objective="multi:softprob", num_class=3), form="ubj")
    write("old-poisson", *train(positive, objective="count:poisson", base_score=0.7))
    write("old-dart", *train(positive, booster="dart", rate_drop=0.5))
    booster, _ = train(binary, rounds=1, objective="binary:logistic")
    with open(os.path.join(HERE, "old-binary-format.model"), "wb") as out:
        out.write(booster.save_raw("deprecated"))
else:
    with open(os.path.join(HERE, "rows.csv"), "w") as out:
        for row in X[:ROWS]:
            out.write(",".join("" if np.isnan(v) else repr(float(v)) for v in row) + "\n")
    kinds = ["q", "q", "q", "c"]
    write("categories", *train(binary, objective="binary:logistic", feature_types=kinds, max_cat_to_onehot=4))
    write("categories-onehot", *train(binary, objective="binary:logistic", feature_types=kinds, max_cat_to_onehot=99))
    write("aft", *survival())
    write("quantiles", *train(positive, objective="reg:quantileerror", quantile_alpha=[0.1, 0.5, 0.9]), form="ubj")
    write("parallel", *train(positive, num_parallel_tree=3, subsample=0.5))
    booster, _ = train(np.stack([positive, binary], 1), rounds=1, multi_strategy="multi_output_tree")
    booster.save_model(os.path.join(HERE, "vector-leaves.json"))
