package io.dormouse.worker.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/// Which image of this machine a name means.
class ImageNamesTest {
    private static final String ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com/";

    private static void assertMapped(String rules, String image, String local) {
        assertEquals(Optional.of(local), ImageNames.of(rules).mapped(image), rules);
    }

    @Test
    void aRepositoryKeepsItsTagUnlessTheRuleHasOne() {
        String rule = ECR + "churn=team/churn";
        assertMapped(rule, ECR + "churn", "team/churn");
        assertMapped(rule, ECR + "churn:3", "team/churn:3");
        assertMapped(rule, ECR + "churn@sha256:abc", "team/churn@sha256:abc");
        assertMapped(ECR + "churn=churn:latest", ECR + "churn:3", "churn:latest");
        assertMapped(ECR + "churn=localhost:5000/churn", ECR + "churn:3", "localhost:5000/churn:3");
        assertEquals(Optional.empty(), ImageNames.of(rule).mapped(ECR + "churned:3"));
        assertEquals(ECR + "other:1", ImageNames.of(rule).local(ECR + "other:1"));
    }

    @Test
    void aBeginningIsExchangedOrDropped() {
        assertMapped(ECR + "=localhost:5000/", ECR + "a/b:1", "localhost:5000/a/b:1");
        assertMapped(ECR + "=", ECR + "a/b:1", "a/b:1");
    }

    @Test
    void theFirstRuleThatFitsApplies() {
        String rules = ECR + "churn=mine:1, " + ECR + "=";
        assertMapped(rules, ECR + "churn:7", "mine:1");
        assertMapped(rules, ECR + "other:7", "other:7");
    }

    @Test
    void whatIsNoNameIsToldBeforeAnEngineIsAsked() {
        Map<String, String> none = Map.of("DOCKER_HOST", "unix:///no/docker.sock");
        try (var clock = Executors.newSingleThreadScheduledExecutor()) {
            var images =
                    new DockerImages(
                            new Engine(EngineAddress.of(none), clock),
                            ImageNames.of(""),
                            new RegistryKeys(none));
            for (String wrong :
                    new String[] {"a/../../containers/b", "a//b", "a?b", "-a", "a:b c"}) {
                String said = images.trouble(wrong).orElseThrow();
                assertTrue(said.contains("is no name of an image"), said);
            }
            String said = images.trouble("registry.example:5000/a/b:1.2").orElseThrow();
            assertTrue(said.contains("no Docker Engine answers"), said);
        }
    }

    @Test
    void anEngineThatCannotBeNamedIsTold() {
        for (String wrong : new String[] {"ssh://there", "tcp://", "tcp://a_b:2375"}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> EngineAddress.of(Map.of("DOCKER_HOST", wrong)),
                    wrong);
        }
    }

    @Test
    void whatIsNoRuleIsNamed() {
        for (String wrong : new String[] {"churn", "=churn", "churn="}) {
            String said =
                    String.valueOf(
                            assertThrows(
                                            IllegalArgumentException.class,
                                            () -> ImageNames.of("a=b " + wrong))
                                    .getMessage());
            assertTrue(said.contains("'" + wrong + "'"), said);
        }
    }
}
