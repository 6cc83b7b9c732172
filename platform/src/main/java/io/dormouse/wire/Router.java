package io.dormouse.wire;

import io.dormouse.aws.AwsError;
import io.dormouse.aws.Caller;
import io.dormouse.aws.Malformed;
import java.io.IOException;
import java.io.OutputStream;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.utils.builder.Buildable;

/// The way of a request: route, signature, shape, constraints, method, answer.
///
/// S3 does all of that itself, for its objects are streams and its signatures reach into their
/// bodies: it gets the exchange as it came.
public final class Router implements Handler {
    /// Requests that are documents may be as long as this; objects and payloads are no documents.
    public static final int DOCUMENT_BYTES_MAX = 10 * 1024 * 1024;

    private final Operations operations;
    private final Authenticator authenticator;
    private final Handler objects;
    private final Routes routes = new Routes(DOCUMENT_BYTES_MAX);
    private final Map<Protocol, Codec> codecs = new EnumMap<>(Protocol.class);

    /// @param objects S3: takes every request that is none of the other services'
    public Router(Operations operations, Authenticator authenticator, Handler objects) {
        this.operations = operations;
        this.authenticator = authenticator;
        this.objects = objects;
        codecs.put(Protocol.AWS_JSON_1_0, new JsonCodec(Protocol.AWS_JSON_1_0));
        codecs.put(Protocol.AWS_JSON_1_1, new JsonCodec(Protocol.AWS_JSON_1_1));
        codecs.put(Protocol.RPC_V2_CBOR, new CborCodec());
        codecs.put(Protocol.QUERY, new QueryCodec());
        codecs.put(Protocol.REST_JSON, new RestJsonCodec());
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        Route route;
        try {
            route = routes.of(exchange);
        } catch (Malformed | Exchange.TooLarge | AwsServiceException e) {
            Failure failure = Failure.of(e, AwsService.STS, exchange.requestId());
            fail(exchange, Protocol.QUERY, Optional.empty(), failure);
            return;
        }
        switch (route) {
            case Route.Objects _ -> objects.handle(exchange);
            case Route.Foreign foreign -> foreign(exchange, foreign);
            case Route.Known known -> known(exchange, known);
        }
    }

    /// Lets pages of another site through to objects, and to nothing else that is served here: a
    /// preflight, or a request that is signed for S3 and is S3's by its route too.
    public ForeignOrigin foreign(ForeignOrigin ofObjects) {
        return exchange -> isForObjects(exchange) && ofObjects.handle(exchange);
    }

    private boolean isForObjects(Exchange exchange) throws IOException {
        boolean isSigned =
                Scope.of(exchange)
                        .filter(scope -> scope.service().equals(AwsService.S3.signingName()))
                        .isPresent();
        if (!isSigned && !exchange.method().equals("OPTIONS")) {
            return false;
        }
        try {
            return routes.of(exchange) instanceof Route.Objects;
        } catch (Malformed | Exchange.TooLarge | AwsServiceException e) {
            return false;
        }
    }

    private void foreign(Exchange exchange, Route.Foreign route) throws IOException {
        String message =
                "Dormouse does not serve "
                        + route.service()
                        + (route.operation().isEmpty() ? "" : " (" + route.operation() + ")")
                        + "; docs/operations.md lists what it serves.";
        Failure failure =
                route.protocol() == Protocol.QUERY
                        ? Failure.plain("InvalidAction", 400, message)
                        : Failure.plain(
                                AwsError.UNKNOWN_OPERATION.code(),
                                AwsError.UNKNOWN_OPERATION.status(),
                                message);
        fail(exchange, route.protocol(), Optional.empty(), failure);
    }

    private void known(Exchange exchange, Route.Known route) throws IOException {
        Reply reply;
        try {
            Caller caller = authenticator.verify(exchange);
            Operation operation =
                    operations
                            .find(route.service(), route.operation())
                            .orElseThrow(() -> unserved(route));
            if (operation instanceof Operation.Stream stream) {
                stream(exchange, route, caller, stream.port());
                return;
            }
            reply = call(exchange, route, caller, (Operation.Call) operation);
        } catch (Exchange.TooLarge e) {
            reply = failure(exchange, route, e);
        } catch (IOException e) {
            // The client is gone, or what it sends is no HTTP: the server deals with both.
            throw e;
        } catch (Throwable e) {
            reply = failure(exchange, route, e);
        }
        send(exchange, reply);
    }

    private static AwsServiceException unserved(Route.Known route) {
        AwsServiceException unserved = Operations.unserved(route.service(), route.operation());
        boolean isUnknown =
                AwsError.UNKNOWN_OPERATION.code().equals(unserved.awsErrorDetails().errorCode());
        return route.protocol() == Protocol.QUERY && isUnknown
                ? AwsError.error(
                        "InvalidAction",
                        400,
                        "Could not find operation "
                                + route.operation()
                                + " for version "
                                + route.service().version())
                : unserved;
    }

    private Reply call(
            Exchange exchange, Route.Known route, Caller caller, Operation.Call operation)
            throws Throwable {
        Codec codec = codec(route.protocol());
        Codec.Message message =
                new Codec.Message(
                        route.service(),
                        route.operation(),
                        route.path(),
                        exchange,
                        Bodies.read(exchange, DOCUMENT_BYTES_MAX));
        SdkPojo builder = operation.newRequest();
        codec.read(builder, message);
        SdkPojo request = (SdkPojo) ((Buildable) builder).build();
        Object answer =
                caller.call(() ->
                        operations.call(route.service(), route.operation(), operation, request));
        return codec.answer(message, (SdkPojo) answer);
    }

    /// Hands the body over as it comes in, and the answer as it comes out.
    private void stream(Exchange exchange, Route.Known route, Caller caller, Streaming port)
            throws IOException {
        Streaming.Head head =
                new Streaming.Head(
                        route.operation(),
                        route.path(),
                        exchange.headers(),
                        Form.parse(exchange.query()),
                        optional(exchange.contentLength()),
                        exchange.requestId());
        caller.call(() -> {
            Streaming.Answer answer = port.invoke(head, exchange.body());
            send(exchange, answer);
            return head;
        });
    }

    private static void send(Exchange exchange, Streaming.Answer answer) throws IOException {
        try (Streaming.Body body = answer.body()) {
            OptionalLong length =
                    answer.contentLength().map(OptionalLong::of).orElse(OptionalLong.empty());
            try (OutputStream out = exchange.answer(answer.status(), answer.headers(), length)) {
                body.writeTo(out);
            }
        }
    }

    private static Optional<Long> optional(OptionalLong length) {
        return length.isPresent() ? Optional.of(length.getAsLong()) : Optional.empty();
    }

    private Reply failure(Exchange exchange, Route.Known route, Throwable thrown) {
        Failure failure = Failure.of(thrown, route.service(), exchange.requestId());
        return codec(route.protocol())
                .failure(Optional.of(route.service()), failure, exchange.requestId());
    }

    private void fail(
            Exchange exchange, Protocol protocol, Optional<AwsService> service, Failure failure)
            throws IOException {
        send(exchange, codec(protocol).failure(service, failure, exchange.requestId()));
    }

    private Codec codec(Protocol protocol) {
        return Objects.requireNonNull(codecs.get(protocol), protocol.name());
    }

    private static void send(Exchange exchange, Reply reply) throws IOException {
        if (!exchange.isAnswered()) {
            reply.send(exchange);
        }
    }
}
