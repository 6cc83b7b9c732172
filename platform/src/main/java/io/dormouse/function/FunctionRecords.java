package io.dormouse.function;

import io.dormouse.store.Codec;
import io.dormouse.store.Entry;
import io.dormouse.store.Listing;
import io.dormouse.store.Page;
import io.dormouse.store.Query;
import io.dormouse.store.Records;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import io.dormouse.store.Tx;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.lambda.model.AliasConfiguration;
import software.amazon.awssdk.services.lambda.model.FunctionUrlConfig;

/// What this room keeps.
final class FunctionRecords {
    private static final int PAGE_MAX = 50;

    final Store store;
    final Tags tags;

    /// `$LATEST` of each, by name.
    final Records<Function> functions;

    /// By `name:version`, the name as parent.
    final Records<Function> versions;

    /// By `name:alias`, the name as parent.
    final Records<AliasConfiguration> aliases;

    /// By [#key] of name and alias, the name as parent.
    final Records<FunctionUrlConfig> urls;

    /// Statements as JSON, by `name:alias/id`, the key before the slash as parent.
    final Records<String> statements;

    FunctionRecords(Store store, Tags tags) {
        this.store = store;
        this.tags = tags;
        functions = new Records<>(store, "function", Function.CODEC);
        versions = new Records<>(store, "function-version", Function.CODEC);
        aliases = new Records<>(store, "function-alias", Codec.shape(AliasConfiguration::builder));
        urls = new Records<>(store, "function-url", Codec.shape(FunctionUrlConfig::builder));
        statements =
                new Records<>(store, "function-statement", new Codec<>(text -> text, text -> text));
    }

    /// A name with its qualifier, where it has one.
    static String key(FunctionName name) {
        return name.qualifier().map(each -> name.name() + ":" + each).orElse(name.name());
    }

    /// `$LATEST`, as it can be changed.
    ///
    /// @throws software.amazon.awssdk.awscore.exception.AwsServiceException
    ///   `ResourceNotFoundException` where there is none
    Entry<Function> latest(Query query, FunctionName name) {
        return functions
                .get(query, name.name())
                .orElseThrow(() -> FunctionErrors.noFunction(name.bareArn()));
    }

    /// What a name with its qualifier names now: a version, `$LATEST` too, or an alias's.
    Function resolved(Query query, FunctionName name) {
        String qualifier = name.qualifier().orElse(FunctionName.LATEST);
        Function latest = latest(query, name).body();
        if (qualifier.equals(FunctionName.LATEST)) {
            return latest;
        }
        String version =
                aliases.get(query, key(name))
                        .map(each -> each.body().functionVersion())
                        .orElse(qualifier);
        if (version.equals(FunctionName.LATEST)) {
            return latest;
        }
        return versions.get(query, name.name() + ":" + version)
                .map(each -> each.body().reserving(latest.reserved()))
                .orElseThrow(() -> FunctionErrors.noFunction(name.arn()));
    }

    /// Whether any function or version has this code.
    boolean isUsed(Query query, String code) {
        return functions.all(query).stream().anyMatch(each -> each.body().code().equals(code))
                || versions.all(query).stream().anyMatch(each -> each.body().code().equals(code));
    }

    /// With an alias goes who may invoke it: another of its name begins closed.
    void removeStatements(Tx tx, String key) {
        statements.all(tx).stream()
                .filter(each -> each.parent().equals(key))
                .forEach(each -> statements.delete(tx, each.name()));
    }

    /// A page in the order of names.
    ///
    /// @param parent whose; empty for all
    /// @param limit null for as many as a page may have, as the SDK's getter says it
    static <T> Page<T> page(
            Records<T> records,
            Optional<String> parent,
            @Nullable Integer limit,
            @Nullable String marker) {
        return records.page(
                        Listing.all()
                                .within(parent)
                                .order(Listing.By.NAME, true)
                                .page(
                                        Math.clamp(limit == null ? PAGE_MAX : limit, 1, PAGE_MAX),
                                        Optional.ofNullable(marker)))
                .map(Entry::body);
    }
}
