package io.dormouse.cli;

import io.dormouse.aws.Shapes;
import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Command;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Option;
import io.dormouse.cli.line.Syntax;
import io.dormouse.cli.line.Syntax.Kind;
import io.dormouse.cli.line.Syntax.Parameter;
import io.dormouse.cli.line.WrongUse;
import io.dormouse.deploy.EndpointWait;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.ContainerDefinition;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointResponse;
import software.amazon.awssdk.services.sts.StsClient;

record DeployCommand() implements Command {
    private static final DateTimeFormatter REVISION =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

    private static final Option<String> NAME =
            Option.text("--name", "NAME", "the endpoint (default: the file's name)");
    private static final Option<Integer> MEMORY =
            Option.number(
                            "--memory",
                            "MB",
                            List.of(1024, 2048, 3072, 4096, 5120, 6144),
                            "1024, 2048, 3072, 4096, 5120 or 6144")
                    .or(2048);
    private static final Option<Integer> MAX_CONCURRENCY =
            Option.number("--max-concurrency", "N", 1, 200, "invocations at once, 1 to 200").or(5);
    private static final Option<Integer> IDLE_SECONDS =
            Option.number(
                    "--idle-seconds",
                    "S",
                    0,
                    86_400,
                    "how long an idle instance is kept (default: the platform decides)");
    private static final Option<String> IMAGE =
            Option.text(
                    "--image", "URI", "the container image (default: by the kind of the model)");
    private static final Option<String> ROLE_ARN =
            Option.text(
                    "--role-arn", "ARN", "execution role (default: role/dormouse of the account)");

    /// What a definition says in its file.
    private static final List<Option<?>> DEFINED =
            List.of(NAME, MEMORY, MAX_CONCURRENCY, IDLE_SECONDS, IMAGE, ROLE_ARN);

    @Override
    public Syntax syntax() {
        return new Syntax(
                "deploy",
                "Deploy a model as a serverless endpoint: an .onnx file, an XGBoost model (.json,"
                        + " .ubj) or a model.tar.gz, on this machine or in S3. An endpoint of that"
                        + " name is updated; requests under way are answered. A definition (.yaml)"
                        + " is applied, as ./dormouse apply does.",
                Optional.of(new Parameter("FILE|S3-URI", "the model, or a definition", Kind.FILE)),
                CommonOptions.and(NAME, MEMORY, MAX_CONCURRENCY, IDLE_SECONDS, IMAGE, ROLE_ARN),
                List.of(
                        "./dormouse deploy model.onnx --name iris --memory 1024 --max-concurrency 10",
                        "./dormouse deploy s3://my-bucket/flights/model.tar.gz --name flights",
                        "./dormouse deploy dormouse.yaml"));
    }

    @Override
    public int run(Arguments arguments, Console console) {
        String model = arguments.parameter();
        if (model.endsWith(".yaml") || model.endsWith(".yml")) {
            DEFINED.stream()
                    .filter(arguments::isGiven)
                    .findFirst()
                    .ifPresent(option -> {
                        throw new WrongUse(
                                "Option "
                                        + option.names().getFirst()
                                        + " is for a model: of a definition, the file says it.");
                    });
            return new ApplyCommand().run(arguments, console);
        }
        CommonOptions options = new CommonOptions(arguments, console);
        Clients clients = options.clients();
        String endpoint = arguments.find(NAME).orElseGet(() -> nameOf(model));
        // Before the first call: what cannot be read is no matter for the platform.
        try (Source source = Source.of(model, arguments.isGiven(IMAGE))) {
            String account;
            try (StsClient sts = clients.sts()) {
                account = sts.getCallerIdentity().account();
            }
            String image =
                    arguments
                            .find(IMAGE)
                            .orElseGet(() -> source.image().uri(account, clients.region()));
            String url = source.url(clients, account, endpoint, console);
            Deployment deployment =
                    new Deployment(
                            endpoint,
                            ContainerDefinition.builder().image(image).modelDataUrl(url).build(),
                            arguments
                                    .find(ROLE_ARN)
                                    .orElse("arn:aws:iam::" + account + ":role/dormouse"),
                            arguments.get(MEMORY),
                            arguments.get(MAX_CONCURRENCY),
                            arguments
                                    .find(IDLE_SECONDS)
                                    .map(s -> Map.of("dormouse:idle-seconds", s.toString()))
                                    .orElse(Map.of()));
            told(options, console, clients.endpoint(), apply(clients, deployment, console));
        }
        return 0;
    }

