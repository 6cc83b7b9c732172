package io.dormouse.wire.sign;

import io.dormouse.wire.Authenticator;
import io.dormouse.wire.Exchange;
import java.io.IOException;
import java.util.Optional;

/// Says who sent a request to S3, without touching its body: that is an object, and is verified on
/// its way.
@FunctionalInterface
public interface ObjectAuthenticator {
    /// The sender of a request, whose body is not read.
    ///
    /// @param path as the signature means it: beginning with the bucket, also where that is in the
    ///   host name
    /// @throws SignatureRefused where the signature is not right
    Signed verify(Exchange exchange, String path) throws IOException;

    /// That of a platform without keys.
    static ObjectAuthenticator open(Authenticator authenticator) {
        return (exchange, _) -> new Signed(authenticator.verify(exchange), Optional.empty());
    }
}
