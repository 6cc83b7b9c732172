package io.dormouse.wire.s3;

import java.util.function.BiFunction;
import java.util.function.Supplier;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.utils.builder.SdkBuilder;

/// How an operation is called: by which method of the client, with what kind of body.
sealed interface Call {
    /// A builder for its request.
    SdkPojo newRequest();

    /// Request and answer are documents or have no body.
    record Plain(Supplier<SdkPojo> builder, BiFunction<S3Client, SdkPojo, SdkPojo> call)
            implements Call {
        @Override
        public SdkPojo newRequest() {
            return builder.get();
        }
    }

    /// The request's body is an object's content.
    record Receiving(Supplier<SdkPojo> builder, Receiver call) implements Call {
        @Override
        public SdkPojo newRequest() {
            return builder.get();
        }
    }

    /// The answer's body is an object's content.
    record Sending() implements Call {
        @Override
        public SdkPojo newRequest() {
            return GetObjectRequest.builder();
        }
    }

    /// Calls a method that takes a body.
    interface Receiver {
        SdkPojo call(S3Client client, SdkPojo request, RequestBody body);
    }

    /// A method that takes a request and a body.
    interface Method<R> {
        SdkPojo call(S3Client client, R request, RequestBody body);
    }

    @SuppressWarnings("unchecked") // the builder's own product
    static <R, B extends SdkPojo & SdkBuilder<B, R>> Call plain(
            Supplier<B> builder, BiFunction<S3Client, R, ? extends SdkPojo> method) {
        return new Plain(builder::get, (client, request) -> method.apply(client, (R) request));
    }

    @SuppressWarnings("unchecked") // the builder's own product
    static <R, B extends SdkPojo & SdkBuilder<B, R>> Call receiving(
            Supplier<B> builder, Method<R> method) {
        return new Receiving(
                builder::get, (client, request, body) -> method.call(client, (R) request, body));
    }
}
