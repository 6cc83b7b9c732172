package io.dormouse.wire;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;

/// Who serves an operation.
sealed interface Operation {
    /// The name of the class that serves it.
    String owner();

    /// A streaming port.
    record Stream(Streaming port) implements Operation {
        @Override
        public String owner() {
            return port.getClass().getName();
        }
    }

    /// A method of a room's implementation of the SDK's client. What it takes to call it is
    /// prepared at the first call, so that a start pays for nothing that is not used.
    final class Call implements Operation {
        private final Object implementation;
        private final Method method;
        private volatile @Nullable MethodHandle handle;
        private volatile @Nullable Method builder;

        Call(Object implementation, Method method) {
            this.implementation = implementation;
            this.method = method;
        }

        @Override
        public String owner() {
            return implementation.getClass().getName();
        }

        Method method() {
            return method;
        }

        /// Whether the method takes the request and nothing else, no stream beside it.
        boolean isWhole() {
            return method.getParameterCount() == 1;
        }

        /// An empty builder of the request.
        SdkPojo newRequest() {
            try {
                Method known = builder;
                if (known == null) {
                    known = method.getParameterTypes()[0].getMethod("builder");
                    builder = known;
                }
                return (SdkPojo) known.invoke(null);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("No builder: " + method, e);
            }
        }

        /// Calls the method; what it throws is thrown.
        Object invoke(Object request) throws Throwable {
            MethodHandle known = handle;
            if (known == null) {
                known =
                        MethodHandles.publicLookup()
                                .unreflect(method)
                                .bindTo(implementation)
                                .asType(MethodType.methodType(Object.class, Object.class));
                handle = known;
            }
            return known.invokeExact(request);
        }

        /// Calls a method that takes a stream beside the request.
        Object invoke(Object[] arguments) throws Throwable {
            try {
                return method.invoke(implementation, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }
}
