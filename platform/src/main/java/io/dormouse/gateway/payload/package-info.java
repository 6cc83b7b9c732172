/// Payloads by reference: a body that is too large for an invocation lies in S3, and what is sent
/// says where.
///
///     client ─ PUT (presigned) ─► s3://payload bucket/dormouse-payload/…  ─► Payloads.open ─► instance
///     client ◄ GET (presigned) ─  s3://payload bucket/dormouse-payload/…  ◄─ Payloads.keep ◄─ instance
///
/// The form is in `docs/payloads.md`. Everything streams. References expire, and the objects below
/// the prefix are removed by the platform's clock ([Sweep][io.dormouse.gateway.payload.Sweep]).
///
/// May use: `aws`, `timing`, `wire`.
@NullMarked
package io.dormouse.gateway.payload;

import org.jspecify.annotations.NullMarked;
