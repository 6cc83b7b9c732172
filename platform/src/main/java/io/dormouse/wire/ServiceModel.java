package io.dormouse.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// What the SDK's classes do not say about a service: its whole list of operations, its errors'
/// codes and statuses, and its constraints. Read from the service's table when it is first called,
/// a shape's rule when it is first needed.
final class ServiceModel {
    private static final Map<AwsService, ServiceModel> READ = new ConcurrentHashMap<>();

    private final Map<String, Operation> operations = new TreeMap<>();
    private final Map<String, ErrorShape> errors = new HashMap<>();
    private final Map<String, String> lines = new HashMap<>();
    private final Map<String, Rule> rules = new ConcurrentHashMap<>();

    /// @param input the name of the request's rule; empty where it has none
    /// @param path with the members in braces, for the protocols that bind to HTTP
    record Operation(String name, String input, String method, String path, int status) {}

    /// @param shape its name in the JSON protocols
    /// @param code its name in the query protocol
    /// @param member which holds the message: `Message` or `message`
    record ErrorShape(String shape, String code, int status, boolean isSender, String member) {}

    private ServiceModel(AwsService service) {
        for (String line : text(service).split("\n", -1)) {
            if (line.startsWith("op\t")) {
                String[] columns = line.split("\t", -1);
                operations.put(
                        columns[1],
                        new Operation(
                                columns[1],
                                columns[2],
                                columns[3],
                                columns[4],
                                Integer.parseInt(columns[5])));
            } else if (line.startsWith("error\t")) {
                String[] columns = line.split("\t", -1);
                errors.put(
                        columns[1],
                        new ErrorShape(
                                columns[1],
                                columns[2],
                                Integer.parseInt(columns[3]),
                                columns[4].equals("Sender"),
                                columns[5]));
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                int name = line.indexOf('\t') + 1;
                lines.put(line.substring(name, line.indexOf('\t', name)), line);
            }
        }
    }

    private static String text(AwsService service) {
        String table = "constraints/" + service.id() + ".txt";
        try (InputStream in = ServiceModel.class.getResourceAsStream(table)) {
            if (in == null) {
                throw new IllegalStateException(
                        "No table " + table + ": src/main/constraints/digest.py writes it");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ServiceModel of(AwsService service) {
        return READ.computeIfAbsent(service, ServiceModel::new);
    }

    /// Every operation that AWS has, by name, served or not.
    Map<String, Operation> operations() {
        return operations;
    }

    /// The rule of that name; [Rule#NONE] for the empty name.
    Rule rule(String name) {
        if (name.isEmpty()) {
            return Rule.NONE;
        }
        return rules.computeIfAbsent(name, _ -> Rule.parse(lines.getOrDefault(name, "")));
    }

    /// A modelled error by its shape's name, its code, or the SDK's name of its class.
    Optional<ErrorShape> error(String name) {
        String bare =
                name.endsWith("Exception")
                        ? name.substring(0, name.length() - "Exception".length())
                        : name;
        for (String each : new String[] {name, bare, bare + "Fault"}) {
            ErrorShape error = errors.get(each);
            if (error != null) {
                return Optional.of(error);
            }
        }
        return errors.values().stream().filter(error -> error.code().equals(name)).findFirst();
    }

    /// Names of all rules, for the test that reads them.
    Iterable<String> ruleNames() {
        return lines.keySet();
    }
}
