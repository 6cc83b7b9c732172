package io.dormouse.definition;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A kind of model server, and the container image that stands for it on AWS and here.
///
/// Registries by Region: [image
/// URIs](https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html).
public enum Framework {
    /// Ours: AWS has no image for plain ONNX, so one is built and pushed to the own account.
    ONNX("dormouse-onnx:latest", 0),
    XGBOOST("sagemaker-xgboost:1.7-1", 1),
    SKLEARN("sagemaker-scikit-learn:1.2-1-cpu-py3", 1),
    PYTORCH("pytorch-inference:2.6.0-cpu-py312", 2);

    private final String image;

    /// The column of its accounts in the table of registries; 0 for the own account.
    private final int column;

    Framework(String image, int column) {
        this.image = image;
        this.column = column;
    }

    static Framework of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    /// Its word in a definition.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Repository and tag.
    public String image() {
        return image;
    }

    /// Whether AWS keeps the image; otherwise it has to be in the own account.
    public boolean isAws() {
        return column > 0;
    }

    /// AWS's account for each Region that has the image, in order; empty where it is ours.
    public Map<String, String> registries() {
        Map<String, String> registries = new TreeMap<>();
        if (isAws()) {
            for (String line : table().lines().toList()) {
                String[] cells = line.split(" ", -1);
                if (cells.length == 3 && !line.startsWith("#") && !cells[column].equals("-")) {
                    registries.put(cells[0], cells[column]);
                }
            }
        }
        return registries;
    }

    /// The image's URI in a Region; empty where AWS has none there.
    public Optional<String> uri(String account, String region) {
        return (isAws() ? Optional.ofNullable(registries().get(region)) : Optional.of(account))
                .map(registry -> registry + ".dkr.ecr." + region + ".amazonaws.com/" + image);
    }

    /// Whether an account is one of AWS's, which anybody may pull from.
    public static boolean isRegistry(String account) {
        return XGBOOST.registries().containsValue(account)
                || PYTORCH.registries().containsValue(account);
    }

    private static String table() {
        try (InputStream in = Framework.class.getResourceAsStream("registries.txt")) {
            if (in == null) {
                throw new IllegalStateException("registries.txt is not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
