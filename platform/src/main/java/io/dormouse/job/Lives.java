package io.dormouse.job;

import static io.dormouse.aws.AwsError.VALIDATION;

import io.dormouse.aws.Caller;
import io.dormouse.aws.EventDetail;
import io.dormouse.aws.TagList;
import io.dormouse.store.Entry;
import io.dormouse.store.Listing;
import io.dormouse.store.Page;
import io.dormouse.store.Query;
import io.dormouse.store.Records;
import io.dormouse.store.Tx;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.sagemaker.model.ResourceInUseException;
import software.amazon.awssdk.services.sagemaker.model.Tag;

/// The lives of all jobs of one kind: the only writer of their records, each move with its event in
/// one transaction, and the runs that are under way.
final class Lives<J extends Job<J>> implements AutoCloseable {
    private final JobRoom room;
    private final JobKind<J> kind;
    private final Records<J> records;
    private final Map<String, JobRun<J>> running = new ConcurrentHashMap<>();

    Lives(JobRoom room, JobKind<J> kind) {
        this.room = room;
        this.kind = kind;
        this.records = new Records<>(room.store(), kind.path(), kind.codec());
    }

    /// The ARN that a job of this name has.
    String arn(String name) {
        return Caller.current().resource("sagemaker", kind.path() + "/" + name);
    }

    /// Keeps a new job, and begins it.
    void begin(J job, List<Tag> tags) {
        Map<String, String> given = TagList.toMap(tags);
        room.store()
                .write(tx -> {
                    Entry<J> entry = Entry.of(job.name(), job.created(), job);
                    if (!records.insert(tx, entry.now(job.status(), job.created(), job))) {
                        throw taken(job);
                    }
                    room.tags().put(tx, job.arn(), given);
                    return told(tx, job);
                });
        start(job.name());
    }

    /// Runs again what the platform was ended in.
    void resume() {
        for (J job : all()) {
            if (!job.hasEnded()) {
                start(job.name());
            }
        }
    }

    private void start(String name) {
        String owner = kind.path() + "/" + name;
        JobRun<J> run = new JobRun<>(room, kind, owner, move -> move(name, move));
        running.put(name, run);
        Thread.ofVirtual()
                .name(owner)
                .start(() -> {
                    try {
                        run.run();
                    } finally {
                        running.remove(name, run);
                    }
                });
    }

    /// Asks a job to stop.
    void stop(String name) {
        J job = find(name);
        if (job.hasEnded()) {
            throw VALIDATION.of(
                    "The request was rejected because the "
                            + kind.noun()
                            + " is in status "
                            + job.status()
                            + ".");
        }
        move(name, now -> now.isStopping() ? now : now.stopping(room.clock().instant()));
        Optional.ofNullable(running.get(name)).ifPresent(JobRun::stop);
    }

    /// Makes one move of a job's life; one that has ended stays as it is.
    ///
    /// @return the job as it is now
    private J move(String name, UnaryOperator<J> move) {
        return room.store()
                .write(tx -> {
                    Entry<J> entry = records.get(tx, name).orElseThrow(() -> missing(name));
                    J before = entry.body();
                    J after = before.hasEnded() ? before : move.apply(before);
                    if (!after.equals(before)) {
                        records.update(tx, entry.now(after.status(), after.modified(), after));
                        told(tx, after);
                    }
                    return after;
                });
    }

    private J told(Tx tx, J job) {
        Map<String, String> tags = room.tags().of(tx, job.arn());
        String detail = EventDetail.of(job.description(), tags).toString();
        tx.append(EventDetail.SOURCE, kind.event(), job.arn(), detail);
        return job;
    }

    J find(String name) {
        return records.get(name).orElseThrow(() -> missing(name)).body();
    }

    Page<J> page(Listing listing) {
        return records.page(listing).map(Entry::body);
    }

    List<J> all() {
        return records.all().stream().map(Entry::body).toList();
    }

    /// The ARN of a job, where there is one of that name.
    Optional<String> arn(Query query, String name) {
        return records.get(query, name).map(entry -> entry.body().arn());
    }

    private AwsServiceException missing(String name) {
        return VALIDATION.of(kind.missing(name));
    }

    private ResourceInUseException taken(J job) {
        return ResourceInUseException.builder()
                .message(
                        "Job name must be unique within an AWS account and region, and a "
                                + kind.noun()
                                + " with this name already exists ("
                                + job.arn()
                                + ")")
                .build();
    }

    /// Ends what runs; it is run again when the platform starts again.
    @Override
    public void close() {
        running.values().forEach(JobRun::abandon);
    }
}
