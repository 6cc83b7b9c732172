package io.dormouse.wire;

import io.dormouse.aws.Caller;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkPojo;

/// What stands behind a client of the same process: operations go to the table, everything else
/// (paginators, the overloads that take a consumer of a builder) is the SDK's own default method,
/// which comes back here with a request.
final class LocalClient implements InvocationHandler {
    private final Operations operations;
    private final AwsService service;
    private final Supplier<Caller> caller;

    LocalClient(Operations operations, AwsService service, Supplier<Caller> caller) {
        this.operations = operations;
        this.service = service;
        this.caller = caller;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // a proxy equals itself only
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] given)
            throws Throwable {
        Object[] arguments = given == null ? new Object[0] : given;
        if (Operations.isOperation(method)) {
            return operation(proxy, method, arguments);
        }
        return switch (method.getName()) {
            case "serviceName" -> service.signingName();
            case "close" -> null;
            case "toString" -> "Local client of " + service.id();
            case "hashCode" -> System.identityHashCode(proxy);
            case "equals" -> proxy == arguments[0];
            default -> InvocationHandler.invokeDefault(proxy, method, arguments);
        };
    }

    private @Nullable Object operation(Object proxy, Method method, Object[] arguments)
            throws Throwable {
        String name = Operations.nameOf(method);
        Optional<Operation> found = operations.find(service, name);
        if (found.isPresent()
                && found.get() instanceof Operation.Call call
                && Arrays.equals(call.method().getParameterTypes(), method.getParameterTypes())) {
            return caller.get().call(() -> call(name, call, arguments));
        }
        if (found.isPresent() && method.isDefault()) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
        }
        throw typed(method, Operations.unserved(service, name));
    }

    private Object call(String name, Operation.Call call, Object[] arguments) throws Throwable {
        try {
            Constraints.check(service, name, (SdkPojo) arguments[0]);
            return call.isWhole() ? call.invoke(arguments[0]) : call.invoke(arguments);
        } catch (AwsServiceException e) {
            throw typed(call.method(), Failure.complete(e, service));
        }
    }

    /// An error that has no class of its own as the service's base exception, such as
    /// `SageMakerException`, which is what a client over HTTP throws.
    private AwsServiceException typed(Method method, AwsServiceException thrown)
            throws ReflectiveOperationException {
        if (thrown.getClass() != AwsServiceException.class) {
            return thrown;
        }
        Method declared = service.client().getMethod(method.getName(), method.getParameterTypes());
        for (Class<?> type : declared.getExceptionTypes()) {
            if (type.getSuperclass() == AwsServiceException.class) {
                AwsServiceException.Builder builder =
                        (AwsServiceException.Builder) type.getMethod("builder").invoke(null);
                AwsServiceException typed =
                        builder.statusCode(thrown.statusCode())
                                .awsErrorDetails(thrown.awsErrorDetails())
                                .build();
                typed.setStackTrace(thrown.getStackTrace());
                return typed;
            }
        }
        return thrown;
    }
}
