package io.dormouse.gateway;

import io.dormouse.wire.Streaming;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

///
/// [InvokeEndpointWithResponseStream](https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointWithResponseStream.html):
/// an invocation whose answer comes as events while the model writes it. The answer's size has no
/// limit of its own, its time has.
public final class ResponseStreams implements Streaming {
    /// AWS's, from the request to the last of its answer.
    public static final Duration LONGEST = Duration.ofMinutes(8);

    private static final String ACCEPT = "x-amzn-sagemaker-accept";

    private final Invocations invocations;
    private final Duration longest;

    public ResponseStreams(Invocations invocations, Duration longest) {
        this.invocations = invocations;
        this.longest = longest;
    }

    @Override
    public Answer invoke(Head head, InputStream body) throws IOException {
        Optional<Refusal> refusal = invocations.notAtOnce(head);
        if (refusal.isPresent()) {
            return refusal.get().answer();
        }
        Map<String, List<String>> headers = new HashMap<>(head.headers());
        // The client's own Accept is for the event stream, and not for the model.
        headers.remove("accept");
        head.header(ACCEPT).ifPresent(accept -> headers.put("accept", List.of(accept)));
        return invocations.invoke(head.with(headers), body, longest, new Delivery.Events(longest));
    }
}
