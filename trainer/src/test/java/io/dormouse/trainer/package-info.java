/// Held against XGBoost's native library, on real flights.
@NullMarked
package io.dormouse.trainer;

import org.jspecify.annotations.NullMarked;
