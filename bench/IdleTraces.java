import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// Made traces of requests, the same for the same seed: one kind of endpoint each, and a mix.
///
/// The mix follows what is published of the Azure Functions trace of 2019 (Shahrad et al.,
/// "Serverless in the Wild", USENIX ATC 2020; an application there is an endpoint here):
///
/// - two weeks; the rates of applications differ by 8 orders of magnitude; 45 % are called once an
///   hour or less on average, 81 % once a minute or less (figure 5a);
/// - 13 % have timers only, 15.8 % timers and something else (figure 3);
/// - 40 % have gaps whose deviation is larger than their mean; some without timers are regular all
///   the same (section 3.3);
/// - the load of a night is half of that of a day, and weekends are calmer (figure 4);
/// - memory is distributed as Burr XII with c = 11.652, k = 0.221, λ = 107.083 MB (figure 8).
///
/// What is not published is ours: rates are spread evenly, by their logarithm, between those
// points;
/// above one in 30 s they are cut, as no policy that is compared lets those go; half of the
/// timers-only ones have two timers; those without timers that are regular are 7 %; half of those
/// without a pattern of their own follow the working day.
final class IdleTraces {
    static final int DAYS = 14;
    static final long HORIZON_MILLIS = DAYS * 86_400_000L;

    private static final double HOUR = 3600;
    private static final double DAY = 24 * HOUR;
    private static final double HORIZON = DAYS * DAY;
    private static final double[] TIMER_SECONDS = {
        60, 300, 600, 900, 1800, HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR, DAY
    };

    /// @param requests milliseconds from the start, ascending
    record Endpoint(double memoryGb, long[] requests) {}

    record Trace(String name, List<Endpoint> endpoints) {
        long requests() {
            return endpoints.stream().mapToLong(each -> each.requests().length).sum();
        }
    }

    private interface Kind {
        LongStream requests(Random random);
    }

    private IdleTraces() {}

    static List<Trace> all(int endpoints) {
        int few = Math.max(20, endpoints / 5);
        return List.of(
                trace("poisson", few, 1, random -> poisson(random, usual(random), false)),
                trace("bursty", few, 2, random -> bursty(random, usual(random), false)),
                trace("daily", few, 3, random -> poisson(random, usual(random), true)),
                trace("periodic", few, 4, random -> regular(random, timer(random), 1)),
                trace("mix", endpoints, 5, IdleTraces::mixed));
    }

    private static Trace trace(String name, int endpoints, long seed, Kind kind) {
        return new Trace(
                name,
                IntStream.range(0, endpoints)
                        .mapToObj(
                                i -> {
                                    Random random = new Random(seed * 1_000_003 + i);
                                    random.nextLong();
                                    double memory = memoryGb(random);
                                    long[] requests = kind.requests(random).sorted().toArray();
                                    return new Endpoint(memory, requests);
                                })
                        .toList());
    }

    private static LongStream mixed(Random random) {
        double kind = random.nextDouble();
        double gap = 1 / azureRate(random);
        if (kind < 0.065) {
            return regular(random, nearestTimer(gap), 1);
        } else if (kind < 0.13) {
            return LongStream.concat(
                    regular(random, nearestTimer(gap), 1), regular(random, timer(random), 1));
        } else if (kind < 0.288) {
            return LongStream.concat(
                    regular(random, nearestTimer(gap * 2), 1),
                    poisson(random, gap * 2, random.nextBoolean()));
        } else if (kind < 0.358) {
            return regular(random, gap, gap * 0.05);
        } else if (kind < 0.758) {
            return bursty(random, gap, random.nextBoolean());
        }
        return poisson(random, gap, random.nextBoolean());
    }

    /// Requests a second.
    private static double azureRate(Random random) {
        double share = random.nextDouble();
        double perDay;
        if (share < 0.45) {
            perDay = logUniform(random, 1.0 / DAYS, 24);
        } else if (share < 0.81) {
            perDay = logUniform(random, 24, 1440);
        } else {
            perDay = logUniform(random, 1440, 1e7);
        }
        return Math.min(perDay, 2880) / DAY;
    }

