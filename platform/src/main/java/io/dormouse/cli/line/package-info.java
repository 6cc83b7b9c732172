/// A command line, declared as data: commands with options and one parameter, help, completion,
/// errors as sentences. Without reflection, so that a command starts in a fraction of a second.
///
/// May use: the JDK.
@NullMarked
package io.dormouse.cli.line;

import org.jspecify.annotations.NullMarked;
