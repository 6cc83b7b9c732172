package io.dormouse.function;

import io.dormouse.aws.AwsError;
import io.dormouse.aws.Caller;
import io.dormouse.wire.Authenticator;
import io.dormouse.wire.Exchange;
import io.dormouse.wire.ForeignOrigin;
import io.dormouse.wire.Handler;
import io.dormouse.wire.Scope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.lambda.model.FunctionUrlAuthType;
import software.amazon.awssdk.services.lambda.model.FunctionUrlConfig;
import tools.jackson.databind.json.JsonMapper;

/// Answers function URLs: `http://ID.lambda-url.REGION.localhost:PORT/…`, and, where such a name
/// cannot be looked up, `/_dormouse/functions/NAME/…`.
///
///     request ─ CORS ─ authentication ─ API key ─ rate ─► event ─► function ─► answer
public final class UrlFront implements Handler {
    static final String PREFIX = "/_dormouse/functions/";

    private static final int TOO_MANY = 429;
    private static final int FORBIDDEN = 403;
    private static final int TOO_LONG = 413;
    private static final int BAD_GATEWAY = 502;

    private final FunctionRecords records;
    private final FunctionUrls urls;
    private final Permissions permissions;
    private final Invoker invoker;
    private final Authenticator authenticator;
    private final InstantSource wall;
    private final Caller owner;
    private final Map<String, TokenBucket> buckets = new ConcurrentHashMap<>();

    UrlFront(
            FunctionRecords records,
            FunctionUrls urls,
            Permissions permissions,
            Invoker invoker,
            Authenticator authenticator,
            InstantSource wall,
            Caller owner) {
        this.records = records;
        this.urls = urls;
        this.permissions = permissions;
        this.invoker = invoker;
        this.authenticator = authenticator;
        this.wall = wall;
        this.owner = owner;
    }

    /// A URL that was asked.
    ///
    /// @param path what follows its host
    private record Asked(FunctionName name, FunctionUrlConfig config, String path, Caller caller) {
        UrlCors cors() {
            return UrlCors.of(config.cors());
        }
    }

    /// Whether a request is for a function URL.
    public static boolean takes(Exchange exchange) {
        return FunctionUrls.isHost(exchange.header("host").orElse(""))
                || exchange.path().startsWith(PREFIX);
    }

    private Optional<Asked> asked(Exchange exchange) {
        String host = exchange.header("host").orElse("");
        if (FunctionUrls.isHost(host)) {
            String[] labels = host.split("\\.", -1);
            return urls.byId(labels[0], labels.length > 2 ? labels[2] : "")
                    .map(config -> asked(config, exchange.path()));
        }
        String rest = exchange.path().substring(PREFIX.length());
        int slash = rest.indexOf('/');
        String name = (slash < 0 ? rest : rest.substring(0, slash)).replace("%3A", ":");
        String path = slash < 0 ? "/" : rest.substring(slash);
        return records.urls.get(name).map(each -> asked(each.body(), path));
    }

    private Asked asked(FunctionUrlConfig config, String path) {
        return new Asked(
                FunctionUrls.name(config), config, path, FunctionUrls.caller(owner, config));
    }

    /// Serves pages of another site that a URL's own configuration lets in; what is for no function
    /// URL is left to another.
    public ForeignOrigin foreign(ForeignOrigin otherwise) {
        return exchange -> takes(exchange) ? foreign(exchange) : otherwise.handle(exchange);
    }

    private boolean foreign(Exchange exchange) throws IOException {
        Optional<Asked> asked = asked(exchange);
        if (asked.isEmpty() || !asked.get().cors().allows(exchange)) {
            return false;
        }
        handle(exchange, asked.get());
        return true;
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        Optional<Asked> asked = asked(exchange);
        if (asked.isPresent()) {
            handle(exchange, asked.get());
        } else {
            refuse(exchange, Map.of(), FORBIDDEN, "Forbidden");
        }
    }

