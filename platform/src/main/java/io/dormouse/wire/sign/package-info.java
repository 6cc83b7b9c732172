/// Who sent a request, and whether its body is what was signed: AWS's signatures version 4 (in
/// headers, in presigned URLs, and chunk by chunk in bodies) and version 2 (S3 alone), and the
/// checksums of bodies.
///
///     headers ─► Credentials of the signature ─► canonical request ─► signature equal? ─► Caller
///     body ─► ChunkedBody (chunk signatures, trailer) or HashedBody ─► the bytes that were meant
///
/// May use: `aws`, the exchange of `wire`. AWS's pages:
/// [signing](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html),
/// [chunks](https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html),
/// [version 2](https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html).
@NullMarked
package io.dormouse.wire.sign;

import org.jspecify.annotations.NullMarked;
