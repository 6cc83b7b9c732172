package io.dormouse.cli;

/// What lies under the first segment of a bucket's keys.
///
/// @param prefix `churn/`; empty for keys without a slash
/// @param objects what keys mean now
/// @param noncurrent versions that were overwritten or deleted, and paid for
/// @param uploads begun and not completed; their parts are paid for
record StoredPrefix(
        String bucket,
        String prefix,
        long objects,
        long bytes,
        long noncurrent,
        long noncurrentBytes,
        long uploads,
        long uploadBytes) {
    static StoredPrefix empty(String bucket, String prefix) {
        return new StoredPrefix(bucket, prefix, 0, 0, 0, 0, 0, 0);
    }

    static StoredPrefix object(String bucket, String prefix, long bytes) {
        return new StoredPrefix(bucket, prefix, 1, bytes, 0, 0, 0, 0);
    }

    static StoredPrefix noncurrent(String bucket, String prefix, long bytes) {
        return new StoredPrefix(bucket, prefix, 0, 0, 1, bytes, 0, 0);
    }

    static StoredPrefix upload(String bucket, String prefix, long bytes) {
        return new StoredPrefix(bucket, prefix, 0, 0, 0, 0, 1, bytes);
    }

    /// All that is paid for.
    long paidBytes() {
        return bytes + noncurrentBytes + uploadBytes;
    }

    StoredPrefix plus(StoredPrefix other) {
        return new StoredPrefix(
                bucket,
                prefix,
                objects + other.objects,
                bytes + other.bytes,
                noncurrent + other.noncurrent,
                noncurrentBytes + other.noncurrentBytes,
                uploads + other.uploads,
                uploadBytes + other.uploadBytes);
    }
}
