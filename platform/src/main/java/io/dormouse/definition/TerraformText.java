package io.dormouse.definition;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A definition as Terraform's configuration, for the AWS provider.
///
/// @param export the definition, with its framework
record TerraformText(Export export) {
    // Apart from what fills it, so that each can be read at once.
    @SuppressWarnings("InlineFormatString")
    private static final String TEMPLATE =
            """
            # %s as Terraform: terraform init && terraform apply
            terraform {
              required_providers {
                aws = {
                  source  = "hashicorp/aws"
                  version = ">= 5.0"
                }
              }
            }

            %s%sdata "aws_region" "current" {}

            data "aws_caller_identity" "current" {}

            locals {
            %s  image = %s
            }

            resource "aws_sagemaker_model" "endpoint" {
              execution_role_arn = var.role_arn
              primary_container {
                image = local.image
            %s%s  }
              tags = { "dormouse:definition" = %s }
              lifecycle {
                create_before_destroy = true
              }
            }

            resource "aws_sagemaker_endpoint_configuration" "endpoint" {
              production_variants {
                variant_name           = "AllTraffic"
                model_name             = aws_sagemaker_model.endpoint.name
                initial_variant_weight = 1
                serverless_config {
                  memory_size_in_mb = %d
                  max_concurrency   = %d
            %s    }
              }
              tags = { "dormouse:definition" = %s }
              lifecycle {
                create_before_destroy = true
              }
            }

            resource "aws_sagemaker_endpoint" "endpoint" {
              name                 = %s
              endpoint_config_name = aws_sagemaker_endpoint_configuration.endpoint.name
              tags = {
            %s  }
            }

            output "endpoint_name" {
              value = aws_sagemaker_endpoint.endpoint.name
            }
            """;

    String text() {
        Definition definition = export.definition();
        String name = quoted(definition.name());
        return TEMPLATE.formatted(
                definition.name(),
                variable("role_arn", "The execution role", definition.roleArn()),
                export.hasModel()
                        ? variable(
                                "model_data_url",
                                "Where the model.tar.gz is in S3",
                                definition.modelUri())
                        : "",
                registries(),
                image(),
                export.hasModel() ? "    model_data_url = var.model_data_url\n" : "",
                environment(definition),
                name,
                definition.memoryMb(),
                definition.maxConcurrency(),
                definition.provisioned() > 0
                        ? "      provisioned_concurrency = " + definition.provisioned() + "\n"
                        : "",
                name,
                name,
                map(tags(definition)));
    }

    private static Map<String, String> tags(Definition definition) {
        Map<String, String> tags = new TreeMap<>();
        definition.settings().forEach((key, value) -> tags.put("dormouse:" + key, value));
        tags.put(Desired.MADE_FROM, definition.name());
        return tags;
    }

    private static String environment(Definition definition) {
        return definition.environment().isEmpty()
                ? ""
                : "    environment = {\n" + map(definition.environment()) + "    }\n";
    }

    private static String variable(String name, String description, Optional<String> value) {
        return """
        variable "%s" {
          type        = string
          description = "%s"
        %s}

        """
                .formatted(
                        name,
                        description,
                        value.map(text -> "  default     = " + quoted(text) + "\n").orElse(""));
    }

    private String registries() {
        return export.hasRegistries()
                ? "  registries = {\n" + map(export.framework().registries()) + "  }\n"
                : "";
    }

    private String image() {
        if (export.definition().image().isPresent()) {
            return quoted(export.definition().image().get());
        }
        String registry =
                export.hasRegistries()
                        ? "local.registries[data.aws_region.current.name]"
                        : "data.aws_caller_identity.current.account_id";
        return "\"${"
                + registry
                + "}.dkr.ecr.${data.aws_region.current.name}.amazonaws.com/"
                + export.framework().image()
                + "\"";
    }

    private static String map(Map<String, String> map) {
        return map.entrySet().stream()
                .map(each ->
                        "      " + quoted(each.getKey()) + " = " + quoted(each.getValue()) + "\n")
                .collect(Collectors.joining());
    }

    /// HCL's quotes are JSON's, but for what begins a template.
    private static String quoted(String text) {
        return Export.quoted(text).replace("${", "$${").replace("%{", "%%{");
    }
}
