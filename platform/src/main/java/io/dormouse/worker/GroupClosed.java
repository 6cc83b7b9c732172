package io.dormouse.worker;

/// The group takes no more leases: it drains, or has ended. Whoever asked reads the routing table
/// again.
public final class GroupClosed extends IllegalStateException {
    private static final long serialVersionUID = 1;

    public GroupClosed(String owner) {
        super(owner + " takes no more requests");
    }
}
