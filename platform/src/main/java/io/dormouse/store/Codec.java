package io.dormouse.store;

import io.dormouse.aws.Shapes;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.utils.builder.SdkBuilder;

/// A resource's body as text and back.
public record Codec<T>(Function<T, String> write, Function<String, T> read) {
    /// The body is an AWS shape: `Codec.shape(DescribeModelResponse::builder)`.
    public static <T extends SdkPojo, B extends SdkPojo & SdkBuilder<B, T>> Codec<T> shape(
            Supplier<B> builder) {
        return new Codec<>(Shapes::toJson, text -> Shapes.fromJson(builder, text));
    }

    /// The same text for something that this body is wrapped in.
    public <R> Codec<R> in(Function<T, R> wrap, Function<R, T> unwrap) {
        return new Codec<>(unwrap.andThen(write), read.andThen(wrap));
    }
}
