package io.dormouse.worker;

/// What a generic instance is to be until a model is loaded into it.
///
/// @param memoryMb what it may take while it waits, MB
public record WarmSpec(int memoryMb) {}
