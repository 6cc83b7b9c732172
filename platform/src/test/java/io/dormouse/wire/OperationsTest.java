package io.dormouse.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.aws.Caller;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.ModelSummary;
import software.amazon.awssdk.services.sagemaker.model.ResourceNotFoundException;
import software.amazon.awssdk.services.sagemaker.model.SageMakerException;

/// The table of operations, and its users in the same process.
class OperationsTest {
    private static final Caller CALLER = Caller.root("210987654321", "eu-central-1");

    private static Operations operations() {
        return Operations.builder()
                .join(AwsService.SAGEMAKER, new Fakes.Models(), new Fakes.EndpointConfigs())
                .build();
    }

    @Test
    void theTableHoldsWhatTheClassesDeclare() {
        assertEquals(
                Set.of(
                        "CreateEndpointConfig",
                        "CreateModel",
                        "DeleteModel",
                        "DescribeModel",
                        "ListModels",
                        "StopTrainingJob"),
                operations().served(AwsService.SAGEMAKER));
    }

    @Test
    void anOperationWithTwoOwnersStopsTheStart() {
        IllegalStateException thrown =
                assertThrows(
                        IllegalStateException.class,
                        () ->
                                Operations.builder()
                                        .join(
                                                AwsService.SAGEMAKER,
                                                new Fakes.Models(),
                                                new Fakes.Models()));
        assertTrue(String.valueOf(thrown.getMessage()).contains("of sagemaker is served by both"));
        assertThrows(
                IllegalStateException.class,
                () ->
                        Operations.builder()
                                .join(AwsService.SAGEMAKER_RUNTIME, new Fakes.Async())
                                .stream(
                                        AwsService.SAGEMAKER_RUNTIME,
                                        "InvokeEndpointAsync",
                                        Fakes::echo));
    }

    @Test
    void anObjectOfAnotherServiceStopsTheStart() {
        assertThrows(
                IllegalStateException.class,
                () -> Operations.builder().join(AwsService.SAGEMAKER, new Fakes.Sts()));
    }

    @Test
    void aLocalClientHasConstraintsErrorsPaginatorsAndCaller() {
        SageMakerClient client = operations().client(SageMakerClient.class, () -> CALLER);
        for (String name : List.of("a", "b", "c")) {
            assertEquals(
                    "arn:aws:sagemaker:eu-central-1:210987654321:model/" + name,
                    client.createModel(model -> model.modelName(name)).modelArn());
        }
        assertEquals(
                List.of("a", "b", "c"),
                client.listModelsPaginator(list -> list.maxResults(1)).models().stream()
                        .map(ModelSummary::modelName)
                        .toList());
        SageMakerException invalid =
                assertThrows(
                        SageMakerException.class,
                        () -> client.createModel(model -> model.modelName("?")));
        assertEquals("ValidationException", invalid.awsErrorDetails().errorCode());
    }

    @Test
    void aLocalClientSeesErrorsAsOverHttp() {
        SageMakerClient client = operations().client(SageMakerClient.class);
        ResourceNotFoundException absent =
                assertThrows(
                        ResourceNotFoundException.class,
                        () -> client.stopTrainingJob(job -> job.trainingJobName("j")));
        assertEquals("ResourceNotFound", absent.awsErrorDetails().errorCode());
        assertEquals(400, absent.statusCode());
        SageMakerException unserved =
                assertThrows(SageMakerException.class, () -> client.listDomains(list -> {}));
        assertEquals("NotImplementedException", unserved.awsErrorDetails().errorCode());
    }

    @Test
    void thePageNamesEachOperation() {
        String page = OperationsPage.render(operations());
        assertTrue(page.contains("## sagemaker\n\n6 of 396 operations, by awsJson1_1.\n"), page);
        assertTrue(page.contains("- CreateEndpointConfig\n- CreateModel\n"), page);
    }

    /// The tables are digested from botocore, the shapes are the Java SDK's: a name that only one
    /// of them knows would make a rule that is never looked at.
    @Test
    void tablesAndShapesAgree() throws ReflectiveOperationException {
        List<String> strangers = new ArrayList<>();
        for (AwsService service : AwsService.values()) {
            ServiceModel model = ServiceModel.of(service);
            for (String rule : model.ruleNames()) {
                if (model.rule(rule) instanceof Rule.Text text) {
                    // Compiles the pattern, which throws where Java has no such syntax.
                    text.form().test("x");
                }
            }
            for (Method method : service.client().getMethods()) {
                if (Operations.isOperation(method) && method.getParameterCount() == 1) {
                    ServiceModel.Operation operation =
                            model.operations().get(Operations.nameOf(method));
                    if (operation == null) {
                        strangers.add(service.id() + " " + method.getName());
                    } else if (model.rule(operation.input()) instanceof Rule.Struct struct) {
                        strangers.addAll(strangers(method, struct));
                    }
                }
            }
        }
        assertEquals(List.of(), strangers);
    }

    private static List<String> strangers(Method method, Rule.Struct struct)
            throws ReflectiveOperationException {
        SdkPojo builder = (SdkPojo) method.getParameterTypes()[0].getMethod("builder").invoke(null);
        Set<String> known =
                builder.sdkFields().stream()
                        .flatMap(each -> Stream.of(each.memberName(), each.locationName()))
                        .collect(Collectors.toCollection(TreeSet::new));
        return struct.members().entrySet().stream()
                .filter(member ->
                        member.getValue().isRequired() && !known.contains(member.getKey()))
                .map(member -> method.getName() + "." + member.getKey())
                .toList();
    }

    @Test
    void errorsAreFoundByClassShapeAndCode() {
        ServiceModel iam = ServiceModel.of(AwsService.IAM);
        assertEquals("NoSuchEntity", iam.error("NoSuchEntityException").orElseThrow().code());
        assertEquals(404, iam.error("NoSuchEntity").orElseThrow().status());
        assertEquals(
                "ResourceInUse",
                ServiceModel.of(AwsService.SAGEMAKER)
                        .error("ResourceInUseException")
                        .orElseThrow()
                        .shape());
    }
}
