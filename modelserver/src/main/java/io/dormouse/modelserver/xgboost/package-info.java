/// XGBoost models, evaluated without a native library: SageMaker's built-in XGBoost contract for serving.
///
///     xgboost-model ─▶ Cursor (JSON or UBJ) ─▶ ModelReader ─▶ XgboostModel = Forest | Linear, Objective
///     model.flat, written at deployment ─▶ FlatModel ─▶ the same, by a few bulk copies
///     request body ─▶ Rows (CSV, libsvm, JSON) ─▶ XgboostModel ─▶ ScoreText ─▶ answer
///
/// A worker's start runs through here, so there is no regular expression, no stream and no lambda in
/// it, and nothing but arrays is kept of a model. Scores equal those of XGBoost itself to 1e-5; the
/// module `trainer`, which has the native library, tests that.
///
/// - <https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost.html>
/// - <https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-inference.html>
/// - <https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html>
@NullMarked
package io.dormouse.modelserver.xgboost;

import org.jspecify.annotations.NullMarked;
