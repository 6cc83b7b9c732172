package io.dormouse.wire;

import java.util.SortedSet;

/// `docs/operations.md`: what is served, written from the table itself.
public final class OperationsPage {
    private OperationsPage() {}

    /// The page for a table.
    public static String render(Operations operations) {
        StringBuilder page =
                new StringBuilder(
                        """
                        # Operations

                        Generated from the code: a test fails when this page is stale and says how to
                        write it anew. Every other operation of these services answers AWS's
                        `NotImplementedException`.
                        """);
        for (AwsService service : operations.services()) {
            SortedSet<String> served = operations.served(service);
            page.append("\n## ")
                    .append(service.id())
                    .append("\n\n")
                    .append(served.size())
                    .append(" of ")
                    .append(ServiceModel.of(service).operations().size())
                    .append(" operations, by ")
                    .append(protocols(service))
                    .append(".\n\n");
            served.forEach(name -> page.append("- ").append(name).append('\n'));
        }
        return page.toString();
    }

    private static String protocols(AwsService service) {
        return service.protocols().stream()
                .map(protocol ->
                        switch (protocol) {
                            case AWS_JSON_1_0 -> "awsJson1_0";
                            case AWS_JSON_1_1 -> "awsJson1_1";
                            case QUERY -> "query";
                            case RPC_V2_CBOR -> "RPC v2 CBOR";
                            case REST_JSON -> "restJson1";
                            case REST_XML -> "restXml";
                        })
                .collect(java.util.stream.Collectors.joining(", "));
    }
}