    private void handle(Exchange exchange, Asked asked) throws IOException {
        UrlCors cors = asked.cors();
        if (cors.isPreflight(exchange)) {
            exchange.answer(200, cors.preflight(exchange), new byte[0]);
            return;
        }
        Map<String, String> headers = cors.answer(exchange);
        if (!asked.caller().call(() -> isAllowed(exchange, asked))) {
            refuse(exchange, headers, FORBIDDEN, "Forbidden");
            return;
        }
        UrlKeys keys = UrlKeys.of(tags(asked));
        Optional<String> key = exchange.header("x-api-key").flatMap(keys::named);
        if (!keys.keys().isEmpty() && key.isEmpty()) {
            refuse(exchange, headers, FORBIDDEN, "Forbidden");
            return;
        }
        Duration wait = wait(asked, keys, key.orElse(""));
        if (!wait.isZero()) {
            headers.put("Retry-After", Long.toString(wait.plusMillis(999).toSeconds()));
            refuse(exchange, headers, TOO_MANY, "Too Many Requests");
            return;
        }
        invoke(exchange, asked, key, headers);
    }

    private Map<String, String> tags(Asked asked) {
        return records.store.read(
                query -> records.tags.of(query, records.latest(query, asked.name()).body().arn()));
    }

    private boolean isAllowed(Exchange exchange, Asked asked) throws IOException {
        if (asked.config().authType() == FunctionUrlAuthType.NONE) {
            return permissions.isPublic(asked.name());
        }
        boolean signed =
                Scope.of(exchange).filter(each -> each.service().equals("lambda")).isPresent();
        try {
            return signed && !authenticator.verify(exchange).account().isEmpty();
        } catch (AwsServiceException e) {
            return false;
        }
    }

    private Duration wait(Asked asked, UrlKeys keys, String key) {
        Optional<UrlKeys.Rate> rate = keys.rate(key);
        if (rate.isEmpty()) {
            return Duration.ZERO;
        }
        String whose = asked.config().functionArn() + " " + key;
        TokenBucket bucket =
                buckets.compute(
                        whose,
                        (_, known) ->
                                known != null && known.rate().equals(rate.get())
                                        ? known
                                        : new TokenBucket(rate.get(), System.nanoTime()));
        return bucket.take(System.nanoTime());
    }

    private void invoke(
            Exchange exchange, Asked asked, Optional<String> key, Map<String, String> headers)
            throws IOException {
        byte[] body;
        try {
            body = exchange.buffer(Invocations.EVENT_BYTES_MAX);
        } catch (Exchange.TooLarge e) {
            refuse(exchange, headers, TOO_LONG, "Request Too Long");
            return;
        }
        String id = asked.config().functionUrl();
        byte[] event =
                new HttpEvent(exchange, id, asked.path(), key, wall.instant())
                        .write(body, accountOf(asked));
        if (event.length > Invocations.EVENT_BYTES_MAX) {
            refuse(exchange, headers, TOO_LONG, "Request Too Long");
            return;
        }
        try {
            Invoker.Outcome outcome = asked.caller().call(() -> invoke(asked.name(), event));
            Optional<HttpResult> result =
                    outcome.error().isPresent()
                            ? Optional.empty()
                            : HttpResult.of(outcome.payload());
            if (result.isEmpty()) {
                refuse(exchange, headers, BAD_GATEWAY, "Internal Server Error");
                return;
            }
            Map<String, String> all = new HashMap<>(result.get().headers());
            all.keySet()
                    .removeIf(name -> headers.keySet().stream().anyMatch(name::equalsIgnoreCase));
            all.putAll(headers);
            exchange.answer(result.get().status(), all, result.get().body());
        } catch (AwsServiceException e) {
            boolean tooMany = e.statusCode() == TOO_MANY;
            refuse(
                    exchange,
                    headers,
                    tooMany ? TOO_MANY : BAD_GATEWAY,
                    tooMany ? AwsError.sentenceOf(e) : "Internal Server Error");
        }
    }

    /// Whose the request is, as the event says it: an `Authorization` that nobody verified is none.
    private String accountOf(Asked asked) {
        return asked.config().authType() == FunctionUrlAuthType.AWS_IAM
                ? owner.account()
                : "anonymous";
    }

    private Invoker.Outcome invoke(FunctionName name, byte[] event) {
        Function function = records.store.read(query -> records.resolved(query, name));
        return invoker.invoke(new Invoker.Call(function, name.arn(), event, Optional.empty()));
    }

    private static void refuse(
            Exchange exchange, Map<String, String> more, int status, String sentence)
            throws IOException {
        Map<String, String> headers = new HashMap<>(more);
        headers.put("Content-Type", "application/json");
        exchange.answer(
                status,
                headers,
                JsonMapper.shared()
                        .writeValueAsString(Map.of("Message", sentence))
                        .getBytes(StandardCharsets.UTF_8));
    }
}
