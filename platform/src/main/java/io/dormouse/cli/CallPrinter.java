package io.dormouse.cli;

import io.dormouse.aws.Shapes;
import io.dormouse.cli.line.Console;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.core.traits.PayloadTrait;

/// Prints each AWS call as the aws CLI's command for it, ready to paste.
public final class CallPrinter implements ExecutionInterceptor {
    private static final Pattern WORD =
            Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");

    /// The name of the file that a call uploads, for those who paste the command.
    static final ExecutionAttribute<String> UPLOADS = new ExecutionAttribute<>("DormouseUploads");

    /// What is in that file, where it was never one.
    static final ExecutionAttribute<String> TEXT = new ExecutionAttribute<>("DormouseText");

    /// Longer payloads are not printed.
    private static final int TEXT_MAX = 2000;

    private final Console console;
    private String last = "";

    public CallPrinter(Console console) {
        this.console = console;
    }

    /// The same call again and again, as waiting makes it, is printed once.
    @Override
    public synchronized void beforeExecution(
            Context.BeforeExecution context, ExecutionAttributes attributes) {
        String command =
                command(
                        attributes.getAttribute(SdkExecutionAttribute.SERVICE_NAME),
                        attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME),
                        context.request(),
                        Optional.ofNullable(attributes.getAttribute(UPLOADS)));
        if (!command.equals(last)) {
            Optional.ofNullable(attributes.getAttribute(TEXT))
                    .ifPresent(text ->
                            console.progress(
                                    "  printf %s "
                                            + quoted(text)
                                            + " > "
                                            + attributes.getAttribute(UPLOADS)));
            console.progress("  " + command);
            last = command;
        }
    }

    /// The command of one call.
    ///
    /// @param service the SDK's name of the service, such as `SageMaker`
    /// @param uploads the file that is the body, where there is one
    static String command(
            String service, String operation, SdkRequest request, Optional<String> uploads) {
        String name =
                switch (service.replace(" ", "")) {
                    case "SageMakerRuntime" -> "sagemaker-runtime";
                    case "CloudWatchLogs" -> "logs";
                    case "S3" -> "s3api";
                    default -> service.replace(" ", "").toLowerCase(Locale.ROOT);
                };
        String prefix = "aws " + name + " " + kebab(operation);
        if (name.equals("s3api") || name.equals("sagemaker-runtime")) {
            return prefix
                    + options(request)
                    + uploads.map(file -> " --body " + quoted(file)).orElse("")
                    + outfile(operation);
        }
        String json = Shapes.toJson(request);
        return json.equals("{}") ? prefix : prefix + " --cli-input-json " + quoted(json);
    }

    /// These two services bind members to headers and paths, which an input document does not hold.
    private static String options(SdkRequest request) {
        StringBuilder options = new StringBuilder();
        for (SdkField<?> field : request.sdkFields()) {
            Object value = field.getValueOrDefault(request);
            if (value instanceof SdkBytes body && field.containsTrait(PayloadTrait.class)) {
                options.append(" --" + kebab(field.memberName()) + " " + payload(body));
            } else if (value instanceof SdkPojo shape) {
                options.append(
                        " --" + kebab(field.memberName()) + " " + quoted(Shapes.toJson(shape)));
            } else if (value instanceof String || value instanceof Number) {
                options.append(" --" + kebab(field.memberName()) + " " + quoted(value.toString()));
            }
        }
        return options.toString();
    }

    /// As a file, which the first and the second version of the aws CLI read alike.
    private static String payload(SdkBytes body) {
        return body.asByteArrayUnsafe().length <= TEXT_MAX
                ? "fileb://<(printf %s " + quoted(body.asUtf8String()) + ")"
                : "fileb://PAYLOAD";
    }

    private static String outfile(String operation) {
        return operation.equals("InvokeEndpoint") || operation.equals("GetObject")
                ? " /dev/stdout"
                : "";
    }

    private static String kebab(String name) {
        return WORD.matcher(name).replaceAll("-").toLowerCase(Locale.ROOT);
    }

    /// A word of the shell.
    static String quoted(String text) {
        return text.matches("[A-Za-z0-9_./:=@%+-]+")
                ? text
                : "'" + text.replace("'", "'\\''") + "'";
    }
}
