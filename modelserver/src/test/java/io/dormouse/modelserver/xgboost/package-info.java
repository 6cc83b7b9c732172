/// Held against models and scores that XGBoost itself wrote: `src/test/resources/xgboost`.
@NullMarked
package io.dormouse.modelserver.xgboost;

import org.jspecify.annotations.NullMarked;
