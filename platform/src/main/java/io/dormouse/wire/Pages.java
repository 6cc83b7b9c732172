package io.dormouse.wire;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/// The pages that are ours and not AWS's: `GET /health` and what rooms register under
/// `/_dormouse/`. No bucket can have that name; one called `health` is reached by signing.
public final class Pages implements Handler {
    /// The prefix of everything that is ours.
    public static final String PREFIX = "/_dormouse/";

    private final Map<String, Handler> pages;
    private final Handler next;

    /// @param pages handlers by the prefix of the paths that they answer, each under [#PREFIX]; the
    ///   longest prefix wins
    /// @param next who answers everything else
    public Pages(Map<String, Handler> pages, Handler next) {
        this.pages = new LinkedHashMap<>();
        pages.entrySet().stream()
                .sorted(Comparator.comparingInt(page -> -page.getKey().length()))
                .forEach(page -> this.pages.put(checked(page.getKey()), page.getValue()));
        this.next = next;
    }

    private static String checked(String prefix) {
        if (!prefix.startsWith(PREFIX)) {
            throw new IllegalArgumentException("A page lives under " + PREFIX + ": " + prefix);
        }
        return prefix;
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        if (exchange.path().equals("/health") && Scope.of(exchange).isEmpty()) {
            text(exchange, 200, "ok\n");
        } else if (exchange.path().startsWith(PREFIX)) {
            page(exchange);
        } else {
            next.handle(exchange);
        }
    }

    private void page(Exchange exchange) throws IOException {
        for (Map.Entry<String, Handler> page : pages.entrySet()) {
            if (exchange.path().startsWith(page.getKey())) {
                page.getValue().handle(exchange);
                return;
            }
        }
        text(exchange, 404, "There is no page " + exchange.path() + "\n");
    }

    private static void text(Exchange exchange, int status, String text) throws IOException {
        exchange.answer(
                status,
                Map.of("Content-Type", "text/plain", "x-amzn-RequestId", exchange.requestId()),
                text.getBytes(StandardCharsets.UTF_8));
    }
}
