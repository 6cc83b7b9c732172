/// Python as a model server and for jobs: which interpreter, with which packages, and the program
/// that keeps SageMaker's contract of script mode (`model_fn`, `input_fn`, `predict_fn`,
/// `output_fn`, `transform_fn`).
///
///     DORMOUSE_PYTHON, python3 ─► Interpreter ─┬────────────────────────────► PythonEnvironment
///     code/requirements.txt ─ its content ─────┴─ venv, pip, once, kept ─────────┘
///
/// Nothing here opens a model: that is done inside the walls, by `server.py`. AWS's side:
/// [Scikit-learn](https://sagemaker.readthedocs.io/en/stable/frameworks/sklearn/using_sklearn.html)
/// and the [inference toolkit](https://github.com/aws/sagemaker-inference-toolkit).
@NullMarked
package io.dormouse.worker.python;

import org.jspecify.annotations.NullMarked;
