/// Stands for `java.util.logging` in the packaged worker: the build renames ONNX Runtime's use of
/// that to this, since a log manager costs a start five milliseconds. What is worth a line goes to
/// standard error, which is the instance's log.
@NullMarked
package io.dormouse.modelserver.logging;

import org.jspecify.annotations.NullMarked;
