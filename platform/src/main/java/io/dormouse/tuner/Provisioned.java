package io.dormouse.tuner;

/// What provisioned concurrency is assumed to cost. AWS publishes the rates on its price page,
/// which this program does not read; so they are the user's to state, as shares of the on-demand
/// rate of the same memory.
///
/// @param kept for each second that an instance is kept ready, as a share of the on-demand rate
/// @param inference for each second of inference on it, as a share of the on-demand rate
public record Provisioned(double kept, double inference) {
    public Provisioned {
        if (!(kept > 0) || !(inference >= 0)) {
            throw new IllegalArgumentException(
                    "the shares of the on-demand rate must be positive, and are "
                            + kept
                            + " and "
                            + inference);
        }
    }
}
