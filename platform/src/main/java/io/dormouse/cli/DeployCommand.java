package io.dormouse.cli;

import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.ContainerDefinition;
import software.amazon.awssdk.services.sts.StsClient;

@Command(
        name = "deploy",
        description = {
            "Deploy a model as a serverless endpoint: an .onnx file, an XGBoost model (.json, .ubj) or a"
                    + " model.tar.gz, on this machine or in S3. An endpoint of that name is updated; requests"
                    + " under way are answered."
        },
        footer = {
            "",
            "Examples:",
            "  ./dormouse deploy model.onnx --name iris --memory 1024 --max-concurrency 10",
            "  ./dormouse deploy s3://my-bucket/flights/model.tar.gz --name flights"
        })
public final class DeployCommand implements Callable<Integer> {
    private static final DateTimeFormatter REVISION =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(paramLabel = "FILE|S3-URI", description = "the model")
    private String model = "";

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "the endpoint (default: the file's name)")
    private Optional<String> name = Optional.empty();

    @Option(
            names = "--memory",
            paramLabel = "MB",
            defaultValue = "2048",
            description = "1024, 2048, 3072, 4096, 5120 or 6144 (default: ${DEFAULT-VALUE})")
    private int memoryMb;

    @Option(
            names = "--max-concurrency",
            paramLabel = "N",
            defaultValue = "5",
            description = "invocations at once, 1 to 200 (default: ${DEFAULT-VALUE})")
    private int maxConcurrency;

    @Option(
            names = "--idle-seconds",
            paramLabel = "S",
            description = "how long an idle instance is kept (default: the platform decides)")
    private Optional<Integer> idleSeconds = Optional.empty();

    @Option(
            names = "--image",
            paramLabel = "URI",
            description = "the container image (default: by the kind of the model)")
    private Optional<String> image = Optional.empty();

    @Option(
            names = "--role-arn",
            paramLabel = "ARN",
            description = "execution role (default: role/dormouse of the account)")
    private Optional<String> roleArn = Optional.empty();

    @Override
    public Integer call() {
        Console console = options.console();
        Clients clients = options.clients();
        String endpoint = name.orElseGet(() -> nameOf(model));
        String account;
        try (StsClient sts = clients.sts()) {
            account = sts.getCallerIdentity().account();
        }
        ContainerDefinition container = container(clients, account, endpoint, console);
        Deployment deployment =
                new Deployment(
                        endpoint,
                        container,
                        roleArn.orElse("arn:aws:iam::" + account + ":role/dormouse"),
                        memoryMb,
                        maxConcurrency,
                        idleSeconds
                                .map(s -> Map.of("dormouse:idle-seconds", s.toString()))
                                .orElse(Map.of()));
        try (SageMakerClient sageMaker = clients.sageMaker()) {
            deployment.apply(sageMaker, REVISION.format(Instant.now()));
            new EndpointWait(sageMaker)
                    .untilInService(
                            endpoint, status -> console.progress(endpoint + " is " + status));
        }
        told(console, clients.endpoint(), endpoint);
        return 0;
    }

    private ContainerDefinition container(
            Clients clients, String account, String endpoint, Console console) {
        if (model.startsWith("s3://")) {
            String uri =
                    image.orElseGet(
                            () -> ModelArchive.Image.of(model).uri(account, clients.region()));
            return ContainerDefinition.builder().image(uri).modelDataUrl(model).build();
        }
        Path file = Path.of(model);
        try (ModelArchive archive = ModelArchive.of(file);
                S3Client s3 = clients.s3()) {
            console.progress("Uploading " + file);
            String key =
                    "dormouse/" + endpoint + "/" + REVISION.format(Instant.now()) + "/model.tar.gz";
            String uri =
                    ArtifactBucket.of(s3, account, clients.region())
                            .ensured()
                            .put(key, archive.archive());
            return ContainerDefinition.builder()
                    .image(image.orElse(archive.image().uri(account, clients.region())))
                    .modelDataUrl(uri)
                    .build();
        }
    }

    private void told(Console console, URI platform, String endpoint) {
        if (options.json()) {
            console.say("{\"EndpointName\":\"" + endpoint + "\",\"EndpointStatus\":\"InService\"}");
            return;
        }
        console.say(endpoint + " is in service, asleep until the first request. Wake it:");
        console.say("  ./dormouse invoke " + endpoint + " --file PAYLOAD");
        console.say(
                "  curl --data-binary @PAYLOAD -H 'Content-Type: text/csv' "
                        + platform
                        + "/endpoints/"
                        + endpoint
                        + "/invocations");
        console.say("See why a start took as long as it did: ./dormouse why " + endpoint);
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
