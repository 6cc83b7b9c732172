package io.dormouse.definition;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// YAML as a tree, with the place of each value and key by its JSON pointer.
final class YamlText {
    /// What a file of ten lines never reaches.
    private static final int CHARACTERS_MAX = 1 << 20;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Map<String, Mark> values = new HashMap<>();
    private final Map<String, Mark> keys = new HashMap<>();
    private final Map<String, String> texts = new HashMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private JsonNode tree = NODES.objectNode();

    private YamlText() {}

    /// Reads a text; what is no YAML is among its [#problems].
    static YamlText read(String text) {
        YamlText read = new YamlText();
        if (text.length() > CHARACTERS_MAX) {
            read.problems.add(new Problem(1, 1, "", "The file is longer than a megabyte."));
            return read;
        }
        try {
            Optional<Node> root =
                    new Compose(LoadSettings.builder().setUseMarks(true).build())
                            .composeString(text);
            root.ifPresent(node -> read.tree = read.node(node, ""));
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
            read.problems.add(
                    problem(mark, "", "This is no YAML: " + String.valueOf(e.getProblem()) + "."));
        } catch (YamlEngineException e) {
            read.problems.add(new Problem(1, 1, "", "This is no YAML: " + e.getMessage()));
        }
        return read;
    }

    JsonNode tree() {
        return tree;
    }

    List<Problem> problems() {
        return problems;
    }

    /// A scalar as it is written.
    String text(String pointer) {
        return texts.getOrDefault(pointer, "");
    }

    /// A problem with the value at a pointer.
    Problem atValue(String pointer, String sentence) {
        return problem(Optional.ofNullable(values.get(pointer)), pointer, sentence);
    }

    /// A problem with the key at a pointer.
    Problem atKey(String pointer, String sentence) {
        return problem(Optional.ofNullable(keys.get(pointer)), pointer, sentence);
    }

    private static Problem problem(Optional<Mark> mark, String pointer, String sentence) {
        return new Problem(
                mark.map(Mark::getLine).orElse(0) + 1,
                mark.map(Mark::getColumn).orElse(0) + 1,
                field(pointer),
                sentence);
    }

    static String field(String pointer) {
        return pointer.isEmpty() ? "" : pointer.substring(1).replace('/', '.');
    }

    private JsonNode node(Node node, String pointer) {
        if (node.getAnchor().isPresent()) {
            // Without anchors there are no aliases, and nothing contains itself.
            problems.add(
                    problem(
                            node.getStartMark(),
                            pointer,
                            "There is an anchor (&) here: write values out."));
            return NODES.nullNode();
        }
        node.getStartMark().ifPresent(mark -> values.put(pointer, mark));
        return switch (node) {
            case MappingNode mapping -> mapping(mapping, pointer);
            case SequenceNode sequence -> {
                ArrayNode array = NODES.arrayNode();
                for (Node each : sequence.getValue()) {
                    array.add(node(each, pointer + "/" + array.size()));
                }
                yield array;
            }
            case ScalarNode scalar -> {
                texts.put(pointer, scalar.getValue());
                yield scalar(scalar);
            }
            default -> NODES.nullNode();
        };
    }

    private ObjectNode mapping(MappingNode mapping, String pointer) {
        ObjectNode object = NODES.objectNode();
        for (NodeTuple tuple : mapping.getValue()) {
            String key =
                    tuple.getKeyNode() instanceof ScalarNode scalar
                            ? scalar.getValue()
                            : "(a key that is no text)";
            String below = pointer + "/" + key;
            Optional<Mark> place = tuple.getKeyNode().getStartMark();
            if (object.has(key)) {
                problems.add(problem(place, below, field(below) + " is given twice."));
                continue;
            }
            place.ifPresent(mark -> keys.put(below, mark));
            object.set(key, node(tuple.getValueNode(), below));
        }
        return object;
    }

    private static JsonNode scalar(ScalarNode scalar) {
        String text = scalar.getValue();
        Tag tag = scalar.getTag();
        if (tag.equals(Tag.NULL)) {
            return NODES.nullNode();
        } else if (tag.equals(Tag.BOOL)) {
            return NODES.booleanNode(text.equalsIgnoreCase("true"));
        } else if (tag.equals(Tag.INT) && text.matches("[-+]?[0-9]{1,18}")) {
            return NODES.numberNode(Long.parseLong(text));
        } else if (tag.equals(Tag.FLOAT) && text.matches("[-+.0-9eE]+")) {
            return NODES.numberNode(Double.parseDouble(text));
        }
        return NODES.stringNode(text);
    }
}
