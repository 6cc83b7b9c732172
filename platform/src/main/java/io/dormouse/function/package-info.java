/// Lambda: functions in front of endpoints.
///
///     CreateFunction ─► Function ($LATEST) ─ PublishVersion ─► Function (1, 2 …) ◄─ alias
///                          │ first invocation
///                          ▼
///     Invoke, URL ─► Invoker ─ lease ─► instance ─ descriptor 0 ─► bridge ─ runtime API ─► handler
///
/// A function's code is a file named by its content, durable before the record that names it, and
/// known to unpack. Instances are those of `worker`'s groups, with their scale to
/// zero; what is Lambda's about them is in [FunctionHosting] and [FunctionLog]. The bridge in each
/// instance offers the runtime API, so that code runs here and on AWS unchanged.
///
/// May use: `artifact`, `aws`, `delivery`, `metrics`, `store`, `timing`, `wire`, `worker`.
///
/// AWS pages: [API](https://docs.aws.amazon.com/lambda/latest/api/welcome.html), [runtime
/// API](https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html), [function
/// URLs](https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html).
@NullMarked
package io.dormouse.function;

import org.jspecify.annotations.NullMarked;
