package io.dormouse.gateway;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Where the requests of one endpoint go.
public final class Route {
    private final String endpoint;
    private final List<Variant> variants;
    private final List<Traffic> traffic;
    private final Optional<AsyncSettings> async;
    private final double weights;

    /// @param endpoint its name, as clients spell it
    /// @param variants at least one
    public Route(String endpoint, List<Variant> variants) {
        this(endpoint, variants, Optional.empty());
    }

    /// @param async where its requests are asynchronous
    public Route(String endpoint, List<Variant> variants, Optional<AsyncSettings> async) {
        this.async = Objects.requireNonNull(async);
        this.endpoint = Objects.requireNonNull(endpoint);
        this.variants = List.copyOf(variants);
        if (this.variants.isEmpty()) {
            throw new IllegalArgumentException("an endpoint in service has a variant");
        }
        this.traffic = this.variants.stream().map(each -> new Traffic(endpoint, each)).toList();
        this.weights = this.variants.stream().mapToDouble(Variant::weight).sum();
    }

    public String endpoint() {
        return endpoint;
    }

    /// Where its answers go, if it is invoked asynchronously.
    public Optional<AsyncSettings> async() {
        return async;
    }

    public List<Variant> variants() {
        return variants;
    }

    /// The variant that a request names.
    public Optional<Variant> variant(String name) {
        return variants.stream().filter(each -> each.name().equals(name)).findFirst();
    }

    /// The variant for a point drawn evenly from [0, 1): each gets its weight's share of them.
    public Variant at(double point) {
        double left = point * weights;
        for (Variant each : variants) {
            left -= each.weight();
            if (left < 0) {
                return each;
            }
        }
        return variants.getFirst();
    }

    /// What is recorded of a variant's invocations.
    Traffic traffic(Variant variant) {
        return traffic.get(variants.indexOf(variant));
    }
}
