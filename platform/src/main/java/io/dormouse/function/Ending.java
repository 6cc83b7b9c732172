package io.dormouse.function;

import io.dormouse.worker.Fault;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/// How an invocation ended whose handler did not answer, in AWS's words.
///
/// @param type such as `Runtime.ExitError`
/// @param sentence without the request's id
/// @param status as REPORT has it: `timeout` or `error`
record Ending(String type, String sentence, String status) {
    private static final Pattern CODE = Pattern.compile("exit code (\\d+)");
    private static final Pattern SIGNAL = Pattern.compile("signal (\\d+)");

    static Ending of(Fault fault, int timeoutSeconds) {
        return switch (fault.kind()) {
            case TIMEOUT ->
                    new Ending(
                            "Sandbox.Timedout",
                            String.format(
                                    Locale.ROOT,
                                    "Task timed out after %d.00 seconds",
                                    timeoutSeconds),
                            "timeout");
            case OUT_OF_MEMORY ->
                    new Ending(
                            "Runtime.OutOfMemory",
                            "Runtime exited with error: signal: killed: " + fault.getMessage(),
                            "error");
            case DIED, TRUNCATED, UNLOADABLE, GARBAGE, CALLER_GONE ->
                    new Ending("Runtime.ExitError", exit(fault.getMessage()), "error");
        };
    }

    private static String exit(String reason) {
        Matcher code = CODE.matcher(reason);
        if (code.find()) {
            return code.group(1).equals("0")
                    ? "Runtime exited without providing a reason"
                    : "Runtime exited with error: exit status " + code.group(1);
        }
        Matcher signal = SIGNAL.matcher(reason);
        return "Runtime exited with error: "
                + (signal.find() ? "signal: " + signal.group(1) : reason);
    }

    boolean isTimeout() {
        return status.equals("timeout");
    }

    byte[] document(String requestId) {
        return JsonMapper.shared()
                .writeValueAsString(
                        Map.of(
                                "errorType",
                                type,
                                "errorMessage",
                                "RequestId: " + requestId + " Error: " + sentence))
                .getBytes(StandardCharsets.UTF_8);
    }
}
