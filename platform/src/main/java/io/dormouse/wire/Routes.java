package io.dormouse.wire;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// Finds out what a request asks for. One port serves all services, so the request must tell:
///
/// 1. `X-Amz-Target: SageMaker.CreateModel`: a JSON protocol,
/// 2. `/service/GraniteServiceVersion20100801/operation/PutMetricData`: RPC v2 CBOR,
/// 3. a signature's scope names the service: its query or REST protocol,
/// 4. unsigned: a path of a REST service, then `Action` and `Version` of the query protocol,
/// 5. everything else is S3.
///
/// The scope comes third because the first two are unambiguous and carry the same name.
final class Routes {
    private final int bodyBytesMax;

    /// The services whose operations are paths, by the name that signatures give them.
    private static final Map<String, List<AwsService>> REST =
            AwsService.all()
                    .filter(service -> service.protocols().contains(Protocol.REST_JSON))
                    .collect(Collectors.groupingBy(AwsService::signingName));

    private static final List<AwsService> UNSIGNED_REST = List.of(AwsService.SAGEMAKER_RUNTIME);

    private final Map<AwsService, List<Template>> templates = new ConcurrentHashMap<>();

    /// A path with its members in braces; a member with a plus sign takes the rest of the path.
    private record Template(
            AwsService service, String method, List<String> segments, String operation) {
        Optional<Map<String, String>> match(String verb, List<String> path) {
            boolean isGreedy = segments.getLast().endsWith("+}");
            if (!method.equals(verb)
                    || path.size() < segments.size()
                    || (!isGreedy && path.size() > segments.size())) {
                return Optional.empty();
            }
            Map<String, String> members = new HashMap<>();
            for (int i = 0; i < segments.size(); i++) {
                String segment = segments.get(i);
                if (segment.endsWith("+}")) {
                    String rest = String.join("/", path.subList(i, path.size()));
                    members.put(segment.substring(1, segment.length() - 2), Form.decodePath(rest));
                } else if (segment.startsWith("{") && !path.get(i).isEmpty()) {
                    String name = segment.substring(1, segment.length() - 1);
                    members.put(name, Form.decodePath(path.get(i)));
                } else if (!segment.equals(path.get(i))) {
                    return Optional.empty();
                }
            }
            return Optional.of(members);
        }
    }

    /// @param bodyBytesMax the longest form that is read to find its action
    Routes(int bodyBytesMax) {
        this.bodyBytesMax = bodyBytesMax;
    }

    Route of(Exchange exchange) throws IOException {
        Optional<String> target = exchange.header("x-amz-target");
        if (target.isPresent()) {
            return byTarget(exchange, target.get());
        }
        Optional<Scope> scope = Scope.of(exchange);
        if (scope.isPresent() && scope.get().service().equals(AwsService.S3.signingName())) {
            return new Route.Objects();
        }
        if (exchange.path().startsWith("/service/")
                && exchange.header("smithy-protocol").isPresent()) {
            return byServicePath(exchange.path());
        }
        Optional<Route> rest = byPath(exchange, scope);
        if (rest.isPresent()) {
            return rest.get();
        }
        if (isForm(exchange, scope)) {
            return byAction(exchange, scope);
        }
        if (scope.isEmpty()) {
            return new Route.Objects();
        }
        String what = exchange.method() + " " + exchange.path();
        return new Route.Foreign(scope.get().service(), Protocol.REST_JSON, what);
    }

    private static Route byTarget(Exchange exchange, String target) {
        int dot = target.lastIndexOf('.');
        String prefix = target.substring(0, Math.max(dot, 0));
        String operation = target.substring(dot + 1);
        Optional<AwsService> service = AwsService.byTarget(prefix);
        if (service.isPresent()) {
            return new Route.Known(service.get(), service.get().json(), operation, Map.of());
        }
        Protocol protocol =
                exchange.header("content-type").orElse("").endsWith("1.0")
                        ? Protocol.AWS_JSON_1_0
                        : Protocol.AWS_JSON_1_1;
        return new Route.Foreign(prefix, protocol, operation);
    }

    private static Route byServicePath(String path) {
        String[] parts = path.split("/", -1);
        boolean isWhole = parts.length == 5 && parts[3].equals("operation");
        String operation = isWhole ? parts[4] : path;
        return AwsService.byTarget(parts[2])
                .filter(each -> isWhole && each.protocols().contains(Protocol.RPC_V2_CBOR))
                .<Route>map(
                        each -> new Route.Known(each, Protocol.RPC_V2_CBOR, operation, Map.of()))
                .orElse(new Route.Foreign(parts[2], Protocol.RPC_V2_CBOR, operation));
    }

    private Optional<Route> byPath(Exchange exchange, Optional<Scope> scope) {
        // Unsigned, other services' paths are those of buckets.
        List<AwsService> services =
                scope.map(each -> REST.getOrDefault(each.service(), List.of()))
                        .orElse(UNSIGNED_REST);
        if (services.isEmpty()) {
            return Optional.empty();
        }
        List<String> path = List.of(exchange.path().split("/", -1));
        for (AwsService service : services) {
            for (Template each : templates(service)) {
                Optional<Map<String, String>> members = each.match(exchange.method(), path);
                if (members.isPresent()) {
                    return Optional.of(known(each, members.get()));
                }
            }
        }
        return Optional.empty();
    }

    private static Route known(Template template, Map<String, String> members) {
        return new Route.Known(template.service, Protocol.REST_JSON, template.operation, members);
    }

    /// Read from the service's model when it is first asked for, which a start need not wait for.
    private List<Template> templates(AwsService service) {
        return templates.computeIfAbsent(
                service,
                _ ->
                        ServiceModel.of(service).operations().values().stream()
                                .map(each -> template(service, each))
                                .toList());
    }

    private static Template template(AwsService service, ServiceModel.Operation operation) {
        return new Template(
                service,
                operation.method(),
                List.of(operation.path().split("/", -1)),
                operation.name());
    }

    /// Whether this may be a query request: a form posted to the root, or to a queue's own URL, or
    /// an action in the query.
    private static boolean isForm(Exchange exchange, Optional<Scope> scope) {
        boolean isPosted =
                exchange.method().equals("POST")
                        && exchange.header("content-type")
                                .orElse("")
                                .startsWith("application/x-www-form-urlencoded");
        boolean isAsked = exchange.method().equals("GET") && exchange.query().contains("Action=");
        boolean isOfQueues =
                scope.filter(each -> each.service().equals(AwsService.SQS.signingName()))
                        .isPresent();
        return (exchange.path().equals("/") || isOfQueues) && (isPosted || isAsked);
    }

    private Route byAction(Exchange exchange, Optional<Scope> scope) throws IOException {
        Map<String, String> parameters =
                QueryCodec.parameters(exchange, Bodies.read(exchange, bodyBytesMax));
        String action = parameters.getOrDefault("Action", "");
        String version = parameters.getOrDefault("Version", "");
        if (scope.isEmpty()) {
            return AwsService.byVersion(version)
                    .<Route>map(each -> query(each, action))
                    .orElse(new Route.Foreign("version " + version, Protocol.QUERY, action));
        }
        String name = scope.get().service();
        return AwsService.all()
                .filter(each -> each.signingName().equals(name))
                .filter(each -> each.protocols().contains(Protocol.QUERY))
                .findFirst()
                .<Route>map(each -> query(each, action))
                .orElse(new Route.Foreign(name, Protocol.QUERY, action));
    }

    private static Route query(AwsService service, String action) {
        return new Route.Known(service, Protocol.QUERY, action, Map.of());
    }
}
