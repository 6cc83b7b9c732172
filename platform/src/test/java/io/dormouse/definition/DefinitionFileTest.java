package io.dormouse.definition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariant;

/// What a definition says, and what is said of one that is wrong.
class DefinitionFileTest {
    private static final String WHOLE =
            """
            name: flights
            model: s3://models/flights/model.tar.gz
            framework: xgboost
            memory: 1024
            concurrency: 7
            provisioned: 2
            payload: row.csv
            environment:
              VERSION: 1.10
              WORKERS: 4
            settings:
              idle-seconds: 300
              warm-pool: false
            role: arn:aws:iam::123456789012:role/any
            """;

    @Test
    void tenLinesAreAModelAConfigurationAndAnEndpoint() {
        Definition definition = parse(WHOLE);
        Desired desired =
                new Desired(
                        definition,
                        Framework.XGBOOST.uri("123456789012", "eu-west-1").orElseThrow(),
                        definition.modelUri(),
                        "digest",
                        definition.roleArn().orElseThrow());

        assertEquals("/folder/row.csv", definition.payloadFile().orElseThrow().toString());
        assertEquals("text/csv", definition.payloadType());
        assertEquals(
                "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1",
                desired.model().primaryContainer().image());
        assertEquals(
                "s3://models/flights/model.tar.gz",
                desired.model().primaryContainer().modelDataUrl());
        assertEquals(
                Map.of("VERSION", "1.10", "WORKERS", "4"),
                desired.model().primaryContainer().environment());
        ProductionVariant variant = desired.config().productionVariants().getFirst();
        assertEquals(desired.modelName(), variant.modelName());
        assertEquals(1024, variant.serverlessConfig().memorySizeInMB());
        assertEquals(7, variant.serverlessConfig().maxConcurrency());
        assertEquals(2, variant.serverlessConfig().provisionedConcurrency());
        assertEquals("flights", desired.endpoint().endpointName());
        assertEquals(desired.configName(), desired.endpoint().endpointConfigName());
        assertEquals("300", desired.tags().get("dormouse:idle-seconds"));
        assertEquals("false", desired.tags().get("dormouse:warm-pool"));
    }

    @Test
    void namesChangeWithTheContentAndWithNothingElse() {
        Desired desired = desired(WHOLE, "one");
        assertEquals(desired.configName(), desired(WHOLE + "# said\n", "one").configName());
        assertTrue(desired.isOwn(desired.configName()) && desired.isOwn(desired.modelName()));

        Desired larger = desired(WHOLE.replace("1024", "2048"), "one");
        assertEquals(desired.modelName(), larger.modelName());
        assertTrue(!desired.configName().equals(larger.configName()));
        Desired retrained = desired(WHOLE, "two");
        assertTrue(!desired.modelName().equals(retrained.modelName()));
        assertTrue(!desired.configName().equals(retrained.configName()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "memory: 1024 | memory: 1000 | 4:9 | memory | memory is '1000': expected 1024, 2048",
                "memory: 1024 | memroy: 1024 | 4:1 | memroy | Did you mean memory?",
                "xgboost | xgbost | 3:12 | framework | Did you mean xgboost?",
                "concurrency: 7 | concurrency: many | 5:14 | concurrency | whole number from 1 to 200",
                "concurrency: 7 | concurrency: 201 | 5:14 | concurrency | is '201': expected a whole",
                "provisioned: 2 | provisioned: 9 | 6:14 | provisioned | expected at most concurrency, 7",
                "idle-seconds | idle-second | 12:3 | settings.idle-second | mean idle-seconds?",
                "warm-pool: false | warm-pool: 2 | 13:14 | settings.warm-pool | expected true or false",
                "memory: 1024 | gpu: 1 | 4:1 | gpu | Serverless endpoints have no GPUs.",
                "WORKERS: 4 | WORKERS: [4] | 10:12 | environment.WORKERS | is a list: expected a text",
                "name: flights | name: a b | 1:7 | name | letters, digits and single hyphens",
                "name: flights | title: flights | 1:1 | '' | name is missing: expected the endpoint's",
                "memory: 1024 | name: again | 4:1 | name | name is given twice",
                "memory: 1024 | image: a/b:c | 4:1 | image | framework and image are both given",
                "memory: 1024 | memory: &m 1024 | 4:9 | memory | write values out",
                "role: arn | role: {arn | 15:1 | '' | This is no YAML",
            })
    void anErrorNamesLineColumnAndFieldAndWhatWasExpected(
            String right, String wrong, String place, String field, String sentence) {
        InvalidDefinition invalid =
                assertThrows(InvalidDefinition.class, () -> parse(WHOLE.replace(right, wrong)));
        assertTrue(
                invalid.problems().stream()
                        .anyMatch(problem ->
                                place.equals(problem.line() + ":" + problem.column())
                                        && field.equals(problem.field())
                                        && problem.sentence().contains(sentence)),
                invalid.problems().toString());
        assertTrue(
                String.valueOf(invalid.getMessage()).contains("dormouse.yaml:" + place + ": "),
                invalid.getMessage());
    }

    @Test
    void allProblemsAreToldAtOnce() {
        InvalidDefinition invalid =
                assertThrows(
                        InvalidDefinition.class,
                        () -> parse("name: 'x y'\nmemory: 3\nconcurency: 5\n"));
        assertEquals(
                List.of(1, 1, 2, 3),
                invalid.problems().stream().map(Problem::line).sorted().toList(),
                invalid.getMessage());
        assertTrue(String.valueOf(invalid.getMessage()).contains("model is missing"));
        assertThrows(InvalidDefinition.class, () -> parse(""));
        assertThrows(InvalidDefinition.class, () -> parse("- name"));
        assertThrows(InvalidDefinition.class, () -> parse("a: &a [*a]"));
    }

    private static Desired desired(String text, String digest) {
        return new Desired(parse(text), "image", Optional.of("s3://b/m"), digest, "role");
    }

    private static Definition parse(String text) {
        return DefinitionFile.parse("dormouse.yaml", Path.of("/folder"), text);
    }
}
