package io.dormouse.tuner;

import java.util.Map;
import java.util.TreeMap;

/// What AWS asks for, in US dollars, as published for us-east-1. Other Regions differ, and what AWS
/// charges for provisioned concurrency is not in the table: see [Provisioned].
///
/// @param date the month in which the rates were last confirmed
/// @param perSecond of inference, by memory size in MB, billed by the millisecond
/// @param perGigabyte of data processed, in and out
/// @param instanceHours what an always-on instance costs an hour, by its type
public record Prices(
        String date,
        Map<Integer, Double> perSecond,
        double perGigabyte,
        Map<String, Double> instanceHours) {
    /// Hours of an average month, as AWS's own calculator counts them.
    public static final double HOURS_A_MONTH = 730;

    /// us-east-1, https://aws.amazon.com/sagemaker/pricing/
    public static final Prices AWS =
            new Prices(
                    "us-east-1, September 2026",
                    Map.of(
                            1024, 0.00002,
                            2048, 0.00004,
                            3072, 0.00006,
                            4096, 0.00008,
                            5120, 0.0001,
                            6144, 0.00012),
                    0.016,
                    Map.of(
                            "ml.t2.medium", 0.056,
                            "ml.c5.large", 0.102,
                            "ml.m5.large", 0.115,
                            "ml.c5.xlarge", 0.204));

    public Prices {
        perSecond = Map.copyOf(perSecond);
        instanceHours = Map.copyOf(instanceHours);
    }

    /// The rate of a memory size, dollars a second.
    ///
    /// @throws IllegalArgumentException for a size that serverless endpoints do not have
    public double perSecond(int memoryMb) {
        Double rate = perSecond.get(memoryMb);
        if (rate == null) {
            throw new IllegalArgumentException(
                    memoryMb
                            + " MB is no size of a serverless endpoint: expected one of "
                            + new TreeMap<>(perSecond).keySet());
        }
        return rate;
    }

    /// What one request costs: its time at its size, and its bytes.
    ///
    /// @param bytes of request and answer together
    public double request(int memoryMb, double millis, double bytes) {
        return millis / 1e3 * perSecond(memoryMb) + bytes / 1e9 * perGigabyte;
    }

    /// The instance that AWS's benchmarking toolkit puts beside a memory size.
    public static String instanceBeside(int memoryMb) {
        if (memoryMb <= 2048) {
            return "ml.t2.medium";
        }
        return memoryMb <= 5120 ? "ml.c5.large" : "ml.c5.xlarge";
    }

    /// These, with one more instance type, or another price for it.
    public Prices with(String instanceType, double dollarsAnHour) {
        Map<String, Double> all = new TreeMap<>(instanceHours);
        all.put(instanceType, dollarsAnHour);
        return new Prices(date, perSecond, perGigabyte, all);
    }
}
