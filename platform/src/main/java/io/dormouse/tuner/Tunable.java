package io.dormouse.tuner;

import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;

/// What is called: this platform, AWS, or another that speaks its APIs.
public record Tunable(
        SageMakerClient sageMaker, SageMakerRuntimeClient runtime, CloudWatchClient cloudWatch) {}
