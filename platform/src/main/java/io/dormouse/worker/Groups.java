package io.dormouse.worker;

/// Makes groups: what the control plane asks for when it puts a version of an endpoint into
/// service.
@FunctionalInterface
public interface Groups {
    /// A group, without instances unless some are provisioned. Starts nothing that it waits for.
    WorkerGroup create(GroupSpec spec);
}
