package io.dormouse.gateway;

import io.dormouse.wire.EventStream;
import io.dormouse.wire.Streaming;
import io.dormouse.worker.Fault;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// An instance's answer as a stream of events, each piece sent as soon as the model wrote it. What
/// goes wrong in the middle is the stream's last message, since its head has gone out:
///
///     PayloadPart* ( end | ModelStreamError | InternalStreamFailure )
final class EventReply implements Streaming.Body {
    private static final int PIECE_BYTES = 64 * 1024;

    private final ModelAnswer answer;
    private final long begin;
    private final Duration longest;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile Optional<Fault> late = Optional.empty();

    /// @param begin when the invocation came, of `System.nanoTime`
    /// @param longest from then until the answer's end
    EventReply(ModelAnswer answer, long begin, Duration longest) {
        this.answer = answer;
        this.begin = begin;
        this.longest = longest;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        Thread.ofVirtual().name("stream-deadline").start(this::endInTime);
        byte[] piece = new byte[PIECE_BYTES];
        while (true) {
            int n;
            try {
                n = answer.read(piece);
            } catch (IOException e) {
                out.write(failure(late.orElseGet(() -> ModelAnswer.fault(e))));
                return;
            } catch (RuntimeException e) {
                answer.breakOff();
                ObjectNode why = JsonNodeFactory.instance.objectNode();
                why.put("Message", "The platform could not read the answer: " + e);
                out.write(EventStream.exception("InternalStreamFailure", text(why)));
                return;
            }
            if (n < 0) {
                return;
            }
            out.write(EventStream.event("PayloadPart", "application/octet-stream", piece, n));
            out.flush();
        }
    }

    /// A read that waits for a model that stays silent ends when the instance does.
    private void endInTime() {
        long left = longest.toNanos() - (System.nanoTime() - begin);
        try {
            if (!ended.await(left, TimeUnit.NANOSECONDS)) {
                Fault fault =
                        new Fault(
                                Fault.Kind.TIMEOUT,
                                "the answer was not at its end after "
                                        + longest.toSeconds()
                                        + " seconds");
                late = Optional.of(fault);
                answer.fail(fault);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] failure(Fault fault) {
        boolean isLate = fault.kind() == Fault.Kind.TIMEOUT;
        ObjectNode why =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("ErrorCode", isLate ? "ModelInvocationTimeExceeded" : "StreamBroken")
                        .put("Message", "The model's answer broke off: " + fault.getMessage());
        return EventStream.exception("ModelStreamError", text(why));
    }

    private static String text(ObjectNode node) {
        return JsonMapper.shared().writeValueAsString(node);
    }

    @Override
    public void close() {
        ended.countDown();
        answer.close();
    }
}
