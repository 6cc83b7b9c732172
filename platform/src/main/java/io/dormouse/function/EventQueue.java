package io.dormouse.function;

import io.dormouse.aws.AwsError;
import io.dormouse.aws.Caller;
import io.dormouse.delivery.Courier;
import io.dormouse.delivery.Outbox;
import io.dormouse.delivery.Parcel;
import io.dormouse.store.Store;
import io.dormouse.timing.Alarms;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Events whose senders do not wait: kept before they are accepted, given to the function through
/// any crash, and where it fails twice more, a minute and two minutes later, as on AWS. What a
/// throttle refused is tried for six hours.
///
/// AWS page: [asynchronous
/// invocation](https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html).
final class EventQueue implements Courier, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dormouse.function");
    private static final int RETRIES_MAX = 2;
    private static final Duration AGE_MAX = Duration.ofHours(6);
    private static final Duration PAUSE_MAX = Duration.ofMinutes(5);

    private final FunctionRecords records;
    private final Invoker invoker;
    private final InstantSource clock;
    private final Caller owner;
    private final Outbox outbox;

    EventQueue(
            FunctionRecords records,
            Invoker invoker,
            Store store,
            InstantSource clock,
            Alarms alarms,
            Caller owner) {
        this.records = records;
        this.invoker = invoker;
        this.clock = clock;
        this.owner = owner;
        this.outbox = new Outbox(store, "functions", clock, alarms, this);
    }

    /// Keeps an event.
    void add(FunctionName name, byte[] event) {
        String body =
                JsonMapper.shared()
                        .createObjectNode()
                        .put("function", FunctionRecords.key(name))
                        .put("region", Caller.current().region())
                        .put("event", Base64.getEncoder().encodeToString(event))
                        .toString();
        records.store.write(tx -> {
            outbox.add(tx, body);
            return true;
        });
        outbox.look();
    }

    /// Takes up what an earlier life left.
    void start() {
        outbox.look();
    }

    @Override
    public Outcome deliver(Parcel parcel) {
        JsonNode told = JsonMapper.shared().readTree(parcel.body());
        Caller caller = new Caller(owner.account(), told.get("region").asString(), "", owner.arn());
        return caller.call(() -> deliver(told, parcel));
    }

    private Outcome deliver(JsonNode told, Parcel parcel) {
        FunctionName name = FunctionName.of(told.get("function").asString());
        try {
            Function function = records.store.read(query -> records.resolved(query, name));
            byte[] event = Base64.getDecoder().decode(told.get("event").asString());
            Invoker.Outcome outcome =
                    invoker.invoke(new Invoker.Call(function, name.arn(), event, Optional.empty()));
            if (outcome.error().isEmpty()) {
                return Outcome.DONE;
            }
            String document = new String(outcome.payload(), StandardCharsets.UTF_8);
            return failed(name, parcel, document);
        } catch (ResourceNotFoundException e) {
            return Outcome.DONE; // deleted meanwhile
        } catch (AwsServiceException e) {
            boolean isOld = clock.instant().isAfter(parcel.made().plus(AGE_MAX));
            return isOld
                    ? failed(name, parcel, AwsError.sentenceOf(e))
                    : new Outcome.Later(Courier.pause(parcel.attempts(), PAUSE_MAX));
        }
    }

    private static Outcome failed(FunctionName name, Parcel parcel, String why) {
        if (parcel.attempts() < RETRIES_MAX) {
            return new Outcome.Later(Duration.ofMinutes(parcel.attempts() + 1L));
        }
        LOG.log(
                System.Logger.Level.WARNING,
                "An event of function " + name.name() + " was given up: " + why);
        return Outcome.DONE;
    }

    @Override
    public void close() {
        outbox.close();
    }
}