    /// A mean gap, in seconds, between those that any policy keeps and those that none does.
    private static double usual(Random random) {
        return logUniform(random, 60, 12 * HOUR);
    }

    private static double timer(Random random) {
        return TIMER_SECONDS[random.nextInt(TIMER_SECONDS.length)];
    }

    private static double nearestTimer(double gap) {
        double nearest = TIMER_SECONDS[0];
        for (double each : TIMER_SECONDS) {
            if (Math.abs(Math.log(each / gap)) < Math.abs(Math.log(nearest / gap))) {
                nearest = each;
            }
        }
        return nearest;
    }

    /// @param jitter standard deviation of each request from its time, in seconds
    private static LongStream regular(Random random, double period, double jitter) {
        double first = random.nextDouble() * period;
        LongStream.Builder requests = LongStream.builder();
        for (double time = first; time < HORIZON; time += period) {
            add(requests, time + jitter * random.nextGaussian());
        }
        return requests.build();
    }

    private static LongStream poisson(Random random, double gap, boolean daily) {
        LongStream.Builder requests = LongStream.builder();
        double peak = daily ? DAILY_PEAK : 1;
        double time = exponential(random, gap / peak);
        while (time < HORIZON) {
            if (!daily || random.nextDouble() < day(time) / peak) {
                add(requests, time);
            }
            time += exponential(random, gap / peak);
        }
        return requests.build();
    }

    /// Visits, each of some requests that follow each other much faster than the visits do.
    private static LongStream bursty(Random random, double gap, boolean daily) {
        double mean = logUniform(random, 3, 30);
        double inner = logUniform(random, gap / 300, gap / 10);
        LongStream.Builder requests = LongStream.builder();
        for (long visit : poisson(random, gap * mean, daily).toArray()) {
            double time = visit / 1000.0;
            do {
                add(requests, time);
                time += exponential(random, inner);
            } while (random.nextDouble() > 1 / mean);
        }
        return requests.build();
    }

    private static final double DAILY_PEAK = 2.8;

    /// How the load of a working day differs from the mean: mornings and evenings little, nights
    /// nearly nothing, weekends less.
    private static double day(double time) {
        double hour = time / HOUR % 24;
        boolean weekend = time / DAY % 7 >= 5;
        double bell = Math.exp(-Math.pow((hour - 13) / 4, 2) / 2);
        return DAILY_PEAK * (0.02 + 0.98 * bell) * (weekend ? 0.5 : 1);
    }

    private static void add(LongStream.Builder requests, double seconds) {
        long millis = Math.round(seconds * 1000);
        if (millis >= 0 && millis < HORIZON_MILLIS) {
            requests.add(millis);
        }
    }

    private static double exponential(Random random, double mean) {
        return -mean * Math.log(1 - random.nextDouble());
    }

    private static double logUniform(Random random, double from, double to) {
        return from * Math.pow(to / from, random.nextDouble());
    }

    private static double memoryGb(Random random) {
        double above = 1 - random.nextDouble();
        double mb = 107.083 * Math.pow(Math.pow(above, -1 / 0.221) - 1, 1 / 11.652);
        return Math.min(mb, 3072) / 1024;
    }

    /// The share of endpoints whose gaps deviate by more than their mean.
    static double shareOfBursty(Trace trace) {
        return (double) trace.endpoints().stream().filter(IdleTraces::isBursty).count()
                / trace.endpoints().size();
    }

    private static boolean isBursty(Endpoint endpoint) {
        long[] at = endpoint.requests();
        double[] gaps = IntStream.range(1, at.length).mapToDouble(i -> at[i] - at[i - 1]).toArray();
        double mean = Arrays.stream(gaps).average().orElse(0);
        double square = Arrays.stream(gaps).map(gap -> gap * gap).average().orElse(0);
        return square - mean * mean > mean * mean;
    }

    /// The share of endpoints with at most so many requests an hour.
    static double shareUpTo(Trace trace, double perHour) {
        return (double)
                        trace.endpoints().stream()
                                .filter(each -> each.requests().length <= perHour * 24 * DAYS)
                                .count()
                / trace.endpoints().size();
    }
}