    private static DescribeEndpointResponse apply(
            Clients clients, Deployment deployment, Console console) {
        try (SageMakerClient sageMaker = clients.sageMaker()) {
            deployment.apply(sageMaker, REVISION.format(Instant.now()));
            return new EndpointWait(sageMaker)
                    .untilInService(
                            deployment.name(),
                            status -> console.progress(deployment.name() + " is " + status));
        }
    }

    /// Where the model comes from: S3, or a file that has to go there.
    private record Source(Optional<ModelArchive> file, String name) implements AutoCloseable {
        /// @param named whether the image that serves it is named, and need not be found out
        static Source of(String model, boolean named) {
            if (model.startsWith("s3://")) {
                return new Source(Optional.empty(), model);
            }
            Path file = Path.of(model);
            return new Source(
                    Optional.of(named ? ModelArchive.whatever(file) : ModelArchive.of(file)),
                    model);
        }

        ModelArchive.Image image() {
            return file.map(ModelArchive::image).orElseGet(() -> ModelArchive.Image.of(name));
        }

        /// Its URI, after the upload where it is a file.
        String url(Clients clients, String account, String endpoint, Console console) {
            if (file.isEmpty()) {
                return name;
            }
            ModelArchive archive = file.get();
            console.progress(
                    archive.temporary()
                            ? "Packing and uploading " + name + ": " + packing(archive.entry())
                            : "Uploading " + name);
            String key =
                    "dormouse/" + endpoint + "/" + REVISION.format(Instant.now()) + "/model.tar.gz";
            try (S3Client s3 = clients.s3()) {
                return ArtifactBucket.of(s3, account, clients.region())
                        .ensured()
                        .put(
                                key,
                                RequestBody.fromFile(archive.archive()),
                                archive.temporary() ? "model.tar.gz" : name);
            }
        }

        /// What a shell would do: the entry is called what the model server looks for.
        private String packing(String entry) {
            String copy =
                    name.equals(entry)
                            ? ""
                            : "cp " + CallPrinter.quoted(name) + " " + entry + " && ";
            return copy + "tar -czf model.tar.gz " + entry;
        }

        @Override
        public void close() {
            file.ifPresent(ModelArchive::close);
        }
    }

    private static void told(
            CommonOptions options,
            Console console,
            URI platform,
            DescribeEndpointResponse endpoint) {
        if (options.json()) {
            console.say(Shapes.toJson(endpoint));
            return;
        }
        String name = endpoint.endpointName();
        console.say(name + " is in service, asleep until the first request. Wake it:");
        console.say("  ./dormouse invoke " + name + " --file PAYLOAD");
        console.say(
                "  curl --data-binary @PAYLOAD -H 'Content-Type: text/csv' "
                        + platform
                        + "/endpoints/"
                        + name
                        + "/invocations");
        console.say("See why a start took as long as it did: ./dormouse why " + name);
    }

    /// SageMaker's names are letters, digits and hyphens, 63 at most.
    private static String nameOf(String model) {
        String file = model.substring(model.lastIndexOf('/') + 1);
        String stem = file.replaceFirst("(\\.tar\\.gz|\\.tgz|\\.[A-Za-z0-9]+)$", "");
        String name =
                stem.replaceAll("[^A-Za-z0-9-]+", "-")
                        .replaceAll("^-+|-+$", "")
                        .toLowerCase(Locale.ROOT);
        return name.isEmpty() ? "model" : name.substring(0, Math.min(40, name.length()));
    }
}
