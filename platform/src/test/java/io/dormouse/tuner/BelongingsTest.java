package io.dormouse.tuner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.DeleteEndpointConfigRequest;
import software.amazon.awssdk.services.sagemaker.model.DeleteEndpointConfigResponse;
import software.amazon.awssdk.services.sagemaker.model.DeleteEndpointRequest;
import software.amazon.awssdk.services.sagemaker.model.DeleteEndpointResponse;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointResponse;
import software.amazon.awssdk.services.sagemaker.model.SageMakerException;

/// What was made is taken away, and what cannot be is said.
class BelongingsTest {
    /// Deletes what it has; `refusals` are said first, one each time.
    private static final class Account implements SageMakerClient {
        final Set<String> has = ConcurrentHashMap.newKeySet();
        final ConcurrentLinkedQueue<String> refusals = new ConcurrentLinkedQueue<>();

        private static SageMakerException error(String message) {
            return (SageMakerException)
                    SageMakerException.builder()
                            .awsErrorDetails(
                                    AwsErrorDetails.builder()
                                            .errorCode("ValidationException")
                                            .errorMessage(message)
                                            .build())
                            .statusCode(400)
                            .build();
        }

        private void delete(String name) {
            String refusal = refusals.poll();
            if (refusal != null) {
                throw error(refusal);
            }
            if (!has.remove(name)) {
                throw error("Could not find \"" + name + "\".");
            }
        }

        @Override
        public DeleteEndpointResponse deleteEndpoint(DeleteEndpointRequest request) {
            delete(request.endpointName());
            return DeleteEndpointResponse.builder().build();
        }

        @Override
        public DeleteEndpointConfigResponse deleteEndpointConfig(
                DeleteEndpointConfigRequest request) {
            delete(request.endpointConfigName());
            return DeleteEndpointConfigResponse.builder().build();
        }

        @Override
        public DescribeEndpointResponse describeEndpoint(DescribeEndpointRequest request) {
            if (!has.contains(request.endpointName())) {
                throw error("Could not find endpoint \"" + request.endpointName() + "\".");
            }
            return DescribeEndpointResponse.builder().build();
        }

        @Override
        public String serviceName() {
            return "sagemaker";
        }

        @Override
        public void close() {}
    }

    private final Account account = new Account();
    private final Belongings belongings = new Belongings(account, Duration.ofSeconds(2));

    @Test
    void anEndpointThatIsStillBeingMadeIsDeletedAsSoonAsItCanBe() {
        belongings.config("c", () -> account.has.add("c"));
        belongings.endpoint("e", () -> account.has.add("e"));
        account.refusals.add("Cannot update in-progress endpoint \"e\".");
        assertEquals(List.of(), belongings.end());
        assertEquals(Set.of(), account.has);
    }

    /// The answer to a creation was lost: the thing is there.
    @Test
    void whatFailedToAnswerIsTakenAwayToo() {
        assertThrows(
                IllegalStateException.class,
                () ->
                        belongings.endpoint(
                                "e",
                                () -> {
                                    account.has.add("e");
                                    throw new IllegalStateException("connection lost");
                                }));
        belongings.close();
        assertEquals(Set.of(), account.has);
    }

    @Test
    void whatCannotBeRemovedIsSaidWithTheLineThatDoesIt() {
        belongings.config("c", () -> account.has.add("c"));
        belongings.endpoint("e", () -> account.has.add("e"));
        account.refusals.add("You may not delete it.");
        assertEquals(
                List.of(
                        "aws sagemaker delete-endpoint --endpoint-name e   # You may not delete it."),
                belongings.end());
        assertEquals(Set.of("e"), account.has);
        assertEquals(List.of(), belongings.end());
        assertEquals(Set.of(), account.has);
    }

    @Test
    void nothingIsMadeAfterTheEnd() {
        belongings.close();
        assertThrows(TuneFailed.class, () -> belongings.endpoint("e", () -> account.has.add("e")));
        assertTrue(account.has.isEmpty());
    }

    @Test
    void anInterruptDoesNotKeepItFromTidyingUp() {
        belongings.endpoint("e", () -> account.has.add("e"));
        Thread.currentThread().interrupt();
        assertEquals(List.of(), belongings.end());
        assertEquals(Set.of(), account.has);
    }
}
