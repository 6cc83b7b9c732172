/// S3: buckets, versions of objects, multipart uploads; and the archives that models travel in.
///
///     put ─► Files (temporary file, digests, fsync, rename) ─► record committed ─► answer
///     get ─► record read and files opened in one transaction ─► stream
///     delete ─► record gone, committed ─► files unlinked
///     midnight ─► `Lifecycle`: what rules find due, deleted in the same way
///
/// `Objects` is the owner: an `S3Client`, so a user in the same process
/// and one over HTTP call the same methods. Content lives in immutable files that are named after no
/// key; a version of an object is a record that lists its files.
///
/// May use: `aws`, `store`, `timing`, `wire`. AWS's pages:
/// [operations](https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html),
/// [error codes](https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).
@NullMarked
package io.dormouse.artifact;

import org.jspecify.annotations.NullMarked;
