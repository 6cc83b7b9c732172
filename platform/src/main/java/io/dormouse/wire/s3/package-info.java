/// S3's protocol: addresses, bindings, XML documents and errors, for any `S3Client`.
///
///     request → address (bucket, key) → operation (method, level, query) → signature → shape
///             → method of the S3Client → shape → headers and XML, or the object's stream
///
/// Nothing here keeps an object; `artifact` does. May use: `aws`, the rest of `wire`. AWS's pages:
/// [REST](https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAPI.html),
/// [virtual hosting](https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html).
@NullMarked
package io.dormouse.wire.s3;

import org.jspecify.annotations.NullMarked;
