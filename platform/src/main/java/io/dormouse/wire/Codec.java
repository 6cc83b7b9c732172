package io.dormouse.wire;

import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.SdkPojo;

/// One wire protocol: requests into shapes, shapes and failures into answers.
///
/// What a request holds that is not of the right form is thrown as [io.dormouse.aws.Malformed] or
/// as Jackson's exception.
interface Codec {
    /// Sets a builder's members from the request.
    void read(SdkPojo builder, Message message);

    Reply answer(Message message, SdkPojo response);

    /// The error document. A service that we do not speak has none of its own: it gets the
    /// protocol's.
    Reply failure(Optional<AwsService> service, Failure failure, String requestId);

    /// A request whose body has been read.
    ///
    /// @param operation AWS's name
    @SuppressWarnings("ArrayRecordComponent") // a body is not compared
    record Message(
            AwsService service,
            String operation,
            Map<String, String> path,
            Exchange exchange,
            byte[] body) {}
}
