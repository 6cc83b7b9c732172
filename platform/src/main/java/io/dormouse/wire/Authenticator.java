package io.dormouse.wire;

import io.dormouse.aws.Caller;
import java.io.IOException;

/// Says who sent a request.
@FunctionalInterface
public interface Authenticator {
    /// The caller whose signature the request bears.
    ///
    /// A signature that covers the body and not its digest's header needs the body: it is read by
    /// [Exchange#buffer] then, which leaves it to be read again.
    ///
    /// @throws software.amazon.awssdk.awscore.exception.AwsServiceException where the signature is
    ///   missing, wrong, too old or by an unknown key
    Caller verify(Exchange exchange) throws IOException;
}
