package io.dormouse.tuner;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// From how many requests a month on something else is cheaper than serverless on demand.
///
/// @param against what it is compared with: an instance type, or provisioned concurrency
/// @param dollarsAMonth what that costs however little it is used
/// @param requests a month; none where serverless on demand stays cheaper however many there are
/// @param busy the share of a month that one instance would be busy with so many; above 1 it could
///   not serve them one after another, and more than one would be needed
public record BreakEven(
        String against, double dollarsAMonth, Optional<Double> requests, double busy) {
    /// Against one always-on instance of each type in the table, cheapest first.
    public static List<BreakEven> instances(
            Prices prices, int memoryMb, double millis, double bytes) {
        double request = prices.request(memoryMb, millis, bytes);
        Map<String, Double> byName = new TreeMap<>(prices.instanceHours());
        return byName.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .map(each -> {
                    double month = each.getValue() * Prices.HOURS_A_MONTH;
                    return of("one " + each.getKey(), month, month / request, millis);
                })
                .toList();
    }

    /// Against one instance kept ready. The bytes cost the same both ways.
    public static BreakEven provisioned(
            Prices prices, Provisioned assumed, int memoryMb, double millis) {
        double rate = prices.perSecond(memoryMb);
        double month = rate * assumed.kept() * Prices.HOURS_A_MONTH * 3600;
        double saved = rate * (1 - assumed.inference()) * millis / 1e3;
        return of(
                "provisioned concurrency of 1",
                month,
                saved > 0 ? month / saved : Double.POSITIVE_INFINITY,
                millis);
    }

    private static BreakEven of(String against, double month, double requests, double millis) {
        return new BreakEven(
                against,
                month,
                Optional.of(requests).filter(Double::isFinite),
                requests * millis / 1e3 / (Prices.HOURS_A_MONTH * 3600));
    }
}
