package io.dormouse.function;

import io.dormouse.aws.Shapes;
import io.dormouse.store.Codec;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.lambda.model.EnvironmentResponse;
import software.amazon.awssdk.services.lambda.model.FunctionConfiguration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A function as it can be changed, or one published version of it, which cannot.
///
/// @param shape as GetFunctionConfiguration shows it
/// @param code the digest of its code, which [CodeStore] keeps
/// @param reserved invocations at once; empty for as many as the account may have
record Function(FunctionConfiguration shape, String code, Optional<Integer> reserved) {
    static final Codec<Function> CODEC = new Codec<>(Function::write, Function::read);

    String name() {
        return shape.functionName();
    }

    String version() {
        return shape.version();
    }

    /// Its ARN without a version: what its tags, and so its keys, are kept by. It has the region
    /// that the function was made in, whatever the one that it is asked in.
    String arn() {
        String arn = shape.functionArn();
        String end = ":" + version();
        return arn.endsWith(end) ? arn.substring(0, arn.length() - end.length()) : arn;
    }

    Function with(FunctionConfiguration other) {
        return new Function(other, code, reserved);
    }

    Function reserving(Optional<Integer> concurrency) {
        return new Function(shape, code, concurrency);
    }

    Map<String, String> environment() {
        EnvironmentResponse given = shape.environment();
        return given == null ? Map.of() : given.variables();
    }

    private String write() {
        ObjectNode tree = JsonMapper.shared().createObjectNode();
        tree.set("shape", Shapes.write(shape, Shapes.Form.JSON));
        tree.put("code", code);
        reserved.ifPresent(most -> tree.put("reserved", most));
        return tree.toString();
    }

    private static Function read(String text) {
        JsonNode tree = JsonMapper.shared().readTree(text);
        return new Function(
                Shapes.fill(FunctionConfiguration.builder(), tree.get("shape")).build(),
                tree.get("code").asString(),
                Optional.ofNullable(tree.get("reserved")).map(JsonNode::asInt));
    }
}
