package io.dormouse.cli;

import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Command;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Option;
import io.dormouse.cli.line.Syntax;
import io.dormouse.cli.line.Syntax.Kind;
import io.dormouse.cli.line.Syntax.Parameter;
import io.dormouse.cli.line.WrongUse;
import io.dormouse.client.LargePayloads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointRequest;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointResponse;
import tools.jackson.databind.json.JsonMapper;

record InvokeCommand() implements Command {
    private static final Option<String> BODY = Option.text("--body", "TEXT", "the payload");
    private static final Option<Path> FILE =
            Option.path("--file", "FILE", "a file that holds the payload; - is standard input");
    private static final Option<String> CONTENT_TYPE =
            Option.text(
                    "--content-type",
                    "TYPE",
                    "default: by the file's ending, or by what the body looks like");
    private static final Option<Path> OUTPUT =
            Option.path("--output", "FILE", "where the answer goes; default: standard output");
    private static final Option<String> ACCEPT =
            Option.text("--accept", "TYPE", "default: the model's choice");

    @Override
    public Syntax syntax() {
        return new Syntax(
                "invoke",
                "Send a payload to an endpoint and print its answer. With --json the answer comes"
                        + " with its content type, variant and milliseconds. Payloads of any size: a"
                        + " --file over 4 MB is uploaded to the account's bucket of payloads and sent"
                        + " by reference, and an answer by reference is fetched; files stream.",
                Optional.of(new Parameter("NAME", "the endpoint", Kind.ENDPOINT)),
                CommonOptions.and(BODY, FILE, CONTENT_TYPE, ACCEPT, OUTPUT),
                List.of(
                        "./dormouse invoke flights --file row.csv",
                        "./dormouse invoke flights --file all.csv --output scores.csv",
                        "./dormouse invoke iris --body '{\"instances\": [[5.1, 3.5, 1.4, 0.2]]}'"));
    }

    @Override
    public int run(Arguments arguments, Console console) {
        Optional<String> text = arguments.find(BODY);
        Optional<Path> file = arguments.find(FILE);
        if (text.isPresent() == file.isPresent()) {
            throw new WrongUse("Give the payload with --body TEXT or with --file FILE.");
        }
        CommonOptions options = new CommonOptions(arguments, console);
        Optional<Path> streamed = file.filter(InvokeCommand::isLarge);
        SdkBytes body =
                file.filter(_ -> streamed.isEmpty())
                        .map(InvokeCommand::read)
                        .orElseGet(() -> SdkBytes.fromUtf8String(text.orElse("")));
        Optional<Path> output = arguments.find(OUTPUT);
        InvokeEndpointRequest.Builder request =
                InvokeEndpointRequest.builder()
                        .endpointName(arguments.parameter())
                        .body(body)
                        .contentType(
                                arguments
                                        .find(CONTENT_TYPE)
                                        .orElseGet(() -> guess(file.map(Path::toString), body)))
                        .overrideConfiguration(o -> {
                            streamed.ifPresent(
                                    path -> o.putExecutionAttribute(LargePayloads.BODY, path));
                            output.ifPresent(
                                    path -> o.putExecutionAttribute(LargePayloads.ANSWER, path));
                        });
        arguments.find(ACCEPT).ifPresent(request::accept);
        try (SageMakerRuntimeClient runtime = options.clients().runtimeOfAnySize()) {
            long begin = System.nanoTime();
            InvokeEndpointResponse answer = runtime.invokeEndpoint(request.build());
            told(options, console, answer, (System.nanoTime() - begin) / 1e6);
        } catch (UncheckedIOException e) {
            throw new Failed(String.valueOf(e.getMessage()), e);
        }
        return 0;
    }

    private static void told(
            CommonOptions options, Console console, InvokeEndpointResponse answer, double millis) {
        String body = answer.body().asUtf8String().stripTrailing();
        if (options.json()) {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("ContentType", answer.contentType());
            all.put("InvokedProductionVariant", answer.invokedProductionVariant());
            all.put("milliseconds", Math.round(millis * 10) / 10.0);
            all.put("Body", body);
            console.say(JsonMapper.shared().writeValueAsString(all));
            return;
        }
        if (options.verbose()) {
            console.progress(
                    "  answered in %.1f ms by %s as %s"
                            .formatted(
                                    millis,
                                    answer.invokedProductionVariant(),
                                    answer.contentType()));
        }
        if (!body.isEmpty()) {
            console.say(body);
        }
    }

    /// Whether a file is not to be held in memory.
    private static boolean isLarge(Path file) {
        try {
            return Files.isRegularFile(file) && Files.size(file) > LargePayloads.OVER_BYTES;
        } catch (IOException e) {
            throw new Failed("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    static SdkBytes read(Path file) {
        try {
            return SdkBytes.fromByteArray(
                    file.toString().equals("-")
                            ? System.in.readAllBytes()
                            : Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw new Failed("There is no file " + file, e);
        } catch (IOException e) {
            throw new Failed("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /// The content type of a payload that does not say its own.
    static String guess(Optional<String> name, SdkBytes body) {
        String file = name.orElse("");
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
