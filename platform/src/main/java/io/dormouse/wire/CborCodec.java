package io.dormouse.wire;

import io.dormouse.aws.Shapes;
import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.core.SdkPojo;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.dataformat.cbor.CBORGenerator;
import tools.jackson.dataformat.cbor.CBORMapper;

/// Smithy RPC v2 CBOR: `POST /service/{target}/operation/{operation}`, a CBOR map each way.
///
/// @see <a href="https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html">Smithy RPC v2
///   CBOR</a>
final class CborCodec implements Codec {
    /// The tag of a time in seconds since the epoch, RFC 8949 §3.4.2.
    private static final int EPOCH_TAG = 1;

    private static final CBORMapper MAPPER =
            CBORMapper.builder()
                    .addModule(new SimpleModule().addSerializer(Instant.class, new EpochSeconds()))
                    .build();

    private static final class EpochSeconds extends ValueSerializer<Instant> {
        @Override
        public void serialize(Instant time, JsonGenerator out, SerializationContext context) {
            ((CBORGenerator) out).writeTag(EPOCH_TAG);
            out.writeNumber(time.toEpochMilli() / 1000.0);
        }
    }

    @Override
    public void read(SdkPojo builder, Message message) {
        Shapes.fill(builder, JsonCodec.object(MAPPER, message.body()));
    }

    @Override
    public Reply answer(Message message, SdkPojo response) {
        return reply(200, MAPPER.writeValueAsBytes(Shapes.write(response, Shapes.Form.CBOR)));
    }

    @Override
    public Reply failure(Optional<AwsService> service, Failure failure, String requestId) {
        byte[] body = MAPPER.writeValueAsBytes(JsonCodec.document(failure, Shapes.Form.CBOR));
        return JsonCodec.withQueryCode(reply(failure.status(), body), service, failure);
    }

    private static Reply reply(int status, byte[] body) {
        return Reply.of(status, "application/cbor", body).with("smithy-protocol", "rpc-v2-cbor");
    }
}
