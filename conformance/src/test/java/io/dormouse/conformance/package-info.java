/// The outside view: AWS's own clients against a platform that `./dormouse start` started, as a
/// process of its own. Nothing of the platform's classes is used.
@NullMarked
package io.dormouse.conformance;

import org.jspecify.annotations.NullMarked;
