package io.dormouse.cli;

import io.dormouse.aws.Shapes;
import io.dormouse.cli.line.Console;
import java.util.Locale;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.PayloadTrait;

/// Prints each AWS call as the aws CLI's command for it, ready to paste.
public final class CallPrinter implements ExecutionInterceptor {
    private static final Pattern WORD =
            Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");

    private final Console console;

    public CallPrinter(Console console) {
        this.console = console;
    }

    @Override
    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
        String service = attributes.getAttribute(SdkExecutionAttribute.SERVICE_NAME);
        String operation = attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
        console.progress("  " + command(service, operation, context.request()));
    }

    /// The command of one call.
    ///
    /// @param service the SDK's name of the service, such as `SageMaker`
    static String command(String service, String operation, SdkRequest request) {
        String name =
                switch (service) {
                    case "SageMaker Runtime" -> "sagemaker-runtime";
                    case "CloudWatch Logs" -> "logs";
                    case "S3" -> "s3api";
                    default -> service.replace(" ", "").toLowerCase(Locale.ROOT);
                };
        String prefix = "aws " + name + " " + kebab(operation);
        if (name.equals("s3api") || name.equals("sagemaker-runtime")) {
            return prefix + options(request) + outfile(operation);
        }
        String json = Shapes.toJson(request);
        return json.equals("{}") ? prefix : prefix + " --cli-input-json " + quoted(json);
    }

    /// These two services bind members to headers and paths, which an input document does not hold.
    private static String options(SdkRequest request) {
        StringBuilder options = new StringBuilder();
        for (SdkField<?> field : request.sdkFields()) {
            Object value = field.getValueOrDefault(request);
            if (field.containsTrait(PayloadTrait.class)
                    && !field.marshallingType().equals(MarshallingType.SDK_POJO)) {
                options.append(" --" + kebab(field.memberName()) + " fileb://BODY");
            } else if (value instanceof SdkPojo shape) {
                options.append(
                        " --" + kebab(field.memberName()) + " " + quoted(Shapes.toJson(shape)));
            } else if (value instanceof String || value instanceof Number) {
                options.append(" --" + kebab(field.memberName()) + " " + quoted(value.toString()));
            }
        }
        if (request.getClass().getSimpleName().matches("(PutObject|UploadPart)Request")) {
            options.append(" --body BODY");
        }
        return options.toString();
    }

    private static String outfile(String operation) {
        return operation.equals("InvokeEndpoint") || operation.equals("GetObject")
                ? " /dev/stdout"
                : "";
    }

    private static String kebab(String name) {
        return WORD.matcher(name).replaceAll("-").toLowerCase(Locale.ROOT);
    }

    private static String quoted(String text) {
        return text.matches("[A-Za-z0-9_./:=@%+-]+")
                ? text
                : "'" + text.replace("'", "'\\''") + "'";
    }
}
