/// What every room speaks: AWS's shapes as JSON trees, AWS's errors by name, ARNs, and who is
/// calling.
///
/// Nothing here knows HTTP or SQL, and of services only what several rooms share: SageMaker's tags
/// and events. `wire` puts these shapes on a protocol and `store` keeps them; a room that
/// implements operations takes and returns them.
@NullMarked
package io.dormouse.aws;

import org.jspecify.annotations.NullMarked;
