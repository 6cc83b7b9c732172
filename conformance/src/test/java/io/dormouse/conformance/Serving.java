package io.dormouse.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointResponse;
import software.amazon.awssdk.services.sagemaker.model.EndpointStatus;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariant;

/// Models and endpoints, as every story here makes them.
final class Serving {
    private Serving() {}

    static void createModel(SageMakerClient sageMaker, String name, String image, String artifact) {
        sageMaker.createModel(r ->
                r.modelName(name)
                        .executionRoleArn(Training.ROLE)
                        .primaryContainer(c -> c.image(image).modelDataUrl(artifact)));
    }

    /// A configuration named after its model.
    static void createConfig(
            SageMakerClient sageMaker, String name, int memoryMb, int concurrency) {
        sageMaker.createEndpointConfig(r ->
                r.endpointConfigName(name)
                        .productionVariants(
                                ProductionVariant.builder()
                                        .variantName("AllTraffic")
                                        .modelName(name)
                                        .serverlessConfig(s ->
                                                s.memorySizeInMB(memoryMb)
                                                        .maxConcurrency(concurrency))
                                        .build()));
    }

    /// An endpoint named after its model, when its status has settled.
    static DescribeEndpointResponse settle(
            SageMakerClient sageMaker, String name, int memoryMb, int concurrency) {
        createConfig(sageMaker, name, memoryMb, concurrency);
        sageMaker.createEndpoint(r -> r.endpointName(name).endpointConfigName(name));
        DescribeEndpointResponse now;
        do {
            now = sageMaker.describeEndpoint(r -> r.endpointName(name));
        } while (now.endpointStatus() == EndpointStatus.CREATING);
        return now;
    }

    /// An endpoint named after its model, in service.
    static void deploy(SageMakerClient sageMaker, String name, int memoryMb, int concurrency) {
        DescribeEndpointResponse now = settle(sageMaker, name, memoryMb, concurrency);
        assertEquals("InService", now.endpointStatusAsString(), now.failureReason());
        PlatformProcess.waiter(sageMaker).waitUntilEndpointInService(r -> r.endpointName(name));
    }
}
