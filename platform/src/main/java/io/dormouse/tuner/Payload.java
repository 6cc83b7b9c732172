package io.dormouse.tuner;

import software.amazon.awssdk.core.SdkBytes;

/// A request body as an endpoint's callers send it.
///
/// @param name what it is called in messages: its file
/// @param contentType such as `text/csv`
public record Payload(String name, String contentType, SdkBytes body) {}
