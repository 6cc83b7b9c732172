package io.dormouse.tuner;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointResponse;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariantServerlessConfig;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariantSummary;

/// What a running serverless endpoint cost, by its metrics and AWS's prices.
///
/// @param endpoint whose bill it is
/// @param days that it covers, to the end
/// @param memoryMb that the endpoint has now: an earlier size is not in the metrics
/// @param provisioned concurrency that it has now, 0 for none
/// @param invocations as counted
/// @param modelSeconds that the model worked, all together
/// @param starts instances started
public record Bill(
        String endpoint,
        int days,
        int memoryMb,
        int provisioned,
        double invocations,
        double modelSeconds,
        double starts,
        Prices prices) {
    /// Reads it: configuration from the endpoint, use from CloudWatch, an hour at a time.
    ///
    /// @throws TuneFailed for an endpoint that is not serverless
    public static Bill read(
            SageMakerClient sageMaker,
            CloudWatchClient cloudWatch,
            InstantSource clock,
            Prices prices,
            String endpoint,
            int days) {
        DescribeEndpointResponse described =
                sageMaker.describeEndpoint(r -> r.endpointName(endpoint));
        ProductionVariantSummary variant =
                described.productionVariants().stream()
                        .findFirst()
                        .orElseThrow(() ->
                                new TuneFailed(
                                        "Endpoint "
                                                + endpoint
                                                + " has no variant yet: it is "
                                                + described.endpointStatusAsString()));
        ProductionVariantServerlessConfig serverless =
                Optional.ofNullable(variant.currentServerlessConfig())
                        .orElseThrow(() ->
                                new TuneFailed(
                                        "Endpoint "
                                                + endpoint
                                                + " is not serverless: an instance is billed by the"
                                                + " hour, whatever it does."));
        Instant now = clock.instant();
        Readings.Use use =
                new Readings(cloudWatch, endpoint, variant.variantName())
                        .use(
                                now.minus(Duration.ofDays(days)),
                                now.plus(Duration.ofMinutes(1)),
                                Duration.ofHours(1));
        return new Bill(
                endpoint,
                days,
                serverless.memorySizeInMB(),
                Optional.ofNullable(serverless.provisionedConcurrency()).orElse(0),
                use.invocations(),
                use.modelSeconds(),
                use.starts(),
                prices);
    }

    public double gigabyteSeconds() {
        return modelSeconds * memoryMb / 1024;
    }

    /// Without the bytes, of which CloudWatch has no metric.
    public double dollars() {
        return modelSeconds * prices.perSecond(memoryMb);
    }

    /// One instance of a type, on for as long as the bill covers.
    public double alwaysOn(String instanceType) {
        Double hour = prices.instanceHours().get(instanceType);
        if (hour == null) {
            throw new IllegalArgumentException("There is no price of " + instanceType);
        }
        return hour * 24 * days;
    }

    /// From how many requests a month on an instance is cheaper, at the mean time of those that
    /// were; nothing where there were none.
    public List<BreakEven> breakEvens() {
        return invocations > 0 && modelSeconds > 0
                ? BreakEven.instances(prices, memoryMb, modelSeconds / invocations * 1e3, 0)
                : List.of();
    }

    /// For a terminal.
    public List<String> lines() {
        String beside = Prices.instanceBeside(memoryMb);
        List<String> all = new ArrayList<>();
        all.add(
                "%s: the last %d %s, at the %d MB that it has now"
                        .formatted(endpoint, days, days == 1 ? "day" : "days", memoryMb));
        all.add("  requests            %,14.0f".formatted(invocations));
        all.add("  model time          %,14.1f s".formatted(modelSeconds));
        all.add("  memory x time       %,14.1f GB-seconds".formatted(gigabyteSeconds()));
        all.add("  instances started   %,14.0f".formatted(starts));
        all.add("  on AWS              %14s".formatted(money(dollars())));
        all.add(
                "  one %s %14s always on for as long"
                        .formatted("%-15s".formatted(beside), money(alwaysOn(beside))));
        breakEvens().forEach(each -> all.add("  " + Lines.breakEven(each)));
        all.addAll(notes());
        return all;
    }

    private List<String> notes() {
        List<String> all = new ArrayList<>();
        all.add(
                "Prices: %s, $%.5f a second at this size; $%.3f per GB in and out comes on top, which no metric counts."
                        .formatted(
                                prices.date(), prices.perSecond(memoryMb), prices.perGigabyte()));
        if (provisioned > 0) {
            all.add(
                    "Provisioned concurrency of %d is not in it: AWS's rates are not known here."
                            .formatted(provisioned));
        }
        return all;
    }

    /// For JSON.
    public Map<String, Object> tree() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("Endpoint", endpoint);
        all.put("Days", days);
        all.put("MemorySizeInMB", memoryMb);
        all.put("Invocations", invocations);
        all.put("ModelSeconds", modelSeconds);
        all.put("GigabyteSeconds", gigabyteSeconds());
        all.put("InstanceStarts", starts);
        all.put("Dollars", dollars());
        String beside = Prices.instanceBeside(memoryMb);
        all.put("AlwaysOn", Map.of("InstanceType", beside, "Dollars", alwaysOn(beside)));
        all.put("BreakEven", breakEvens().stream().map(Report::breakEven).toList());
        all.put("Notes", notes());
        return all;
    }

    /// Cents where there are any, else as many digits as show something.
    private static String money(double dollars) {
        return dollars == 0 || dollars >= 0.1
                ? "$%,.2f".formatted(dollars)
                : "$%.6f".formatted(dollars);
    }
}
