package io.dormouse.wire.s3;

import io.dormouse.wire.Exchange;
import io.dormouse.wire.Handler;
import io.dormouse.wire.sign.Checksum;
import io.dormouse.wire.sign.ChunkedBody;
import io.dormouse.wire.sign.HashedBody;
import io.dormouse.wire.sign.ObjectAuthenticator;
import io.dormouse.wire.sign.Signed;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.utils.builder.Buildable;

/// S3's protocol in front of an `S3Client`. Contents stream both ways.
public final class S3Handler implements Handler {
    private static final int DOCUMENT_BYTES_MAX = 4 << 20;
    private static final int DRAINED_BYTES_MAX = 16 << 20;
    private static final int BUFFER_BYTES = 1 << 17;
    private static final String CONTENT_HASH = "x-amz-content-sha256";

    /// Their checksum headers speak of the object, not of the document that they are.
    private static final Set<String> CHECKSUM_OF_OBJECT =
            Set.of("CompleteMultipartUpload", "CreateMultipartUpload", "CopyObject");

    private final S3Client client;
    private final ObjectAuthenticator authenticator;
    private final CrossOrigin crossOrigin;

    /// @param client that keeps the objects
    /// @param authenticator `Signatures`, or [ObjectAuthenticator#open] on a platform without keys
    public S3Handler(S3Client client, ObjectAuthenticator authenticator) {
        this.client = client;
        this.authenticator = authenticator;
        this.crossOrigin = new CrossOrigin(client);
    }

    /// The names of the operations that are served, in their order.
    public static Set<String> operations() {
        return new TreeSet<>(Calls.SERVED.keySet());
    }

    /// The names of all of S3's operations.
    public static Set<String> allOperations() {
        Set<String> names = new TreeSet<>();
        S3Operations.ALL.forEach(each -> names.add(each.name()));
        return names;
    }

    /// Serves a page of another site what the bucket's CORS rules let it do with objects.
    ///
    /// @return false where they do not: nothing has been done or answered then
    public boolean handleForeign(Exchange exchange) throws IOException {
        Address address;
        try {
            address = Address.of(exchange);
        } catch (S3Exception e) {
            return false;
        }
        if (!crossOrigin.lets(exchange, address)) {
            return false;
        }
        handle(exchange);
        return true;
    }

    @Override
    public void handle(Exchange plain) throws IOException {
        Address address = new Address("", "", plain.path());
        Exchange exchange = plain;
        try {
            address = Address.of(plain);
            if (plain.method().equals("OPTIONS")) {
                crossOrigin.preflight(plain, address);
                return;
            }
            exchange = crossOrigin.decorated(plain, address);
            serve(exchange, address);
        } catch (IOException e) {
            if (exchange.isAnswered() || !(e instanceof Exchange.TooLarge)) {
                throw e; // the client is gone
            }
            fail(exchange, address, e);
        } catch (RuntimeException e) {
            if (exchange.isAnswered()) {
                throw new IOException("The answer broke off", e);
            }
            fail(exchange, address, e);
        }
    }

    private void fail(Exchange exchange, Address address, Exception thrown) throws IOException {
        S3Answer answer = S3Answer.failure(thrown, exchange, address);
        // A client that is still sending does not look for an answer: let it come to its end.
        if (exchange.header("expect").isEmpty()) {
            try {
                drain(exchange.body());
            } catch (IOException e) {
                return; // it is gone
            }
        }
        answer.send(exchange);
    }

