package io.dormouse.topic;

import io.dormouse.store.Codec;
import io.dormouse.store.Entry;
import io.dormouse.store.Listing;
import io.dormouse.store.Page;
import io.dormouse.store.Query;
import io.dormouse.store.Records;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sns.model.GetTopicAttributesResponse;

/// The topics and subscriptions that there are, by ARN.
final class TopicRecords {
    private static final int PAGE = 100;

    final Store store;
    final Tags tags;

    /// A topic is its attributes.
    final Records<Map<String, String>> topics;

    final Records<Subscription> subscriptions;

    TopicRecords(Store store, Tags tags) {
        this.store = store;
        this.tags = tags;
        Codec<Map<String, String>> attributes =
                Codec.shape(GetTopicAttributesResponse::builder)
                        .in(
                                GetTopicAttributesResponse::attributes,
                                each ->
                                        GetTopicAttributesResponse.builder()
                                                .attributes(each)
                                                .build());
        topics = new Records<>(store, "topic", attributes);
        subscriptions = new Records<>(store, "subscription", Subscription.CODEC);
    }

    /// @throws software.amazon.awssdk.services.sns.model.NotFoundException where there is none
    Entry<Map<String, String>> topic(Query query, String arn) {
        return topics.get(query, arn).orElseThrow(TopicErrors::noTopic);
    }

    /// @throws software.amazon.awssdk.services.sns.model.NotFoundException where there is none
    Entry<Subscription> subscription(Query query, String arn) {
        return subscriptions.get(query, arn).orElseThrow(TopicErrors::noSubscription);
    }

    List<Subscription> of(Query query, String topic) {
        return subscriptions.all(query).stream()
                .filter(each -> each.parent().equals(topic))
                .map(Entry::body)
                .toList();
    }

    /// A page of a listing, a hundred at a time, as SNS has them.
    ///
    /// @param token null for the first, as the SDK's getter says it
    static <T> Page<Entry<T>> page(
            Records<T> records, Optional<String> parent, @Nullable String token) {
        return records.page(
                Listing.all()
                        .within(parent)
                        .order(Listing.By.NAME, true)
                        .page(PAGE, Optional.ofNullable(token)));
    }
}
