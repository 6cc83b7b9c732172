package io.dormouse.worker.process;

import io.dormouse.worker.InstanceSpec;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// The command by which a generic worker gets its model: `POST /load`.
final class LoadCommand {
    private LoadCommand() {}

    /// @param sight where the worker finds the model
    static byte[] of(InstanceSpec spec, Walls.Sight sight) {
        var json = new StringBuilder("{\"kind\":");
        quote(json, spec.model().kind().argument());
        json.append(",\"model\":");
        quote(json, sight.model().toString());
        sight.prepared()
                .ifPresent(folder -> {
                    json.append(",\"prepared\":");
                    quote(json, folder.toString());
                });
        json.append(",\"memory_mb\":").append(spec.memoryMb());
        json.append(",\"threads\":").append(ProcessLauncher.threads(spec.memoryMb()));
        json.append(",\"environment\":{");
        String comma = "";
        for (Map.Entry<String, String> each :
                WorkerEnvironment.ofOwner(spec.environment()).entrySet()) {
            json.append(comma);
            quote(json, each.getKey());
            json.append(':');
            quote(json, each.getValue());
            comma = ",";
        }
        return json.append("}}").toString().getBytes(StandardCharsets.UTF_8);
    }

    static void quote(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                default -> {
                    if (c < ' ') {
                        json.append("\\u%04x".formatted((int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        json.append('"');
    }
}
