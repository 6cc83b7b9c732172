/// Models as they lie on this machine: fetched from S3, unpacked without trust, prepared once.
///
///     s3://bucket/model.tar.gz ─ fetch ─ sha-256 ─► models/<digest>/model      unpacked
///                                                       └── onnx-<version>     prepared
///
/// A folder under its final name is complete and never changes; what a crash left half done lies
/// under `tmp` and is swept at the next start.
@NullMarked
package io.dormouse.worker.model;

import org.jspecify.annotations.NullMarked;
