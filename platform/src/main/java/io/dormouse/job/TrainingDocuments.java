package io.dormouse.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.sagemaker.model.Channel;
import software.amazon.awssdk.services.sagemaker.model.MetricDefinition;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What a training container finds in `/opt/ml/input/config`.
record TrainingDocuments(JobFolder folder) {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /// What the built-in XGBoost measures, for `train` and `validation` each.
    private static final List<String> MEASURES =
            List.of(
                    "accuracy",
                    "aucpr",
                    "auc",
                    "balanced_accuracy",
                    "error",
                    "f1_binary",
                    "f1_macro",
                    "f1",
                    "gamma-deviance",
                    "gamma-nloglik",
                    "logloss",
                    "mae",
                    "map",
                    "mape",
                    "merror",
                    "mlogloss",
                    "mphe",
                    "mse",
                    "ndcg",
                    "poisson-nloglik",
                    "precision",
                    "r2",
                    "recall",
                    "rmse",
                    "rmsle",
                    "tweedie-nloglik");

    void hyperparameters(Map<String, String> values) throws IOException, JobFailed {
        ObjectNode document = NODES.objectNode();
        values.forEach(document::put);
        folder.write("input/config/hyperparameters.json", document);
    }

    void channels(List<Channel> channels) throws IOException, JobFailed {
        ObjectNode document = NODES.objectNode();
        for (Channel channel : channels) {
            ObjectNode each = document.putObject(channel.channelName());
            Optional.ofNullable(channel.contentType())
                    .ifPresent(type -> each.put("ContentType", type));
            each.put("TrainingInputMode", "File");
            each.put(
                    "S3DistributionType",
                    Optional.ofNullable(
                                    channel.dataSource()
                                            .s3DataSource()
                                            .s3DataDistributionTypeAsString())
                            .orElse("FullyReplicated"));
            each.put(
                    "RecordWrapperType",
                    Optional.ofNullable(channel.recordWrapperTypeAsString()).orElse("None"));
        }
        folder.write("input/config/inputdataconfig.json", document);
    }

    void resources(String instanceType) throws IOException, JobFailed {
        ObjectNode document = NODES.objectNode();
        document.put("current_host", "algo-1");
        document.putArray("hosts").add("algo-1");
        document.put("network_interface_name", "lo");
        document.put("current_instance_type", instanceType);
        document.put("current_group_name", "homogeneousCluster");
        ObjectNode group = document.putArray("instance_groups").addObject();
        group.put("instance_group_name", "homogeneousCluster");
        group.put("instance_type", instanceType);
        group.putArray("hosts").add("algo-1");
        folder.write("input/config/resourceconfig.json", document);
    }

    /// As AWS defines them for its image: `[12]#011train-auc:0.71#011validation-auc:0.69`.
    static List<MetricDefinition> builtInMetrics() {
        List<MetricDefinition> definitions = new ArrayList<>();
        for (String channel : List.of("train", "validation")) {
            for (String measure : MEASURES) {
                definitions.add(
                        MetricDefinition.builder()
                                .name(channel + ":" + measure)
                                .regex(
                                        "\\[[0-9]+\\].*(?:#011|\\s)"
                                                + channel
                                                + "-"
                                                + measure
                                                + ":([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)")
                                .build());
            }
        }
        return List.copyOf(definitions);
    }
}
