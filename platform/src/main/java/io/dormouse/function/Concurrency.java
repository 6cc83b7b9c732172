package io.dormouse.function;

import io.dormouse.store.Entry;
import java.time.InstantSource;
import java.util.Optional;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.DeleteFunctionConcurrencyRequest;
import software.amazon.awssdk.services.lambda.model.DeleteFunctionConcurrencyResponse;
import software.amazon.awssdk.services.lambda.model.GetAccountSettingsRequest;
import software.amazon.awssdk.services.lambda.model.GetAccountSettingsResponse;
import software.amazon.awssdk.services.lambda.model.GetFunctionConcurrencyRequest;
import software.amazon.awssdk.services.lambda.model.GetFunctionConcurrencyResponse;
import software.amazon.awssdk.services.lambda.model.PutFunctionConcurrencyRequest;
import software.amazon.awssdk.services.lambda.model.PutFunctionConcurrencyResponse;

/// How many invocations at once a function may have.
///
/// AWS page:
/// [PutFunctionConcurrency](https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html).
public final class Concurrency implements LambdaClient {
    /// What AWS keeps for functions without a reservation.
    private static final int UNRESERVED_MIN = 100;

    private static final long CODE_BYTES_MAX = 80_530_636_800L;
    private static final long ZIPPED_BYTES_MAX = 52_428_800;

    private final FunctionRecords records;
    private final FunctionGroups groups;
    private final InstantSource clock;

    Concurrency(FunctionRecords records, FunctionGroups groups, InstantSource clock) {
        this.records = records;
        this.groups = groups;
        this.clock = clock;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    @Override
    public PutFunctionConcurrencyResponse putFunctionConcurrency(
            PutFunctionConcurrencyRequest request) {
        int most = request.reservedConcurrentExecutions();
        FunctionName name = FunctionName.of(request.functionName());
        int others =
                records.functions.all().stream()
                        .map(Entry::body)
                        .filter(each -> !each.name().equals(name.name()))
                        .mapToInt(each -> each.reserved().orElse(0))
                        .sum();
        if (most < 0 || others + most > FunctionGroups.CONCURRENCY_MAX - UNRESERVED_MIN) {
            throw FunctionErrors.invalid(
                    "Specified ReservedConcurrentExecutions for function decreases account's"
                            + " UnreservedConcurrentExecution below its minimum value of ["
                            + UNRESERVED_MIN
                            + "].");
        }
        reserve(name, Optional.of(most));
        return PutFunctionConcurrencyResponse.builder().reservedConcurrentExecutions(most).build();
    }

    private void reserve(FunctionName name, Optional<Integer> most) {
        Function after =
                records.store.write(tx -> {
                    Entry<Function> entry = records.latest(tx, name);
                    Function function = entry.body().reserving(most);
                    records.functions.update(tx, entry.now("", clock.instant(), function));
                    return function;
                });
        groups.bound(after);
    }

    @Override
    public GetFunctionConcurrencyResponse getFunctionConcurrency(
            GetFunctionConcurrencyRequest request) {
        FunctionName name = FunctionName.of(request.functionName());
        Function function = records.store.read(query -> records.latest(query, name).body());
        return GetFunctionConcurrencyResponse.builder()
                .reservedConcurrentExecutions(function.reserved().orElse(null))
                .build();
    }

    @Override
    public DeleteFunctionConcurrencyResponse deleteFunctionConcurrency(
            DeleteFunctionConcurrencyRequest request) {
        reserve(FunctionName.of(request.functionName()), Optional.empty());
        return DeleteFunctionConcurrencyResponse.builder().build();
    }

    @Override
    public GetAccountSettingsResponse getAccountSettings(GetAccountSettingsRequest request) {
        var all = records.functions.all().stream().map(Entry::body).toList();
        int reserved = all.stream().mapToInt(each -> each.reserved().orElse(0)).sum();
        long bytes = all.stream().mapToLong(each -> each.shape().codeSize()).sum();
        return GetAccountSettingsResponse.builder()
                .accountLimit(limit ->
                        limit.concurrentExecutions(FunctionGroups.CONCURRENCY_MAX)
                                .unreservedConcurrentExecutions(
                                        FunctionGroups.CONCURRENCY_MAX - reserved)
                                .codeSizeUnzipped(Zip.BYTES_MAX)
                                .codeSizeZipped(ZIPPED_BYTES_MAX)
                                .totalCodeSize(CODE_BYTES_MAX))
                .accountUsage(usage -> usage.functionCount((long) all.size()).totalCodeSize(bytes))
                .build();
    }
}
