/// What a program adds to its own AWS SDK for Java: payloads of any size
/// ([LargePayloads][io.dormouse.client.LargePayloads]). Needs nothing but the SDK's module
/// `sagemakerruntime`. The form on the wire is in `docs/payloads.md`.
@NullMarked
package io.dormouse.client;

import org.jspecify.annotations.NullMarked;
