/// AWS's protocols on one port: HTTP requests become SDK shapes, method calls of the rooms'
/// implementations, and AWS's answers.
///
///     HTTP → Route (service, operation, protocol) → signature → constraints → method → answer
///                └ streaming operations (invocations, objects) bypass the shapes
///
/// May use: `aws`, Jetty. Nobody else uses an HTTP server.
@NullMarked
package io.dormouse.wire;

import org.jspecify.annotations.NullMarked;
