package io.dormouse.events;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.eventbridge.model.InputTransformer;
import software.amazon.awssdk.services.eventbridge.model.Target;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;

/// What a target gets of an event: all of it, a constant, a part, or a text made of its parts.
///
/// AWS page: [input
/// transformation](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html).
final class Inputs {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final Pattern PLACEHOLDER = Pattern.compile("<([A-Za-z0-9_.-]+)>");
    private static final Pattern PATH =
            Pattern.compile("\\$(\\.[A-Za-z0-9_-]+|\\[\\d+]|\\['[^']+'])*");
    private static final Pattern STEP =
            Pattern.compile("\\.([A-Za-z0-9_-]+)|\\[(\\d+)]|\\['([^']+)']");

    private Inputs() {}

    /// The rule that an input is made for.
    record Origin(String ruleArn, String ruleName, String ingested) {}

    /// Refuses a transformer that cannot be.
    static void check(Target target) {
        int ways =
                (target.input() == null ? 0 : 1)
                        + (target.inputPath() == null ? 0 : 1)
                        + (target.inputTransformer() == null ? 0 : 1);
        if (ways > 1) {
            throw EventErrors.invalid(
                    "Only one of Input, InputPath, or InputTransformer must be provided for target "
                            + target.id()
                            + ".");
        }
        if (target.input() != null && parsed(target.input()).isEmpty()) {
            throw EventErrors.invalid("JSON syntax error in input for target " + target.id() + ".");
        }
        Optional.ofNullable(target.inputPath()).ifPresent(Inputs::checkPath);
        InputTransformer transformer = target.inputTransformer();
        if (transformer == null) {
            return;
        }
        transformer.inputPathsMap().values().forEach(Inputs::checkPath);
        Matcher names = PLACEHOLDER.matcher(transformer.inputTemplate());
        while (names.find()) {
            String name = names.group(1);
            if (!name.startsWith("aws.") && !transformer.inputPathsMap().containsKey(name)) {
                throw EventErrors.invalid(
                        "Invalid InputTemplate for target "
                                + target.id()
                                + " : <"
                                + name
                                + "> is not in InputPathsMap.");
            }
        }
    }

    private static void checkPath(String path) {
        if (!PATH.matcher(path).matches()) {
            throw EventErrors.invalid(
                    "Invalid JSON path "
                            + path
                            + ": expected $ and names and indices behind it, such as"
                            + " $.detail.items[0]");
        }
    }

    private static Optional<JsonNode> parsed(String text) {
        try {
            return Optional.of(JsonMapper.shared().readTree(text));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /// The text that a target gets.
    static String of(Target target, JsonNode event, Origin origin) {
        if (target.input() != null) {
            return target.input();
        }
        if (target.inputPath() != null) {
            return at(event, target.inputPath()).toString();
        }
        InputTransformer transformer = target.inputTransformer();
        if (transformer == null) {
            return event.toString();
        }
        Map<String, JsonNode> values = new LinkedHashMap<>();
        transformer.inputPathsMap().forEach((name, path) -> values.put(name, at(event, path)));
        values.put("aws.events.rule-arn", NODES.stringNode(origin.ruleArn()));
        values.put("aws.events.rule-name", NODES.stringNode(origin.ruleName()));
        values.put("aws.events.event.ingestion-time", NODES.stringNode(origin.ingested()));
        values.put("aws.events.event.json", event);
        values.put("aws.events.event", event);
        String filled = fill(transformer.inputTemplate(), values);
        // A template that is one text is sent without its quotes.
        return parsed(filled).filter(JsonNode::isString).map(JsonNode::asString).orElse(filled);
    }

    private static JsonNode at(JsonNode event, String path) {
        JsonNode node = event;
        Matcher step = STEP.matcher(path);
        while (step.find()) {
            node =
                    step.group(2) != null
                            ? node.path(Integer.parseInt(step.group(2)))
                            : node.path(step.group(1) == null ? step.group(3) : step.group(1));
        }
        return node;
    }

    /// Within quotes a value becomes text, outside of them JSON; one that is missing, nothing.
    private static String fill(String template, Map<String, JsonNode> values) {
        StringBuilder out = new StringBuilder();
        Matcher name = PLACEHOLDER.matcher(template);
        boolean isQuoted = false;
        int at = 0;
        while (name.find()) {
            isQuoted ^= isOdd(template.substring(at, name.start()));
            out.append(template, at, name.start());
            JsonNode value = values.getOrDefault(name.group(1), MissingNode.getInstance());
            out.append(isQuoted ? quoted(value) : bare(value));
            at = name.end();
        }
        return out.append(template, at, template.length()).toString();
    }

    private static boolean isOdd(String text) {
        return text.replace("\\\\", "").replace("\\\"", "").chars().filter(c -> c == '"').count()
                        % 2
                == 1;
    }

    private static String bare(JsonNode value) {
        return value.isMissingNode() ? "\"\"" : value.toString();
    }

    private static String quoted(JsonNode value) {
        if (value.isMissingNode()) {
            return "";
        }
        String json =
                NODES.stringNode(value.isString() ? value.asString() : value.toString()).toString();
        return json.substring(1, json.length() - 1);
    }
}
