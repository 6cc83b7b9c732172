package io.dormouse.aws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.cloudwatch.model.MetricDatum;
import software.amazon.awssdk.services.sagemaker.model.CreateModelRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeModelResponse;
import software.amazon.awssdk.services.sagemaker.model.Tag;
import tools.jackson.databind.json.JsonMapper;

class ShapesTest {
    private static final CreateModelRequest REQUEST =
            CreateModelRequest.builder()
                    .modelName("m")
                    .primaryContainer(c ->
                            c.image("i").environment(Map.of("A", "1")).modelDataUrl("s3://b/k"))
                    .tags(List.of(Tag.builder().key("k").value("v").build()))
                    .build();

    @Test
    void aShapeComesBackAsItWas() {
        String json = Shapes.toJson(REQUEST);
        assertEquals(REQUEST, Shapes.fromJson(CreateModelRequest::builder, json));
        DescribeModelResponse answer =
                DescribeModelResponse.builder()
                        .modelName("m")
                        .creationTime(Instant.ofEpochMilli(1_767_225_600_123L))
                        .build();
        String text = Shapes.toJson(answer);
        assertTrue(text.contains("1767225600.123"), text);
        assertEquals(answer, Shapes.fromJson(DescribeModelResponse::builder, text));
    }

    @Test
    void whatIsAbsentStaysAbsentAndWhatIsEmptyStaysEmpty() {
        assertEquals(
                "{\"ModelName\":\"m\"}",
                Shapes.toJson(CreateModelRequest.builder().modelName("m").build()));
        CreateModelRequest empty =
                Shapes.fromJson(
                        CreateModelRequest::builder,
                        "{\"ModelName\":\"m\",\"Tags\":[],\"VpcConfig\":null,\"Unknown\":1}");
        assertTrue(empty.hasTags());
        assertFalse(empty.hasContainers());
        assertEquals("{\"ModelName\":\"m\",\"Tags\":[]}", Shapes.toJson(empty));
    }

    @Test
    void aDescribeAnswerTakesItsRequestsMembers() {
        DescribeModelResponse answer =
                Shapes.like(DescribeModelResponse.builder(), REQUEST).modelArn("arn").build();
        assertEquals("m", answer.modelName());
        assertEquals("i", answer.primaryContainer().image());
        assertFalse(answer.hasContainers());
    }

    @Test
    void anotherTypeThanTheMembersIsMalformedAndNamed() {
        for (String json :
                List.of(
                        "{\"ModelName\":1}",
                        "{\"Tags\":{}}",
                        "{\"PrimaryContainer\":\"text\"}",
                        "{\"EnableNetworkIsolation\":\"yes\"}",
                        "{\"Tags\":[{\"Key\":[]}]}")) {
            Malformed malformed =
                    assertThrows(
                            Malformed.class,
                            () -> Shapes.fromJson(CreateModelRequest::builder, json));
            assertTrue(
                    String.valueOf(malformed.getMessage()).contains("expected"),
                    malformed.getMessage());
        }
    }

    @Test
    void numbersThatJsonHasNotAreWords() {
        MetricDatum infinite =
                MetricDatum.builder().metricName("x").value(Double.POSITIVE_INFINITY).build();
        String json = Shapes.toJson(infinite);
        assertTrue(json.contains("\"Infinity\""), json);
        assertEquals(infinite, Shapes.fromJson(MetricDatum::builder, json));
        assertThrows(
                Malformed.class,
                () ->
                        Shapes.fill(
                                MetricDatum.builder(),
                                JsonMapper.shared().readTree("{\"StorageResolution\":1.5}")));
    }
}
