package io.dormouse.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dormouse.aws.Malformed;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointRequest;

/// Bindings that no service of the table uses yet, by shapes that have them: S3's.
class RestJsonCodecTest {
    private static <B extends SdkPojo> B read(
            B builder, String query, Map<String, List<String>> headers, String body) {
        byte[] bytes = body.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Exchange exchange = new Asked(query, headers);
        new RestJsonCodec()
                .read(
                        builder,
                        new Codec.Message(
                                AwsService.S3,
                                "Operation",
                                Map.of("Bucket", "b", "Key", "k/l", "EndpointName", "e"),
                                exchange,
                                bytes));
        return builder;
    }

    @Test
    void queryPathAndHeadersAreBoundByType() {
        ListObjectsV2Request list =
                read(
                                ListObjectsV2Request.builder(),
                                "max-keys=7&prefix=a%2Bb+c&fetch-owner=true",
                                Map.of(),
                                "")
                        .build();
        assertEquals("b", list.bucket());
        assertEquals(7, list.maxKeys());
        assertEquals("a+b c", list.prefix());
        assertEquals(true, list.fetchOwner());
        GetObjectAttributesRequest attributes =
                read(
                                GetObjectAttributesRequest.builder(),
                                "",
                                Map.of(
                                        "x-amz-max-parts",
                                        List.of("3"),
                                        "x-amz-object-attributes",
                                        List.of("ETag, ObjectSize", "Checksum")),
                                "")
                        .build();
        assertEquals("k/l", attributes.key());
        assertEquals(3, attributes.maxParts());
        assertEquals(
                List.of("ETag", "ObjectSize", "Checksum"), attributes.objectAttributesAsStrings());
    }

    @Test
    void aNumberThatIsNoneSaysWhich() {
        Malformed thrown =
                assertThrows(
                        Malformed.class,
                        () -> read(ListPartsRequest.builder(), "max-parts=x", Map.of(), ""));
        assertEquals("MaxParts must be a number: x", thrown.getMessage());
    }

    @Test
    void thePayloadIsTheBody() {
        InvokeEndpointRequest invoke =
                read(
                                InvokeEndpointRequest.builder(),
                                "",
                                Map.of("content-type", List.of("text/csv")),
                                "1,2")
                        .build();
        assertEquals("1,2", invoke.body().asUtf8String());
        assertEquals("text/csv", invoke.contentType());
        assertEquals("e", invoke.endpointName());
    }

    /// A request that is only looked at.
    private record Asked(String query, Map<String, List<String>> headers) implements Exchange {
        @Override
        public String method() {
            return "GET";
        }

        @Override
        public String path() {
            return "/";
        }

        @Override
        public OptionalLong contentLength() {
            return OptionalLong.of(0);
        }

        @Override
        public InputStream body() {
            return new ByteArrayInputStream(new byte[0]);
        }

        @Override
        public byte[] buffer(int bytesMax) {
            return new byte[0];
        }

        @Override
        public String requestId() {
            return "id";
        }

        @Override
        public String remoteAddress() {
            return "127.0.0.1";
        }

        @Override
        public boolean isAnswered() {
            return false;
        }

        @Override
        public OutputStream answer(int status, Map<String, String> headers, OptionalLong length) {
            throw new IllegalStateException("Nothing is answered here");
        }
    }
}
