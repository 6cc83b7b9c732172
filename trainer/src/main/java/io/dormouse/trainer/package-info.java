/// The built-in algorithms' training program, run by a training job as a process of its own:
/// SageMaker's built-in XGBoost.
///
///     /opt/ml/input/config ─▶ Hyperparameters, Channels ┐
///     /opt/ml/input/data/<channel> ─▶ Table ─▶ DMatrix ─┴▶ Training ─▶ /opt/ml/model/xgboost-model
///                                                            └▶ one line of metrics for each round
///
/// It follows AWS's container in the names and limits of hyperparameters, in the sentences that refuse
/// them and in the lines that metrics are read from. XGBoost's native library lives only here.
///
/// - <https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost_hyperparameters.html>
/// - <https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost-tuning.html> (metrics)
/// - <https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo.html>
@NullMarked
package io.dormouse.trainer;

import org.jspecify.annotations.NullMarked;
