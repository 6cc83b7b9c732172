package io.dormouse.wire;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Keeps web pages away from an open platform: a browser on this machine would reach a loopback
/// port for any page, under the page's own host name (DNS rebinding) or with the page's `Origin`.
/// Both must be loopback names, else 403. What a page merely embeds or links to comes without an
/// `Origin`, and the query protocol changes things by GET too: there the browser's own word counts,
/// `Sec-Fetch-Site`.
///
/// A page of another site that [ForeignOrigin] lets in is served by that alone, never by what is
/// behind this.
public final class Loopback implements Handler {
    private final Handler next;
    private static final Pattern NAME =
            Pattern.compile(
                    "(?:(?:.*\\.)?localhost|\\[::1]|127(?:\\.[0-9]{1,3}){3})(?::[0-9]*)?",
                    Pattern.CASE_INSENSITIVE);

    private final ForeignOrigin foreign;

    public Loopback(Handler next, ForeignOrigin foreign) {
        this.next = next;
        this.foreign = foreign;
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        Optional<String> host = exchange.header("host");
        Optional<String> origin = exchange.header("origin");
        if (host.isPresent() && !isLoopback(host.get())) {
            refuse(exchange, "the Host '" + host.get() + "'");
        } else if (origin.isPresent() && !isLoopbackOrigin(origin.get())) {
            if (!foreign.handle(exchange)) {
                refuse(exchange, "the Origin '" + origin.get() + "'");
            }
        } else if (origin.isEmpty() && isOfAnotherSite(exchange)) {
            refuse(exchange, "the page that asks (Sec-Fetch-Site 'cross-site')");
        } else {
            next.handle(exchange);
        }
    }

    private static void refuse(Exchange exchange, String what) throws IOException {
        String sentence =
                "This platform has no keys configured, so it answers loopback names only; "
                        + what
                        + " is none. Call it as localhost, or configure keys.\n";
        exchange.answer(
                403,
                Map.of("Content-Type", "text/plain", "x-amzn-ErrorType", "AccessDeniedException"),
                sentence.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isOfAnotherSite(Exchange exchange) {
        return exchange.header("sec-fetch-site").filter("cross-site"::equals).isPresent();
    }

    private static boolean isLoopbackOrigin(String origin) {
        try {
            String host = URI.create(origin).getRawAuthority();
            return host != null && isLoopback(host);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// Whether `host[:port]` names this machine: `localhost` and the names below it (S3's
    /// virtual-host buckets), 127.0.0.0/8 and `[::1]`.
    static boolean isLoopback(String authority) {
        return NAME.matcher(authority).matches();
    }
}
