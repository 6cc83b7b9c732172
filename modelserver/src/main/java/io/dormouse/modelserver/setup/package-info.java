/// What is done before a worker starts: once for each machine (Install) and once for each model
/// (Prepare).
///
/// These programs run as child processes of the platform, seldom, and take their time; nothing here
/// is on a worker's start path. May use the rooms above it and beside it.
@NullMarked
package io.dormouse.modelserver.setup;

import org.jspecify.annotations.NullMarked;
