package io.dormouse.tuner;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointResponse;

/// Callers of one endpoint, each sending the next payload when it has the answer to its last.
final class Callers {
    private final SageMakerRuntimeClient runtime;
    private final Payloads payloads;
    private final String endpoint;
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    Callers(SageMakerRuntimeClient runtime, Payloads payloads, String endpoint) {
        this.runtime = runtime;
        this.payloads = payloads;
        this.endpoint = endpoint;
    }

    /// What came of many calls.
    ///
    /// @param millis of those that were answered, in the order of their answers
    /// @param refused why one was not: the first one ends them all
    record Outcome(List<Double> millis, double seconds, Optional<String> refused) {}

    /// Milliseconds of one call.
    ///
    /// @throws SdkException for what was not answered well
    double call() {
        Payload payload = payloads.next();
        long begin = System.nanoTime();
        InvokeEndpointResponse answer =
                runtime.invokeEndpoint(r ->
                        r.endpointName(endpoint)
                                .contentType(payload.contentType())
                                .body(payload.body()));
        double millis = (System.nanoTime() - begin) / 1e6;
        calls.incrementAndGet();
        bytes.addAndGet(
                payload.body().asByteArrayUnsafe().length
                        + answer.body().asByteArrayUnsafe().length);
        return millis;
    }

    /// Of request and answer together, the mean of all calls so far.
    double meanBytes() {
        return calls.get() == 0 ? 0 : (double) bytes.get() / calls.get();
    }

    /// Calls by so many callers at once until `done` says so of what was answered so far; it is
    /// asked after each answer, by one caller at a time.
    Outcome callUntil(int concurrency, Predicate<List<Double>> done) {
        Together together = new Together(done);
        long begin = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < concurrency; i++) {
            threads.add(Thread.ofVirtual().name("caller-" + i).start(() -> work(together)));
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            together.refuse("Interrupted");
            Thread.currentThread().interrupt();
            throw new TuneFailed("Interrupted while calling " + endpoint, e);
        }
        return together.outcome((System.nanoTime() - begin) / 1e9);
    }

    private void work(Together together) {
        while (!together.ended()) {
            try {
                together.answered(call());
            } catch (SdkException e) {
                together.refuse(sentence(e));
            }
        }
    }

    /// Why a call was refused, the service's own words where there are any.
    static String sentence(SdkException e) {
        if (e instanceof AwsServiceException service && service.awsErrorDetails() != null) {
            return service.awsErrorDetails().errorCode() + ": " + Waiting.sentence(service);
        }
        return String.valueOf(e.getMessage());
    }

    /// What callers share.
    private static final class Together {
        private final Predicate<List<Double>> done;
        private final List<Double> millis = new ArrayList<>();
        private Optional<String> refused = Optional.empty();
        private boolean ended;

        Together(Predicate<List<Double>> done) {
            this.done = done;
        }

        synchronized boolean ended() {
            return ended;
        }

        synchronized void answered(double each) {
            if (!ended) {
                millis.add(each);
                ended = done.test(millis);
            }
        }

        synchronized void refuse(String sentence) {
            if (!ended) {
                refused = Optional.of(sentence);
                ended = true;
            }
        }

        synchronized Outcome outcome(double seconds) {
            return new Outcome(List.copyOf(millis), seconds, refused);
        }
    }
}
