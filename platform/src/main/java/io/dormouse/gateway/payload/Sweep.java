package io.dormouse.gateway.payload;

import io.dormouse.aws.Caller;
import io.dormouse.timing.Alarms;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/// Removes payloads whose time is over, by the platform's clock: those below [the
/// prefix][PayloadReference#PREFIX] in the allowed buckets, whoever put them there. What else lies
/// in a bucket is its owner's.
public final class Sweep {
    private static final System.Logger LOG = System.getLogger(Sweep.class.getName());

    private final S3Client s3;
    private final PayloadSettings settings;
    private final InstantSource clock;
    private final Alarms alarms;
    private final Caller owner;

    public Sweep(
            S3Client s3,
            PayloadSettings settings,
            InstantSource clock,
            Alarms alarms,
            Caller owner) {
        this.s3 = s3;
        this.settings = settings;
        this.clock = clock;
        this.alarms = alarms;
        this.owner = owner;
    }

    /// Sweeps again and again, often enough that nothing lies there for a quarter longer than it
    /// may.
    public void start() {
        Duration pause = settings.lifetime().dividedBy(4);
        alarms.at(
                clock.instant().plus(pause),
                () -> {
                    sweep();
                    start();
                });
    }

    /// Removes what is too old now.
    void sweep() {
        Instant oldest = clock.instant().minus(settings.lifetime());
        owner.call(() -> {
            for (String bucket : settings.buckets()) {
                try {
                    sweep(bucket, oldest);
                } catch (RuntimeException e) {
                    boolean missing = e instanceof S3Exception s3e && s3e.statusCode() == 404;
                    if (!missing) {
                        LOG.log(System.Logger.Level.WARNING, "Payloads not swept: " + bucket, e);
                    }
                }
            }
            return settings;
        });
    }

    private void sweep(String bucket, Instant oldest) {
        List<String> old =
                s3
                        .listObjectsV2Paginator(
                                r -> r.bucket(bucket).prefix(PayloadReference.PREFIX))
                        .contents()
                        .stream()
                        .filter(each -> !each.lastModified().isAfter(oldest))
                        .map(S3Object::key)
                        .toList();
        for (String key : old) {
            s3.deleteObject(r -> r.bucket(bucket).key(key));
        }
    }
}
