/// The commands, over AWS SDK clients only: what they do to this platform they would do to AWS.
///
/// A command builds the clients that it calls and no other, over the lightest transport, so that a
/// list takes a fraction of a second. With `-v` it prints each call, ready to paste for the aws
/// CLI.
///
/// May use: `aws` for shapes as JSON, `tuner`, and libraries.
@NullMarked
package io.dormouse.cli;

import org.jspecify.annotations.NullMarked;
