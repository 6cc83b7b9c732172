package io.dormouse.wire;

import io.dormouse.aws.AwsError;
import io.dormouse.aws.Caller;
import io.dormouse.aws.Malformed;
import io.dormouse.aws.Shapes;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkClient;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.utils.builder.Buildable;
import tools.jackson.databind.JsonNode;

/// The table of operations: which room's method serves what.
///
/// A room implements the SDK's client interface, overriding what it serves; several rooms may serve
/// one service. [Builder#join] finds their methods by the type of the request that they take:
/// `CreateModelResponse createModel(CreateModelRequest)` serves `CreateModel`. An operation that
/// two serve stops the start.
///
/// The same table serves users in this process: [#client].
public final class Operations {
    private final Map<AwsService, Map<String, Operation>> table;

    private Operations(Map<AwsService, Map<String, Operation>> table) {
        this.table = table;
    }

    public static Builder builder() {
        return new Builder();
    }

    /// Collects the table.
    public static final class Builder {
        private final Map<AwsService, Map<String, Operation>> table =
                new EnumMap<>(AwsService.class);

        private Builder() {}

        /// Adds what these objects serve of a service: the methods that their classes declare and
        /// that take one of the service's requests first. The classes are public.
        ///
        /// @throws IllegalStateException where an operation has an owner already, or an object
        ///   serves nothing
        public Builder join(AwsService service, Object... implementations) {
            for (Object implementation : implementations) {
                if (!service.client().isInstance(implementation)) {
                    throw new IllegalStateException(
                            implementation.getClass().getName()
                                    + " does not implement "
                                    + service.client().getSimpleName());
                }
                int before = of(service).size();
                Class<?> type = implementation.getClass();
                while (type != null && type != Object.class) {
                    for (Method method : type.getDeclaredMethods()) {
                        join(service, implementation, method);
                    }
                    type = type.getSuperclass();
                }
                if (of(service).size() == before) {
                    throw new IllegalStateException(
                            implementation.getClass().getName()
                                    + " serves no operation of "
                                    + service.id());
                }
            }
            return this;
        }

        private void join(AwsService service, Object implementation, Method method) {
            if (Modifier.isPublic(method.getModifiers())
                    && !method.isSynthetic()
                    && method.getParameterCount() > 0
                    && AwsRequest.class.isAssignableFrom(method.getParameterTypes()[0])
                    && method.getName().equals(methodName(operationOf(method)))) {
                add(service, operationOf(method), new Operation.Call(implementation, method));
            }
        }

        /// Gives an operation to a streaming port.
        ///
        /// @param operation AWS's name, such as `InvokeEndpoint`
        /// @throws IllegalStateException where the operation has an owner already
        public Builder stream(AwsService service, String operation, Streaming port) {
            add(service, operation, new Operation.Stream(port));
            return this;
        }

        private void add(AwsService service, String name, Operation operation) {
            Operation other = of(service).putIfAbsent(name, operation);
            if (other != null) {
                throw new IllegalStateException(
                        name
                                + " of "
                                + service.id()
                                + " is served by both "
                                + other.owner()
                                + " and "
                                + operation.owner());
            }
        }

        private Map<String, Operation> of(AwsService service) {
            return table.computeIfAbsent(service, _ -> new TreeMap<>());
        }

        public Operations build() {
            return new Operations(new EnumMap<>(table));
        }
    }

    private static String operationOf(Method method) {
        String request = method.getParameterTypes()[0].getSimpleName();
        return request.substring(0, Math.max(0, request.length() - "Request".length()));
    }

    private static String methodName(String operation) {
        return operation.isEmpty()
                ? ""
                : Character.toLowerCase(operation.charAt(0)) + operation.substring(1);
    }

    /// The services that somebody serves something of.
    public Set<AwsService> services() {
        return table.keySet();
    }

    /// The names of the operations that are served, sorted.
    public SortedSet<String> served(AwsService service) {
        return new TreeSet<>(table.getOrDefault(service, Map.of()).keySet());
    }

