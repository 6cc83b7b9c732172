package io.dormouse.tuner;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// The requests that are sent, one after another and again from the first.
final class Payloads {
    private final List<Payload> all;
    private final AtomicInteger next = new AtomicInteger();

    Payloads(List<Payload> all) {
        if (all.isEmpty()) {
            throw new IllegalArgumentException("there is no payload to send");
        }
        this.all = List.copyOf(all);
    }

    Payload next() {
        return all.get(Math.floorMod(next.getAndIncrement(), all.size()));
    }
}
