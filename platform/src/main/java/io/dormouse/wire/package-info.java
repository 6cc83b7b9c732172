/// AWS's protocols on one port: HTTP requests become SDK shapes, method calls of the rooms'
/// implementations, and AWS's answers.
///
///     HttpServer → Loopback → Router
///                     Routes        which service, operation, protocol
///                     Authenticator who is calling
///                     Codec         HTTP → shape              (streams and objects bypass it)
///                     Constraints   the service model's rules
///                     Operations    the room's method, as the caller
///                     Codec         shape or Failure → HTTP
///
/// A service is a row of [io.dormouse.wire.AwsService] and a table of constraints, digested from
/// AWS's service models by `src/main/constraints/digest.py`. S3 lives in `wire.s3`, signatures in
/// `wire.sign`.
///
/// @see <a href="https://smithy.io/2.0/aws/protocols/index.html">Smithy: AWS protocols</a>
///
/// May use: `aws`, Jetty. Nobody else uses an HTTP server.
@NullMarked
package io.dormouse.wire;

import org.jspecify.annotations.NullMarked;