    Optional<Operation> find(AwsService service, String operation) {
        return Optional.ofNullable(table.getOrDefault(service, Map.of()).get(operation));
    }

    /// What AWS's clients read for an operation that is not here.
    static AwsServiceException unserved(AwsService service, String operation) {
        if (ServiceModel.of(service).operations().containsKey(operation)) {
            return AwsError.NOT_IMPLEMENTED.of(
                    "The operation "
                            + operation
                            + " of "
                            + service.id()
                            + " is AWS's, but is not served here yet; docs/operations.md lists those"
                            + " that are.");
        }
        return AwsError.UNKNOWN_OPERATION.of(
                "There is no operation " + operation + " in " + service.id() + ".");
    }

    /// Checks a request against its constraints and calls the method, as the thread's caller.
    Object call(AwsService service, String name, Operation.Call call, SdkPojo request)
            throws Throwable {
        Constraints.check(service, name, request);
        return call.invoke(request);
    }

    /// Whether an operation is served that takes a document: by the SDK's name of the service, such
    /// as `sagemaker` or `cloudwatchlogs`, and AWS's of the operation in either case of its first
    /// letter.
    public boolean serves(String sdkName, String operation) {
        return AwsService.bySdkName(sdkName)
                .flatMap(service -> find(service, capitalised(operation)))
                .filter(each -> each instanceof Operation.Call call && call.isWhole())
                .isPresent();
    }

    /// Calls an operation by name, as [#serves] takes it.
    ///
    /// @param input the request's members by AWS's names
    /// @throws AwsServiceException what the operation throws, complete; `ValidationException` where
    ///   it is not served or the input is not of its form
    public SdkPojo call(String sdkName, String operation, JsonNode input, Caller caller) {
        AwsService service =
                AwsService.bySdkName(sdkName)
                        .orElseThrow(() ->
                                AwsError.VALIDATION.of("There is no service " + sdkName + " here"));
        String name = capitalised(operation);
        if (!(find(service, name).orElse(null) instanceof Operation.Call call) || !call.isWhole()) {
            throw unserved(service, name);
        }
        try {
            SdkPojo builder = Shapes.fillNamed(call.newRequest(), input);
            SdkPojo request = (SdkPojo) ((Buildable) builder).build();
            return (SdkPojo) caller.call(() -> call(service, name, call, request));
        } catch (Malformed e) {
            throw AwsError.SERIALIZATION.of(String.valueOf(e.getMessage()));
        } catch (AwsServiceException e) {
            throw Failure.complete(e, service);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static String capitalised(String operation) {
        return operation.isEmpty()
                ? ""
                : Character.toUpperCase(operation.charAt(0)) + operation.substring(1);
    }

    /// The SDK's interface over this table, for users in this process: constraints, errors and
    /// paginators are those of a client over HTTP. Each operation runs as the thread's caller.
    ///
    /// The SDK's own `waiter()` is not there: build one with `….waiters.…Waiter.builder().client`.
    ///
    /// @param type one of the interfaces of [AwsService]
    public <C extends SdkClient> C client(Class<C> type) {
        return client(type, Caller::current);
    }

    /// The same, with every operation run as the caller given.
    public <C extends SdkClient> C client(Class<C> type, Supplier<Caller> caller) {
        AwsService service =
                AwsService.all()
                        .filter(each -> each.client() == type)
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("No service: " + type));
        Object proxy =
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        new LocalClient(this, service, caller));
        return type.cast(proxy);
    }

    /// Whether this is a method of the SDK's interface that is an operation, not a convenience.
    static boolean isOperation(Method method) {
        return method.getParameterCount() > 0
                && AwsRequest.class.isAssignableFrom(method.getParameterTypes()[0])
                && method.getName().equals(methodName(operationOf(method)));
    }

    static String nameOf(Method method) {
        return operationOf(method);
    }
}
