package io.dormouse.deploy;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Which services a role's trust policy lets assume it.
///
/// @param services such as `sagemaker.amazonaws.com`
record Trust(List<String> services) {
    /// @param document as IAM gives it: JSON, encoded for a URL; what is none lets nobody
    static Trust of(String document) {
        List<String> services = new ArrayList<>();
        try {
            String json = URLDecoder.decode(document, StandardCharsets.UTF_8);
            for (JsonNode statement : list(JsonMapper.shared().readTree(json).path("Statement"))) {
                if (statement.path("Effect").asString("").equals("Allow")
                        && list(statement.path("Action")).stream()
                                .map(action -> action.asString(""))
                                .anyMatch(action ->
                                        action.equals("*")
                                                || action.equals("sts:*")
                                                || action.equals("sts:AssumeRole"))) {
                    JsonNode principal = statement.path("Principal");
                    list(principal.path("Service"))
                            .forEach(service -> services.add(service.asString("")));
                }
            }
        } catch (JacksonException | IllegalArgumentException _) {
            return new Trust(List.of());
        }
        return new Trust(services);
    }

    boolean lets(String service) {
        return services.contains(service);
    }

    /// Policies may leave the brackets of a list of one out.
    private static List<JsonNode> list(JsonNode node) {
        List<JsonNode> all = new ArrayList<>();
        if (node.isArray()) {
            node.forEach(all::add);
        } else if (!node.isMissingNode()) {
            all.add(node);
        }
        return all;
    }
}
