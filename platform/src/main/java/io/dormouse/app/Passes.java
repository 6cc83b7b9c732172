package io.dormouse.app;

import io.dormouse.aws.Caller;
import io.dormouse.identity.RoleSessions;
import io.dormouse.wire.Exchange;
import io.dormouse.wire.Handler;
import io.dormouse.worker.Launcher;
import io.dormouse.worker.Network;
import io.dormouse.worker.RoleAccess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.sts.model.Credentials;
import tools.jackson.databind.json.JsonMapper;

/// Passes for programs, and the page where they get the credentials of their role.
///
/// @param here where the platform answers, known once its server listens
/// @param launcher what the programs run on
record Passes(RoleSessions sessions, Supplier<URI> here, Launcher launcher, Caller owner)
        implements RoleAccess, Handler {
    static final String PATH = "/_dormouse/credentials";

    @Override
    public Pass pass(String roleArn, String region) {
        String endpoint = endpoint();
        RoleSessions.Session session =
                sessions.open(roleArn, new Caller(owner.account(), region, "", owner.arn()));
        return new Pass(
                Map.of(
                        "AWS_ENDPOINT_URL",
                        endpoint,
                        "AWS_REGION",
                        region,
                        "AWS_DEFAULT_REGION",
                        region,
                        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                        endpoint + PATH,
                        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
                        session.token(),
                        "AWS_EC2_METADATA_DISABLED",
                        "true"),
                new Network.Platform(address(here.get())),
                () -> sessions.close(session));
    }

    /// Behind walls the platform is on the loopback address, whatever it is outside.
    private String endpoint() {
        boolean walls = launcher.can().contains(Launcher.Capability.ISOLATION);
        return walls ? "http://127.0.0.1:" + here.get().getPort() : here.get().toString();
    }

    /// Where the platform is reached from this machine.
    private static InetSocketAddress address(URI here) {
        return new InetSocketAddress(here.getHost(), here.getPort());
    }

    /// As [container
    /// credentials](https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html)
    /// are asked for: the token is the whole `Authorization`.
    @Override
    public void handle(Exchange exchange) throws IOException {
        String token = exchange.header("authorization").orElse("");
        try {
            Optional<Credentials> credentials = sessions.credentials(token);
            if (credentials.isPresent()) {
                answer(exchange, 200, document(credentials.get()));
            } else {
                answer(exchange, 403, says("The token is that of no program that runs"));
            }
        } catch (AwsServiceException e) {
            answer(exchange, 400, says(e.awsErrorDetails().errorMessage()));
        }
    }

    private static Map<String, String> document(Credentials credentials) {
        return Map.of(
                "AccessKeyId", credentials.accessKeyId(),
                "SecretAccessKey", credentials.secretAccessKey(),
                "Token", credentials.sessionToken(),
                "Expiration", credentials.expiration().toString());
    }

    private static Map<String, String> says(String sentence) {
        return Map.of("message", sentence);
    }

    private static void answer(Exchange exchange, int status, Map<String, String> document)
            throws IOException {
        exchange.answer(
                status,
                Map.of("Content-Type", "application/json", "Cache-Control", "no-store"),
                JsonMapper.shared().writeValueAsString(document).getBytes(StandardCharsets.UTF_8));
    }
}
