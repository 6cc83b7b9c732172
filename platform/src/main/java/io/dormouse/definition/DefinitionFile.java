package io.dormouse.definition;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads `dormouse.yaml`, checked against the published schema; all problems at once.
public final class DefinitionFile {
    /// What serverless endpoints lack, by the words that people look for it with.
    private static final Map<String, String> LACKING =
            Map.of(
                    "gpu", "GPUs",
                    "instance-type", "instance types: memory takes their place",
                    "instance-count", "instance counts: concurrency takes their place",
                    "vpc", "a VPC configuration",
                    "network-isolation", "network isolation",
                    "data-capture", "data capture",
                    "variants", "several production variants",
                    "containers", "inference pipelines");

    private final String file;
    private final Path folder;
    private final YamlText yaml;
    private final JsonNode schema;
    private final List<Problem> problems = new ArrayList<>();

    private DefinitionFile(String file, Path folder, String text) {
        this.file = file;
        this.folder = folder;
        this.yaml = YamlText.read(text);
        this.schema = schema();
        problems.addAll(yaml.problems());
    }

    /// Reads a file.
    ///
    /// @throws InvalidDefinition with all that is wrong, each with line, column and field
    public static Definition read(Path path) {
        try {
            return parse(
                    path.toString(),
                    path.toAbsolutePath().normalize().resolveSibling(""),
                    Files.readString(path));
        } catch (NoSuchFileException e) {
            throw new InvalidDefinition(
                    path.toString(), List.of(new Problem(1, 1, "", "There is no such file.")));
        } catch (IOException e) {
            throw new InvalidDefinition(
                    path.toString(),
                    List.of(new Problem(1, 1, "", "It cannot be read: " + e.getMessage())));
        }
    }

    /// @param file its name in messages
    /// @param folder what its paths are relative to
    static Definition parse(String file, Path folder, String text) {
        return new DefinitionFile(file, folder, text).definition();
    }

    private Definition definition() {
        if (problems.isEmpty()) {
            check();
        }
        if (!problems.isEmpty()) {
            throw new InvalidDefinition(file, problems);
        }
        return new Definition(
                text("name").orElseThrow(),
                folder,
                text("model"),
                text("framework").map(Framework::of),
                text("image"),
                number("memory", Definition.MEMORY_MB),
                number("concurrency", Definition.MAX_CONCURRENCY),
                number("provisioned", 0),
                text("payload"),
                text("content-type"),
                texts("environment"),
                texts("settings"),
                text("role"));
    }

    private void check() {
        Schema checked =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(schema);
        boolean withoutModel = false;
        for (Error error : checked.validate(yaml.tree())) {
            String pointer = error.getInstanceLocation().toString();
            if (error.getEvaluationPath().toString().startsWith("/anyOf")) {
                withoutModel = true;
            } else {
                problems.add(problem(error, pointer));
            }
        }
        if (withoutModel && yaml.tree().isObject()) {
            problems.add(
                    yaml.atValue("", "model is missing: expected " + expected("/model") + "."));
        }
        int provisioned = yaml.tree().path("provisioned").asInt(0);
        if (problems.isEmpty() && provisioned > number("concurrency", Definition.MAX_CONCURRENCY)) {
            problems.add(
                    yaml.atValue(
                            "/provisioned",
                            "provisioned is "
                                    + provisioned
                                    + ": expected at most concurrency, "
                                    + number("concurrency", Definition.MAX_CONCURRENCY)
                                    + "."));
        }
    }

    private Problem problem(Error error, String pointer) {
        return switch (error.getKeyword()) {
            case "additionalProperties" -> unknown(pointer, String.valueOf(error.getProperty()));
            case "required" ->
                    yaml.atValue(
                            pointer,
                            error.getProperty()
                                    + " is missing: expected "
                                    + expected("/" + error.getProperty())
                                    + ".");
            case "not" ->
                    yaml.atKey(
                            "/image",
                            "framework and image are both given: expected one of them, as the"
                                    + " framework chooses an image.");
            case "propertyNames" ->
                    yaml.atKey(
                            pointer + "/" + error.getInstanceNode().asString(""),
                            YamlText.field(pointer)
                                    + " has a name that is none for a variable ("
                                    + error.getMessage()
                                    + "): expected letters, digits and underscores.");
            default -> otherValue(pointer);
        };
    }

    private Problem unknown(String pointer, String name) {
        List<String> names = new ArrayList<>(properties(pointer).propertyNames());
        String lacking =
                Optional.ofNullable(LACKING.get(name))
                        .map(what -> " Serverless endpoints have no " + what + ".")
                        .orElse("");
        return yaml.atKey(
                pointer + "/" + name,
                YamlText.field(pointer + "/" + name)
                        + " is no field: expected one of "
                        + String.join(", ", names)
                        + "."
                        + meant(name, names)
                        + lacking);
    }

    private Problem otherValue(String pointer) {
        if (pointer.isEmpty()) {
            return yaml.atValue("", "The file is no mapping: expected lines such as name: NAME.");
        }
        List<String> words = new ArrayList<>();
        described(pointer).path("enum").forEach(each -> words.add(each.asString()));
        JsonNode found = yaml.tree().at(pointer);
        String shown =
                found.isContainer()
                        ? (found.isArray() ? "a list" : "a mapping")
                        : found.isNull() ? "empty" : "'" + yaml.text(pointer) + "'";
        return yaml.atValue(
                pointer,
                YamlText.field(pointer)
                        + " is "
                        + shown
                        + ": expected "
                        + expected(pointer)
                        + "."
                        + meant(yaml.text(pointer), words));
    }

    private static String meant(String word, List<String> names) {
        return Nearest.to(word, names).map(name -> " Did you mean " + name + "?").orElse("");
    }

    private String expected(String pointer) {
        return described(pointer).path("description").asString("another value");
    }

    /// The schema's part for a field.
    private JsonNode described(String pointer) {
        JsonNode part = schema;
        for (String name : pointer.substring(1).split("/", -1)) {
            JsonNode known = part.path("properties").path(name);
            part = known.isMissingNode() ? part.path("additionalProperties") : known;
        }
        return part;
    }

    private JsonNode properties(String pointer) {
        return (pointer.isEmpty() ? schema : described(pointer)).path("properties");
    }

    private Optional<String> text(String field) {
        return yaml.tree().has(field) ? Optional.of(yaml.text("/" + field)) : Optional.empty();
    }

    private int number(String field, int otherwise) {
        return yaml.tree().path(field).asInt(otherwise);
    }

    /// As they are written: `1.10` is no number to a container.
    private Map<String, String> texts(String field) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String name : yaml.tree().path(field).propertyNames()) {
            texts.put(name, yaml.text("/" + field + "/" + name));
        }
        return texts;
    }

    private static JsonNode schema() {
        try (InputStream in = DefinitionFile.class.getResourceAsStream("dormouse.schema.json")) {
            if (in == null) {
                throw new IllegalStateException("dormouse.schema.json is not in the jar");
            }
            return JsonMapper.shared().readTree(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
