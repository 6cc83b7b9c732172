package io.dormouse.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dormouse.gateway.payload.PayloadReference;
import io.dormouse.gateway.payload.PayloadRefused;
import io.dormouse.gateway.payload.Payloads;
import io.dormouse.wire.Streaming;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What of an invocation comes and goes by reference. A request says so by its content type, and
/// that its client understands a reference in the answer by naming the type in `Accept`: HTTP's own
/// words, so that AWS passes them on as they are. The instance sees neither.
final class ByReference {
    private static final String CONTENT_TYPE = "content-type";
    private static final String ACCEPT = "accept";

    private final Payloads payloads;

    ByReference(Payloads payloads) {
        this.payloads = payloads;
    }

    /// Whether a request's body is a reference.
    static boolean isBody(Streaming.Head head) {
        return head.header(CONTENT_TYPE).filter(ByReference::isType).isPresent();
    }

    private static boolean isType(String mediaType) {
        String type = mediaType.strip();
        int length = PayloadReference.MEDIA_TYPE.length();
        if (!type.regionMatches(true, 0, PayloadReference.MEDIA_TYPE, 0, length)) {
            return false;
        }
        String rest = type.substring(length).stripLeading();
        return rest.isEmpty() || rest.startsWith(";");
    }

    /// Whether a request's client understands a reference in the answer.
    static boolean isAccepted(Streaming.Head head) {
        return head.header(ACCEPT).filter(accept -> others(accept).isPresent()).isPresent();
    }

    /// The other types of a list that has ours; empty where it has not.
    private static Optional<String> others(String accept) {
        List<String> others = new ArrayList<>();
        boolean found = false;
        for (String each : accept.split(",", -1)) {
            if (isType(each)) {
                found = true;
            } else if (!each.isBlank()) {
                others.add(each.strip());
            }
        }
        return found ? Optional.of(String.join(", ", others)) : Optional.empty();
    }

    /// The head without the type that is ours in `Accept`.
    static Streaming.Head withoutAccept(Streaming.Head head) {
        Optional<String> others = head.header(ACCEPT).flatMap(ByReference::others);
        return others.isEmpty() ? head : with(head, ACCEPT, others.get());
    }

    /// The head with a header, or without it where the value is empty.
    private static Streaming.Head with(Streaming.Head head, String name, String value) {
        Map<String, List<String>> headers = new HashMap<>(head.headers());
        headers.remove(name);
        if (!value.isEmpty()) {
            headers.put(name, List.of(value));
        }
        return head.with(headers);
    }

    /// The payload that a request's body names.
    Payloads.Opened open(InputStream body) throws PayloadRefused, IOException {
        return payloads.open(body.readNBytes(PayloadReference.DOCUMENT_BYTES_MAX));
    }

    /// The head as if the payload had come with it.
    static Streaming.Head of(Streaming.Head head, PayloadReference reference) {
        return with(head, CONTENT_TYPE, reference.contentType());
    }

    /// Bytes that a payload may have.
    long bytesMax() {
        return payloads.settings().bytesMax();
    }

    /// Answers that are too large to go as they are go by reference.
    Delivery delivery(Streaming.Head head, long wholeBytesMax) {
        String scheme = head.header("x-forwarded-proto").orElse("http");
        String base = scheme + "://" + head.header("host").orElse("localhost");
        return new Delivery.Kept(
                wholeBytesMax,
                bytesMax(),
                (headers, length, body) -> {
                    String type = headers.getOrDefault("Content-Type", "");
                    return answer(headers, payloads.keep(base, type, length, body));
                });
    }

    private static Streaming.Answer answer(
            Map<String, String> headers, PayloadReference reference) {
        byte[] document = reference.json().getBytes(UTF_8);
        Map<String, String> all = new HashMap<>(headers);
        all.put("Content-Type", PayloadReference.MEDIA_TYPE);
        return new Streaming.Answer(
                200, all, Optional.of((long) document.length), out -> out.write(document));
    }
}
