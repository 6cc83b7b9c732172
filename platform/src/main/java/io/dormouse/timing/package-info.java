/// When something is to be done, by the clock that a test or `/_dormouse/clock` may move: AWS's
/// `at`, `rate` and `cron` expressions, and alarms that go off.
///
/// May use: nothing of ours.
@NullMarked
package io.dormouse.timing;

import org.jspecify.annotations.NullMarked;