    private static void drain(InputStream body) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        int n = 0;
        for (long bytes = 0; n >= 0 && bytes < DRAINED_BYTES_MAX; bytes += n) {
            n = body.read(buffer);
        }
    }

    private void serve(Exchange exchange, Address address) throws IOException {
        Bindings bindings = Bindings.of(exchange, address);
        Signed signed = authenticator.verify(exchange, address.path());
        S3Operation operation =
                S3Operations.find(
                                exchange.method(),
                                address.level(),
                                bindings.query(),
                                bindings.headers())
                        .orElseThrow(S3Error.METHOD_NOT_ALLOWED::error);
        Call call =
                Optional.ofNullable(Calls.SERVED.get(operation.name()))
                        .orElseThrow(() ->
                                S3Error.NOT_IMPLEMENTED.error(
                                        operation.name()
                                                + " is not implemented;"
                                                + " docs/operations.md lists what is."));
        InputStream body = body(exchange, bindings, signed);
        signed.caller()
                .call(() -> {
                    call(exchange, bindings, operation, call, body);
                    return true;
                });
    }

    /// The body as the client meant it.
    private static InputStream body(Exchange exchange, Bindings bindings, Signed signed) {
        String hash = bindings.headers().getOrDefault(CONTENT_HASH, "");
        boolean isChunked =
                hash.startsWith("STREAMING-")
                        || (bindings.headers().containsKey("x-amz-decoded-content-length")
                                && bindings.headers()
                                        .getOrDefault("content-encoding", "")
                                        .contains("aws-chunked"));
        if (isChunked) {
            return new ChunkedBody(
                    exchange.body(),
                    signed.chunks(),
                    bindings.headers().getOrDefault("x-amz-trailer", ""));
        }
        boolean isHash = hash.matches("[0-9a-f]{64}");
        return isHash ? new HashedBody(exchange.body(), hash) : exchange.body();
    }

    private void call(
            Exchange exchange,
            Bindings bindings,
            S3Operation operation,
            Call call,
            InputStream body)
            throws IOException {
        SdkPojo builder = call.newRequest();
        switch (call) {
            case Call.Plain plain -> {
                bindings.fill(builder, document(operation, bindings, body));
                SdkPojo answer = plain.call().apply(client, built(builder));
                S3Answer.of(operation, answer).send(exchange);
            }
            case Call.Receiving receiving -> {
                bindings.fill(builder, new byte[0]);
                RequestBody content = content(exchange, bindings, body);
                SdkPojo answer = receiving.call().call(client, built(builder), content);
                S3Answer.of(operation, answer).send(exchange);
            }
            case Call.Sending _ -> {
                bindings.fill(builder, new byte[0]);
                client.getObject((GetObjectRequest) built(builder), new Sender(exchange));
            }
        }
    }

    private static SdkPojo built(SdkPojo builder) {
        return (SdkPojo) ((Buildable) builder).build();
    }

    private static RequestBody content(Exchange exchange, Bindings bindings, InputStream body) {
        Optional<String> said = Optional.ofNullable(bindings.headers().get("content-length"));
        if (said.isEmpty() && exchange.contentLength().isEmpty()) {
            throw S3Error.MISSING_CONTENT_LENGTH.error();
        }
        try {
            long length =
                    said.map(Long::valueOf).orElseGet(() -> exchange.contentLength().orElse(0));
            InputStream whole = new WholeBody(body, length);
            return RequestBody.fromContentProvider(() -> whole, length, "binary/octet-stream");
        } catch (IllegalArgumentException e) {
            throw S3Error.INVALID_ARGUMENT.error("The length of the body must be a number");
        }
    }

    private static byte[] document(S3Operation operation, Bindings bindings, InputStream body)
            throws IOException {
        byte[] document = body.readNBytes(DOCUMENT_BYTES_MAX + 1);
        if (document.length > DOCUMENT_BYTES_MAX) {
            throw S3Error.MAX_MESSAGE_LENGTH_EXCEEDED.error();
        }
        boolean isSummed = false;
        for (Checksum checksum : Checksum.values()) {
            String name = "x-amz-checksum-" + checksum.name().toLowerCase(Locale.ROOT);
            isSummed |= check(bindings, name, checksum.start(), document, operation);
        }
        isSummed |= check(bindings, "content-md5", Checksum.digest("MD5"), document, operation);
        if (operation.name().equals("DeleteObjects")
                && !isSummed
                && !bindings.headers().containsKey("x-amz-trailer")) {
            throw S3Error.INVALID_REQUEST.error(
                    "Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
        }
        return document;
    }

    private static boolean check(
            Bindings bindings,
            String header,
            Checksum.Running running,
            byte[] document,
            S3Operation operation) {
        String claimed = bindings.headers().get(header);
        if (claimed == null
                || CHECKSUM_OF_OBJECT.contains(operation.name())
                || (!operation.method().equals("PUT") && !operation.method().equals("POST"))) {
            return false;
        }
        running.update(document, 0, document.length);
        if (!running.base64().equals(claimed)) {
            throw S3Error.BAD_DIGEST.error(
                    "The " + header + " you specified did not match what we received.");
        }
        return true;
    }

    /// Sends an object as the answer.
    private record Sender(Exchange exchange)
            implements ResponseTransformer<GetObjectResponse, List<String>> {
        @Override
        public List<String> transform(GetObjectResponse response, AbortableInputStream content)
                throws IOException {
            Map<String, String> headers = S3Answer.withId(Bindings.headersOf(response), exchange);
            int status = headers.containsKey("Content-Range") ? 206 : 200;
            OptionalLong length = OptionalLong.of(response.contentLength());
            headers.remove("Content-Length");
            try (OutputStream out = exchange.answer(status, headers, length)) {
                byte[] buffer = new byte[BUFFER_BYTES];
                for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
                    out.write(buffer, 0, n);
                }
            }
            return List.of();
        }
    }
}
