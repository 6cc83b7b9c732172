/// What runs a Java function in its instance: a bridge that takes what the platform asks on
/// descriptor 0 and offers it on AWS's Lambda runtime API, and AWS's own runtime behind that.
///
///     platform ─ descriptor 0 ─► [Asked] ─► [Bridge] ─► [RuntimeApi] ─ 127.0.0.1 ─► AWSLambda ─► handler
///
/// AWS page: [runtime API](https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
@NullMarked
package io.dormouse.functionserver;

import org.jspecify.annotations.NullMarked;
