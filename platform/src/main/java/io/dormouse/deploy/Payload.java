package io.dormouse.deploy;

import software.amazon.awssdk.core.SdkBytes;

/// What an endpoint is tried with.
///
/// @param contentType its media type
public record Payload(SdkBytes body, String contentType) {}
