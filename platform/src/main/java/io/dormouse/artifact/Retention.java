package io.dormouse.artifact;

import io.dormouse.store.Query;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Tells the lifecycle sweep what may not go, where a bucket or rule is registry-aware. Asked
/// inside the transaction of the deletion, so that an approval in the same moment is either seen or
/// comes after.
@FunctionalInterface
public interface Retention {
    /// Nothing is needed.
    Retention NONE = _ -> Map.of();

    /// What is needed now, as S3 URI and the reason why: a sentence's second half, such as `model
    /// package churn/3 is Approved`. A URI that ends with `/` stands for all below it.
    Map<String, String> needed(Query query);

    /// What any of several needs.
    static Retention all(List<Retention> several) {
        return query -> {
            Map<String, String> needed = new LinkedHashMap<>();
            several.forEach(each -> each.needed(query).forEach(needed::putIfAbsent));
            return needed;
        };
    }
}
