package io.dormouse.wire;

import io.dormouse.aws.Malformed;
import io.dormouse.aws.Shapes;
import java.util.Optional;
import software.amazon.awssdk.core.SdkPojo;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// awsJson1_0 and awsJson1_1: the operation in `X-Amz-Target`, a JSON object each way.
///
/// A service that used to speak query names an error's old code in `x-amzn-query-error` as well.
///
/// @see <a href="https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html">awsJson1_1</a>
/// @see <a
///   href="https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-protocols-awsquerycompatible-trait">
///   awsQueryCompatible</a>
final class JsonCodec implements Codec {
    static final JsonMapper MAPPER = JsonMapper.shared();
    private static final byte[] EMPTY = {'{', '}'};

    private final String contentType;

    JsonCodec(Protocol protocol) {
        contentType =
                protocol == Protocol.AWS_JSON_1_0
                        ? "application/x-amz-json-1.0"
                        : "application/x-amz-json-1.1";
    }

    @Override
    public void read(SdkPojo builder, Message message) {
        Shapes.fill(builder, object(MAPPER, message.body()));
    }

    /// The object that a body holds; an empty one for an empty body.
    static ObjectNode object(ObjectMapper mapper, byte[] body) {
        if (body.length == 0) {
            return JsonNodeFactory.instance.objectNode();
        }
        JsonNode tree = mapper.readTree(body);
        if (tree instanceof ObjectNode object) {
            return object;
        }
        throw new Malformed("Expected an object, found " + tree.getNodeType());
    }

    @Override
    public Reply answer(Message message, SdkPojo response) {
        byte[] body =
                response.sdkFields().isEmpty()
                        ? EMPTY
                        : MAPPER.writeValueAsBytes(Shapes.write(response, Shapes.Form.JSON));
        return Reply.of(200, contentType, body);
    }

    @Override
    public Reply failure(Optional<AwsService> service, Failure failure, String requestId) {
        ObjectNode tree = document(failure, Shapes.Form.JSON);
        Reply reply =
                Reply.of(failure.status(), contentType, MAPPER.writeValueAsBytes(tree))
                        .with("x-amzn-ErrorType", failure.code());
        return withQueryCode(reply, service, failure);
    }

    static Reply withQueryCode(Reply reply, Optional<AwsService> service, Failure failure) {
        if (service.isEmpty() || !service.get().isQueryCompatible()) {
            return reply;
        }
        String fault = failure.isSender() ? ";Sender" : ";Receiver";
        return reply.with("x-amzn-query-error", failure.queryCode() + fault);
    }

    /// `{"__type": code, "message": …}` and the members of a modelled error.
    static ObjectNode document(Failure failure, Shapes.Form form) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.put("__type", failure.code());
        failure.members().ifPresent(members -> tree.setAll(Shapes.write(members, form)));
        tree.put(failure.member(), failure.message());
        return tree;
    }
}
