package io.dormouse.cli;

import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Option;
import io.dormouse.cli.line.Syntax.Kind;
import io.dormouse.cli.line.Syntax.Parameter;
import io.dormouse.definition.DefinitionFile;
import io.dormouse.definition.Desired;
import io.dormouse.deploy.Change;
import io.dormouse.deploy.Finding;
import io.dormouse.deploy.Found;
import io.dormouse.deploy.Preflight;
import io.dormouse.deploy.Rollout;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ecr.EcrClient;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointResponse;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;
import software.amazon.awssdk.services.sts.StsClient;

/// A definition and the platform, or the AWS account, that it is for: what `apply` and `diff` do.
final class Definitions implements AutoCloseable {
    static final String DEFAULT_FILE = "dormouse.yaml";

    static final Optional<Parameter> FILE =
            Optional.of(
                    new Parameter(
                            "FILE", "the definition (default: " + DEFAULT_FILE + ")", Kind.FILE));

    static final Option<String> TO =
            Option.word(
                    "--to",
                    "WHERE",
                    List.of("platform", "aws"),
                    "platform: this one; aws: the account of AWS's default credentials (default:"
                            + " platform)");

    private final Console console;
    private final Path file;
    private final boolean aws;
    private final Clients clients;
    private final String account;
    private final DefinitionSource source;
    private final SageMakerClient sageMaker;
    private final S3Client s3;

    private Definitions(
            Console console,
            Path file,
            boolean aws,
            Clients clients,
            String account,
            DefinitionSource source) {
        this.console = console;
        this.file = file;
        this.aws = aws;
        this.clients = clients;
        this.account = account;
        this.source = source;
        this.sageMaker = clients.sageMaker();
        this.s3 = clients.s3();
    }

    /// Reads the file before the first call, and says which account it is before all others.
    static Definitions of(Arguments arguments, Console console) {
        Path file = Path.of(arguments.findParameter().orElse(DEFAULT_FILE));
        DefinitionSource source = DefinitionSource.of(DefinitionFile.read(file));
        try {
            CommonOptions options = new CommonOptions(arguments, console);
            boolean aws = arguments.find(TO).filter("aws"::equals).isPresent();
            Clients clients = aws ? options.aws() : options.clients();
            String account;
            try (StsClient sts = clients.sts()) {
                account = sts.getCallerIdentity().account();
            }
            if (aws) {
                console.progress(
                        "AWS account "
                                + account
                                + ", Region "
                                + clients.region()
                                + options.awsEndpoint().map(url -> ", at " + url).orElse(""));
            }
            return new Definitions(console, file, aws, clients, account, source);
        } catch (RuntimeException e) {
            source.close();
            throw e;
        }
    }

    Desired desired() {
        return source.desired(s3, account, clients.region(), defaultRole());
    }

    private String defaultRole() {
        return aws ? "" : "arn:aws:iam::" + account + ":role/dormouse";
    }

    Found found(Desired desired) {
        return Found.of(sageMaker, desired.name());
    }

    /// What AWS would refuse or ignore, said.
    ///
    /// @return whether it would take the definition
    boolean preflight(Desired desired) {
        if (!aws) {
            return true;
        }
        try (IamClient iam = clients.iam();
                EcrClient ecr = clients.ecr()) {
            List<Finding> findings =
                    new Preflight(account, clients.region(), s3, iam, ecr)
                            .check(desired, source.payloadBytes(), source.archiveBytes());
            findings.forEach(finding -> console.progress(finding.toString()));
            return findings.stream()
                    .noneMatch(finding -> finding.effect() == Finding.Effect.REFUSED);
        }
    }

    void show(Desired desired, Found found, List<Change> changes) {
        if (changes.isEmpty()) {
            console.say("Endpoint " + desired.name() + " is as " + file + " says.");
            return;
        }
        console.say(
                "Endpoint "
                        + desired.name()
                        + (found.endpoint().isEmpty() ? " does not exist:" : " differs:"));
        changes.forEach(change -> console.say("  " + change));
    }

    DescribeEndpointResponse apply(Desired desired, Found found) {
        source.upload(s3, account, clients.region(), desired.digest(), console);
        try (SageMakerRuntimeClient runtime = clients.runtime()) {
            return new Rollout(sageMaker, runtime, console::progress)
                    .apply(desired, found, source.payload());
        }
    }

    @Override
    public void close() {
        source.close();
        sageMaker.close();
        s3.close();
    }
}
