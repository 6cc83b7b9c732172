package io.dormouse.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dormouse.wire.Exchange;
import io.dormouse.wire.Handler;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What lifecycle rules would do: `/_dormouse/artifacts?days=N`, a [DryRun] up to the Nth midnight
/// from now. Of what is removed and what is kept, at most [#ENTRIES_MAX] are listed; the sums are
/// of all.
public final class RulesPage implements Handler {
    /// Where it is mounted.
    public static final String PATH = "/_dormouse/artifacts";

    /// The longest look ahead.
    public static final int DAYS_MAX = 3650;

    static final int ENTRIES_MAX = 1000;

    private final IntFunction<DryRun> dryRun;

    /// @param dryRun by the number of midnights
    public RulesPage(IntFunction<DryRun> dryRun) {
        this.dryRun = dryRun;
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        String query = exchange.query();
        boolean isPlain = query.isEmpty();
        int days = isPlain ? 1 : query.matches("days=[0-9]{1,4}") ? days(query) : 0;
        if (days < 1 || days > DAYS_MAX) {
            ObjectNode error =
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("message", "Expected days from 1 to " + DAYS_MAX);
            answer(exchange, 400, error);
            return;
        }
        DryRun found = dryRun.apply(days);
        ObjectNode page = JsonNodeFactory.instance.objectNode().put("by", found.by().toString());
        list(page.putObject("removed"), found.removed());
        list(page.putObject("kept"), found.kept());
        answer(exchange, 200, page);
    }

    private static int days(String query) {
        return Integer.parseInt(query.substring("days=".length()));
    }

    private static void list(ObjectNode node, List<DryRun.Entry> entries) {
        node.put("count", entries.size());
        node.put("bytes", entries.stream().mapToLong(DryRun.Entry::bytes).sum());
        ArrayNode list = node.putArray("entries");
        entries.stream()
                .limit(ENTRIES_MAX)
                .forEach(each ->
                        list.addObject()
                                .put("bucket", each.bucket())
                                .put("key", each.key())
                                .put("id", each.id())
                                .put("bytes", each.bytes())
                                .put("rule", each.rule())
                                .put("why", each.why()));
    }

    private static void answer(Exchange exchange, int status, ObjectNode body) throws IOException {
        exchange.answer(
                status,
                Map.of("Content-Type", "application/json"),
                JsonMapper.shared().writeValueAsString(body).getBytes(UTF_8));
    }
}
