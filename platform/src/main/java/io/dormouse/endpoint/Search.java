package io.dormouse.endpoint;

import io.dormouse.aws.AwsError;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.Relation;
import software.amazon.awssdk.services.sagemaker.model.ResourceType;
import software.amazon.awssdk.services.sagemaker.model.SearchRecord;
import software.amazon.awssdk.services.sagemaker.model.SearchRequest;
import software.amazon.awssdk.services.sagemaker.model.SearchResponse;
import software.amazon.awssdk.services.sagemaker.model.SearchSortOrder;

/// Search over the resources of every room that gives a view of its own.
///
/// AWS page: [Search](https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Search.html).
public final class Search implements SageMakerClient {
    private static final int PAGE = 10;

    /// One kind of resource.
    ///
    /// @param records all of them as they are now
    public record View(ResourceType resource, Supplier<List<SearchRecord>> records) {}

    private final Map<ResourceType, View> views;

    public Search(List<View> views) {
        this.views = views.stream().collect(Collectors.toMap(View::resource, view -> view));
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    @Override
    public SearchResponse search(SearchRequest request) {
        View view = views.get(request.resource());
        if (view == null) {
            throw AwsError.VALIDATION.of(
                    "Search over "
                            + request.resourceAsString()
                            + " is not served by this platform: expected one of "
                            + views.keySet().stream().sorted().toList()
                            + ".");
        }
        Properties properties = new Properties(view.resource());
        SearchFilter filter = new SearchFilter(properties, request.searchExpression());
        List<SearchRecord> found =
                view.records().get().stream()
                        .filter(each -> filter.test(properties.resource(each)))
                        .sorted(order(request, properties))
                        .toList();
        int from = request.nextToken() == null ? 0 : offset(request.nextToken());
        int size = Optional.ofNullable(request.maxResults()).orElse(PAGE);
        int to = Math.min(found.size(), from + size);
        SearchResponse.Builder response =
                SearchResponse.builder()
                        .results(found.subList(Math.min(from, to), to))
                        .totalHits(hits ->
                                hits.value((long) found.size()).relation(Relation.EQUAL_TO));
        return (to < found.size() ? response.nextToken(token(to)) : response).build();
    }

    private static Comparator<SearchRecord> order(SearchRequest request, Properties properties) {
        String by =
                Optional.ofNullable(request.sortBy())
                        .orElse(
                                properties.has("LastModifiedTime")
                                        ? "LastModifiedTime"
                                        : "CreationTime");
        properties.require(by);
        Comparator<SearchRecord> ascending =
                Comparator.comparing(
                        each -> properties.sortKey(properties.resource(each), by),
                        Comparator.nullsFirst(Properties::compare));
        return request.sortOrder() == SearchSortOrder.ASCENDING ? ascending : ascending.reversed();
    }

    private static String token(int offset) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(("search\n" + offset).getBytes(StandardCharsets.UTF_8));
    }

    private static int offset(String token) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            if (text.startsWith("search\n")) {
                return Integer.parseUnsignedInt(text.substring("search\n".length()));
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw AwsError.VALIDATION.of("Invalid NextToken: pass the token of the last answer.");
    }
}
