package io.dormouse.wire.sign;

import io.dormouse.aws.Caller;
import java.util.Optional;

/// A request whose sender is known.
///
/// @param chunks how the chunks of its body are signed, where the signature begins such a chain and
///   is to be verified
public record Signed(Caller caller, Optional<Chain> chunks) {
    /// What each chunk's signature is computed with.
    ///
    /// @param scope `date/region/service/aws4_request`
    /// @param seed the request's own signature
    record Chain(SigningKey key, String stamp, String scope, String seed) {}
}
