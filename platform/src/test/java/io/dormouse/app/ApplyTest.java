package io.dormouse.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.app.TestPlatform.Ran;
import io.dormouse.cli.Clients;
import io.dormouse.deploy.EndpointWait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.EndpointConfigSummary;
import software.amazon.awssdk.services.sagemaker.model.ModelSummary;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariantServerlessConfig;

/// `./dormouse apply` and `diff` against a platform, by what they print and what is there after.
class ApplyTest {
    private static final Path MODEL =
            Path.of("../modelserver/src/test/resources/xgboost/old-binary.json");

    @TempDir private Path folder;
    private TestPlatform platform;
    private SageMakerClient sageMaker;
    private Path file;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(TestPlatform.hasModelServer(), "the model server is not packaged: run ./build");
        platform = new TestPlatform(TestPlatform.settings(folder));
        sageMaker =
                new Clients(platform.endpoint(), "us-east-1", "test", "test", Optional.empty())
                        .sageMaker();
        Files.copy(MODEL, folder.resolve("model.json"));
        Files.writeString(folder.resolve("row.csv"), "1,2,3,4\n");
        file = folder.resolve("dormouse.yaml");
        write("1024", "300", "row.csv");
    }

    @AfterEach
    void stop() {
        if (platform != null) {
            sageMaker.close();
            platform.close();
        }
    }

    @Test
    void anEndpointIsCreatedLeftAloneUpdatedAndClearedUpAfter() throws IOException {
        Ran missing = run("diff");
        assertEquals(1, missing.code(), missing.err());
        assertTrue(missing.out().contains("tree does not exist"), missing.out());
        Ran dry = run("apply", "--dry-run");
        assertEquals(0, dry.code(), dry.err());
        assertTrue(dry.out().contains("+ memory: 1024"), dry.out());
        assertEquals(List.of(), models(), "a dry run makes nothing");

        Ran created = run("apply");
        assertEquals(0, created.code(), created.err());
        assertTrue(created.out().contains("tree is created and in service"), created.out());
        assertTrue(created.err().contains("The payload was answered"), created.err());
        assertEquals(0, run("diff").code());
        Ran again = run("apply", "-v");
        assertEquals(0, again.code(), again.err());
        assertTrue(again.out().contains("tree is as " + file + " says"), again.out());
        assertFalse(again.err().contains("create-"), again.err());
        assertFalse(again.err().contains("update-"), again.err());
        String first = config();

        write("2048", "60", "row.csv");
        Ran differs = run("diff");
        assertEquals(1, differs.code());
        assertTrue(differs.out().contains("~ memory: 1024 -> 2048"), differs.out());
        assertTrue(differs.out().contains("~ settings.idle-seconds: 300 -> 60"), differs.out());
        Ran updated = run("apply");
        assertEquals(0, updated.code(), updated.err());
        assertTrue(updated.out().contains("tree is updated and in service"), updated.out());
        assertFalse(first.equals(config()), "a new configuration");
        assertEquals(List.of(config()), configs(), "the superseded one is gone");
        assertEquals(1, models().size(), "the model is the same");
        assertEquals(0, run("diff").code());
    }

    @Test
    void whatFailsItsPayloadIsRolledBack() throws IOException {
        Files.writeString(folder.resolve("bad.csv"), "no,number,at,all\n");
        write("1024", "300", "bad.csv");
        Ran failed = run("apply");
        assertEquals(1, failed.code());
        assertTrue(failed.err().contains("ModelError"), failed.err());
        assertTrue(failed.err().contains("Rolled back: endpoint tree"), failed.err());
        assertEquals(List.of(), models());
        assertEquals(List.of(), configs());
        assertEquals("", platform.run("endpoints", "--names").out());

        write("1024", "300", "row.csv");
        assertEquals(0, run("apply").code());
        String good = config();
        write("2048", "60", "bad.csv");
        Ran update = run("apply");
        assertEquals(1, update.code());
        assertTrue(update.err().contains("the update of endpoint tree"), update.err());
        assertEquals(good, config());
        assertEquals(List.of(good), configs());
        write("1024", "300", "row.csv");
        assertEquals(0, run("diff").code(), "memory and settings are as before");
        assertEquals(0, platform.run("invoke", "tree", "--body", "1,2,3,4").code());
    }

    @Test
    void whatAnotherMadeIsBroughtToItAndNothingOfTheirsDeleted() {
        assertEquals(0, platform.run("deploy", MODEL.toString(), "--name", "tree").code());
        List<String> theirs = configs();
        Ran applied = run("apply");
        assertEquals(0, applied.code(), applied.err());
        assertTrue(applied.out().contains("+ settings.idle-seconds: 300"), applied.out());
        assertTrue(configs().containsAll(theirs) && configs().size() == 2, configs().toString());
    }

    @Test
    void aConfigurationThatAnotherEndpointUsesIsKeptWithItsModel() throws IOException {
        assertEquals(0, run("apply").code());
        String shared = config();
        sageMaker.createEndpoint(r -> r.endpointName("other").endpointConfigName(shared));
        write("2048", "300", "row.csv");
        Files.writeString(file, Files.readString(file).replace("LEVEL: info", "LEVEL: debug"));
        Ran updated = run("apply");
        assertEquals(0, updated.code(), updated.err());
        assertFalse(shared.equals(config()));
        assertEquals(Set.of(shared, config()), Set.copyOf(configs()));
        assertEquals(2, models().size(), models().toString());

        new EndpointWait(sageMaker).untilInService("other", _ -> {});
        sageMaker.deleteEndpoint(r -> r.endpointName("other"));
        new EndpointWait(sageMaker).untilDeleted("other");
        write("3072", "300", "row.csv");
        assertEquals(0, run("apply").code());
        assertEquals(List.of(config()), configs());
        assertEquals(1, models().size(), models().toString());
    }

    @Test
    void deployTakesADefinitionToo() throws IOException {
        Path named = Files.copy(file, folder.resolve("staging.yaml"));
        Ran wrong = platform.run("deploy", named.toString(), "--memory", "1024");
        assertEquals(2, wrong.code());
        assertTrue(wrong.err().contains("Option --memory is for a model"), wrong.err());
        Ran deployed = platform.run("deploy", named.toString());
        assertEquals(0, deployed.code(), deployed.err());
        assertTrue(deployed.out().contains("tree is created and in service"), deployed.out());
        Ran same = platform.run("diff", named.toString());
        assertEquals(0, same.code(), same.err());
        assertEquals("Endpoint tree is as " + named + " says.", same.out());
    }

    @Test
    void anErrorInTheFileIsToldBeforeAnyCall() throws IOException {
        Files.writeString(file, "name: tree\nmodel: model.json\nmemory: 1000\n");
        Ran wrong =
                TestPlatform.execute(
                        "apply", file.toString(), "--endpoint-url", "http://127.0.0.1:1");
        assertEquals(1, wrong.code());
        assertEquals(
                file
                        + ":3:9: memory is '1000': expected 1024, 2048, 3072, 4096, 5120 or 6144: an"
                        + " instance's memory in MB. Did you mean 1024?",
                wrong.err());
        Files.writeString(file, "name: tree\nmodel: none.json\n");
        assertTrue(run("apply").err().contains("There is no file"));
    }

    private void write(String memory, String idle, String payload) throws IOException {
        Files.writeString(
                file,
                """
                name: tree
                model: model.json
                memory: %s
                concurrency: 3
                payload: %s
                environment:
                  LEVEL: info
                settings:
                  idle-seconds: %s
                """
                        .formatted(memory, payload, idle));
    }

    private Ran run(String command, String... options) {
        String[] words = new String[options.length + 2];
        words[0] = command;
        words[1] = file.toString();
        System.arraycopy(options, 0, words, 2, options.length);
        return platform.run(words);
    }

    private String config() {
        String config =
                sageMaker.describeEndpoint(r -> r.endpointName("tree")).endpointConfigName();
        ProductionVariantServerlessConfig serverless =
                sageMaker
                        .describeEndpointConfig(r -> r.endpointConfigName(config))
                        .productionVariants()
                        .getFirst()
                        .serverlessConfig();
        assertEquals(3, serverless.maxConcurrency());
        return config;
    }

    private List<String> configs() {
        return sageMaker.listEndpointConfigsPaginator().endpointConfigs().stream()
                .map(EndpointConfigSummary::endpointConfigName)
                .toList();
    }

    private List<String> models() {
        return sageMaker.listModelsPaginator().models().stream()
                .map(ModelSummary::modelName)
                .toList();
    }
}
