package io.dormouse.wire.s3;

/// What a request's address names.
enum Level {
    SERVICE,
    BUCKET,
    OBJECT
}
