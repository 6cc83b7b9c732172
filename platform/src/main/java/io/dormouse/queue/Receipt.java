package io.dormouse.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import software.amazon.awssdk.services.sqs.model.ReceiptHandleIsInvalidException;

/// What a receipt handle says: which message, and which time of its being received.
record Receipt(String queue, String id, int receives) {
    String handle() {
        String text = queue + "\n" + id + "\n" + receives;
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    /// @param queue whose message it is to be
    static Receipt parse(String handle, Queue queue) {
        try {
            String[] parts = new String(Base64.getDecoder().decode(handle), UTF_8).split("\n", -1);
            if (parts.length == 3 && parts[0].equals(queue.name())) {
                return new Receipt(parts[0], parts[1], Integer.parseInt(parts[2]));
            }
        } catch (IllegalArgumentException e) {
            // No handle of ours: said below.
        }
        throw ReceiptHandleIsInvalidException.builder()
                .message(
                        "The input receipt handle \""
                                + handle
                                + "\" is not a valid receipt handle.")
                .build();
    }
}
