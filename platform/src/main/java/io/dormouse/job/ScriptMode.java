package io.dormouse.job;

import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the hyperparameters of a script's training say about the script.
///
/// @param program the file to run, in the source
/// @param source where the source lies: an `s3://` URI of a `tar.gz`, or a path below `/opt/ml`
///
///   AWS page: [the parameters that the SDK
///   sets](https://github.com/aws/sagemaker-training-toolkit/blob/master/src/sagemaker_training/params.py).
record ScriptMode(String program, String source) {
    static final String PROGRAM = "sagemaker_program";
    private static final String SOURCE = "sagemaker_submit_directory";

    static ScriptMode of(Map<String, String> hyperparameters, String image) throws JobFailed {
        return new ScriptMode(
                named(hyperparameters, PROGRAM, "the script to run, such as train.py", image),
                named(hyperparameters, SOURCE, "s3://bucket/key of its sourcedir.tar.gz", image));
    }

    private static String named(
            Map<String, String> hyperparameters, String name, String what, String image)
            throws JobFailed {
        return Optional.ofNullable(hyperparameters.get(name))
                .map(ScriptMode::decoded)
                .filter(value -> !value.isBlank())
                .orElseThrow(() ->
                        JobFailed.client(
                                "the image "
                                        + image
                                        + " runs scripts, and the hyperparameter "
                                        + name
                                        + " does not name "
                                        + what));
    }

    /// The SDK writes values as JSON; people write words.
    private static String decoded(String value) {
        try {
            JsonNode json = JsonMapper.shared().readTree(value);
            return json.isString() ? json.asString() : value;
        } catch (JacksonException e) {
            return value;
        }
    }
}
