/// Decisions about instances, as pure functions: what is known goes in, a value that says why comes
/// out. Nobody is asked the time and nothing is started; what has to be remembered (the gaps between
/// requests) is a value that the caller keeps; `worker` does what is
/// decided here and keeps the reason.
///
///     Admission   is there room for one more invocation?      admit · queue · throttle
///     Ladder      where does an admitted one get its slot?    slot · start under way · soon-free slot
///                                                             · warm worker · start · wait
///     Desired     how many instances should there be?
///     TargetTracking  how much provisioned concurrency keeps a metric near its target?
///     IdlePolicy  how long is an idle one kept, and when is it woken again?
///     Eviction    which idle one goes first when the machine is full?
///
/// May use: nothing.
@NullMarked
package io.dormouse.scaler;

import org.jspecify.annotations.NullMarked;
