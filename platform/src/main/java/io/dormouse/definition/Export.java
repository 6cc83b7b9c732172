package io.dormouse.definition;

import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/// A definition as a text that deploys it on AWS without Dormouse: the same text for the same
/// definition. Account and Region are those it is deployed in.
///
/// @param framework what chooses the image, where the definition names none
public record Export(Definition definition, Framework framework) {
    // Apart from what fills it, so that each can be read at once.
    @SuppressWarnings("InlineFormatString")
    private static final String TEMPLATE =
            """
            # %s as CloudFormation:
            #   aws cloudformation deploy --template-file FILE --stack-name %s%s
            AWSTemplateFormatVersion: "2010-09-09"
            Description: %s
            Parameters:
            %s%s%sResources:
              Model:
                Type: AWS::SageMaker::Model
                Properties:
                  ExecutionRoleArn: !Ref RoleArn
                  PrimaryContainer:
                    Image: %s
            %s%s      Tags:
                    - {Key: "dormouse:definition", Value: %s}
              EndpointConfig:
                Type: AWS::SageMaker::EndpointConfig
                Properties:
                  ProductionVariants:
                    - VariantName: AllTraffic
                      ModelName: !GetAtt Model.ModelName
                      InitialVariantWeight: 1
                      ServerlessConfig:
                        MemorySizeInMB: %d
                        MaxConcurrency: %d
            %s      Tags:
                    - {Key: "dormouse:definition", Value: %s}
              Endpoint:
                Type: AWS::SageMaker::Endpoint
                Properties:
                  EndpointName: %s
                  EndpointConfigName: !GetAtt EndpointConfig.EndpointConfigName
                  Tags:
                    - {Key: "dormouse:definition", Value: %s}
            %sOutputs:
              EndpointName:
                Value: !GetAtt Endpoint.EndpointName
            """;

    /// The forms, by their words on the command line.
    public enum Format {
        CLOUDFORMATION,
        TERRAFORM,
        BOTO3
    }

    public String as(Format format) {
        return switch (format) {
            case CLOUDFORMATION -> cloudFormation();
            case TERRAFORM -> new TerraformText(this).text();
            case BOTO3 -> new Boto3Text(this).text();
        };
    }

    /// Whether the image is one of those that AWS keeps in an account for each Region.
    boolean hasRegistries() {
        return definition.image().isEmpty() && framework.isAws();
    }

    boolean hasModel() {
        return definition.model().isPresent();
    }

    /// A text in double quotes, which YAML and Python read as JSON does.
    static String quoted(String text) {
        return JsonMapper.shared().writeValueAsString(text);
    }

    private String cloudFormation() {
        return TEMPLATE.formatted(
                definition.name(),
                definition.name(),
                overrides(),
                quoted("Serverless endpoint " + definition.name()),
                parameter("RoleArn", "The execution role", definition.roleArn()),
                hasModel()
                        ? parameter(
                                "ModelDataUrl",
                                "Where the model.tar.gz is in S3",
                                definition.modelUri())
                        : "",
                mappings(),
                cloudFormationImage(),
                hasModel() ? "        ModelDataUrl: !Ref ModelDataUrl\n" : "",
                environment(),
                quoted(definition.name()),
                definition.memoryMb(),
                definition.maxConcurrency(),
                definition.provisioned() > 0
                        ? "            ProvisionedConcurrency: " + definition.provisioned() + "\n"
                        : "",
                quoted(definition.name()),
                quoted(definition.name()),
                quoted(definition.name()),
                settings());
    }

    private String overrides() {
        String role = definition.roleArn().isEmpty() ? " RoleArn=ARN" : "";
        String model = hasModel() && definition.modelUri().isEmpty() ? " ModelDataUrl=S3-URI" : "";
        return role.isEmpty() && model.isEmpty() ? "" : " --parameter-overrides" + role + model;
    }

    private static String parameter(String name, String description, Optional<String> value) {
        return "  "
                + name
                + ":\n    Type: String\n    Description: "
                + description
                + "\n"
                + value.map(text -> "    Default: " + quoted(text) + "\n").orElse("");
    }

    private String mappings() {
        return hasRegistries()
                ? framework.registries().entrySet().stream()
                        .map(each ->
                                "    %s: {Account: \"%s\"}\n"
                                        .formatted(each.getKey(), each.getValue()))
                        .collect(Collectors.joining("", "Mappings:\n  Registries:\n", ""))
                : "";
    }

    private String cloudFormationImage() {
        if (definition.image().isPresent()) {
            return quoted(definition.image().get());
        }
        String rest = ".dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/" + framework.image();
        return hasRegistries()
                ? "!Sub [\"${Registry}"
                        + rest
                        + "\", {Registry: !FindInMap [Registries, !Ref AWS::Region, Account]}]"
                : "!Sub \"${AWS::AccountId}" + rest + "\"";
    }

    private String environment() {
        return definition.environment().isEmpty()
                ? ""
                : definition.environment().entrySet().stream()
                        .map(each ->
                                "          "
                                        + each.getKey()
                                        + ": "
                                        + quoted(each.getValue())
                                        + "\n")
                        .collect(Collectors.joining("", "        Environment:\n", ""));
    }

    private String settings() {
        return definition.settings().entrySet().stream()
                .map(each ->
                        "        - {Key: \"dormouse:%s\", Value: %s}\n"
                                .formatted(each.getKey(), quoted(each.getValue())))
                .collect(Collectors.joining());
    }
}
