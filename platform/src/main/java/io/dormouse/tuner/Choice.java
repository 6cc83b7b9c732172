package io.dormouse.tuner;

import io.dormouse.tuner.Measured.Works;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/// Which size it should be, by what is wanted; each is none where no size works.
///
/// @param smallest that works
/// @param knee from which on more memory buys little speed
/// @param cheapest a request
/// @param fastest at the median; of those that the measurement cannot tell apart, the smallest
/// @param weighted best by the weight between speed and cost
/// @param within cheapest whose p99 stays under the limit at each concurrency, where a limit is set
public record Choice(
        Optional<Integer> smallest,
        Optional<Integer> knee,
        Optional<Integer> cheapest,
        Optional<Integer> fastest,
        Optional<Integer> weighted,
        Optional<Integer> within) {
    /// A gain in speed below this share, over all sizes, is none that memory would be bought for.
    private static final double FLAT = 0.1;

    /// A size that works, reduced to what is compared.
    private record Point(
            int memoryMb, double millis, Interval interval, double dollars, double p99) {}

    /// Chooses among the sizes that work.
    ///
    /// @param weight of speed against cost: 1 is speed alone, 0 cost alone
    /// @param p99Millis the limit, where there is one
    public static Choice of(
            List<Measured> all, Prices prices, double weight, Optional<Double> p99Millis) {
        List<Point> points =
                all.stream()
                        .sorted(Comparator.comparingInt(Measured::memoryMb))
                        .flatMap(each ->
                                each
                                        .works()
                                        .map(works -> point(each.memoryMb(), works, prices))
                                        .stream())
                        .toList();
        return new Choice(
                points.stream().map(Point::memoryMb).findFirst(),
                knee(points),
                best(points, Point::dollars),
                fastest(points),
                weighted(points, weight),
                p99Millis.flatMap(limit ->
                        best(
                                points.stream().filter(point -> point.p99() <= limit).toList(),
                                Point::dollars)));
    }

    private static Point point(int memoryMb, Works works, Prices prices) {
        Latencies single = works.single().latencies();
        return new Point(
                memoryMb,
                single.median(),
                single.interval(0.5),
                prices.request(memoryMb, works.billedMillis(), works.bytes()),
                works.warm().stream()
                        .mapToDouble(warm -> warm.latencies().quantile(0.99))
                        .max()
                        .orElse(Double.POSITIVE_INFINITY));
    }

    /// The smallest of those whose figure is the lowest.
    private static Optional<Integer> best(List<Point> points, ToDoubleFunction<Point> figure) {
        return points.stream().min(Comparator.comparingDouble(figure)).map(Point::memoryMb);
    }

    private static Optional<Integer> fastest(List<Point> points) {
        return points.stream()
                .min(Comparator.comparingDouble(Point::millis))
                .flatMap(best ->
                        points.stream()
                                .filter(each -> each.interval().overlaps(best.interval()))
                                .map(Point::memoryMb)
                                .findFirst());
    }

    /// Each figure as a multiple of the best one, so that neither's unit matters.
    private static Optional<Integer> weighted(List<Point> points, double weight) {
        double millis = points.stream().mapToDouble(Point::millis).min().orElse(1);
        double dollars = points.stream().mapToDouble(Point::dollars).min().orElse(1);
        return best(
                points,
                point ->
                        weight * point.millis() / millis
                                + (1 - weight) * point.dollars() / dollars);
    }

    /// The point farthest below the straight line from the smallest size to the lowest latency,
    /// both axes scaled to one ("Finding a Kneedle in a Haystack", Satopää et al., 2011). The line
    /// ends at the lowest latency and not at the largest size, since more memory may also slow a
    /// model down.
    private static Optional<Integer> knee(List<Point> points) {
        if (points.isEmpty()) {
            return Optional.empty();
        }
        Point first = points.getFirst();
        Point lowest = points.stream().min(Comparator.comparingDouble(Point::millis)).get();
        double gain = first.millis() - lowest.millis();
        if (gain < FLAT * first.millis() || first.interval().overlaps(lowest.interval())) {
            return Optional.of(first.memoryMb());
        }
        double width = lowest.memoryMb() - first.memoryMb();
        return points.stream()
                .filter(point -> point.memoryMb() > first.memoryMb())
                .filter(point -> point.memoryMb() <= lowest.memoryMb())
                .max(
                        Comparator.comparingDouble(point ->
                                (first.millis() - point.millis()) / gain
                                        - (point.memoryMb() - first.memoryMb()) / width))
                .map(Point::memoryMb);
    }
}
