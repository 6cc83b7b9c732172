package io.dormouse.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointRequest;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointResponse;

@Command(
        name = "invoke",
        description = "Send a payload to an endpoint and print its answer.",
        footer = {
            "",
            "Examples:",
            "  ./dormouse invoke flights --file row.csv",
            "  ./dormouse invoke iris --body '{\"instances\": [[5.1, 3.5, 1.4, 0.2]]}'"
        })
public final class InvokeCommand implements Callable<Integer> {
    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(paramLabel = "NAME", description = "the endpoint")
    private String name = "";

    @ArgGroup(multiplicity = "1")
    private Payload payload = new Payload();

    @Option(
            names = "--content-type",
            paramLabel = "TYPE",
            description = "default: by the file's ending, or by what the body looks like")
    private Optional<String> contentType = Optional.empty();

    @Option(names = "--accept", paramLabel = "TYPE", description = "default: the model's choice")
    private Optional<String> accept = Optional.empty();

    private static final class Payload {
        @Option(names = "--body", paramLabel = "TEXT", required = true, description = "the payload")
        private Optional<String> body = Optional.empty();

        @Option(
                names = "--file",
                paramLabel = "FILE",
                required = true,
                description = "a file that holds the payload")
        private Optional<Path> file = Optional.empty();
    }

    @Override
    public Integer call() {
        SdkBytes body = payload.file.map(InvokeCommand::read).orElseGet(this::text);
        InvokeEndpointRequest request =
                InvokeEndpointRequest.builder()
                        .endpointName(name)
                        .body(body)
                        .contentType(contentType.orElseGet(() -> guess(body)))
                        .accept(accept.orElse(null))
                        .build();
        Console console = options.console();
        try (SageMakerRuntimeClient runtime = options.clients().runtime()) {
            long begin = System.nanoTime();
            InvokeEndpointResponse answer = runtime.invokeEndpoint(request);
            double millis = (System.nanoTime() - begin) / 1e6;
            if (options.verbose()) {
                console.progress(
                        "  answered in %.1f ms by %s as %s"
                                .formatted(
                                        millis,
                                        answer.invokedProductionVariant(),
                                        answer.contentType()));
            }
            console.say(answer.body().asUtf8String().stripTrailing());
        }
        return 0;
    }

    private SdkBytes text() {
        return SdkBytes.fromUtf8String(payload.body.orElse(""));
    }

    private static SdkBytes read(Path file) {
        try {
            return SdkBytes.fromByteArray(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new Failed("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private String guess(SdkBytes body) {
        String file = payload.file.map(Path::toString).orElse("");
        if (file.endsWith(".json")) {
            return "application/json";
        } else if (file.endsWith(".csv")) {
            return "text/csv";
        } else if (file.endsWith(".libsvm") || file.endsWith(".svm")) {
            return "text/libsvm";
        }
        byte[] bytes = body.asByteArrayUnsafe();
        int first = 0;
        while (first < bytes.length && Character.isWhitespace(bytes[first])) {
            first++;
        }
        boolean json = first < bytes.length && (bytes[first] == '{' || bytes[first] == '[');
        return json ? "application/json" : "text/csv";
    }
}
