package io.dormouse.wire.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallLocation;
import software.amazon.awssdk.core.traits.RequiredTrait;
import software.amazon.awssdk.protocols.core.OperationInfo;
import software.amazon.awssdk.services.s3.S3Client;

/// Holds the table to the SDK, whose bindings are private: a new version of the SDK shows here.
class S3OperationsTest {
    /// Those of S3 Express and of Object Lambda have hosts of their own.
    private static final Set<String> ELSEWHERE =
            Set.of("ListDirectoryBuckets", "CreateSession", "WriteGetObjectResponse");

    @Test
    void theTableSaysWhatTheSdkSays() throws ReflectiveOperationException {
        Map<String, S3Operation> ours = new TreeMap<>();
        S3Operations.ALL.forEach(each -> ours.put(each.name(), each));
        Map<String, S3Operation> theirs = new TreeMap<>();
        for (Method method : S3Client.class.getMethods()) {
            Class<?>[] parameters = method.getParameterTypes();
            if (parameters.length > 0 && SdkPojo.class.isAssignableFrom(parameters[0])) {
                String name = parameters[0].getSimpleName().replaceFirst("Request$", "");
                if (method.getName().equalsIgnoreCase(name) && !ELSEWHERE.contains(name)) {
                    theirs.put(name, operation(name, parameters[0]));
                }
            }
        }
        assertTrue(theirs.size() > 90);
        assertEquals(theirs, ours);
    }

    private static S3Operation operation(String name, Class<?> request)
            throws ReflectiveOperationException {
        Field binding =
                Class.forName(
                                S3Client.class.getPackageName()
                                        + ".transform."
                                        + name
                                        + "RequestMarshaller")
                        .getDeclaredField("SDK_OPERATION_BINDING");
        binding.setAccessible(true);
        OperationInfo info = (OperationInfo) binding.get(null);
        Map<String, String> query = new LinkedHashMap<>();
        String[] uri = info.requestUri().split("\\?", 2);
        if (uri.length == 2) {
            for (String pair : uri[1].split("&", -1)) {
                String[] sides = pair.split("=", 2);
                query.put(sides[0], sides.length == 2 ? sides[1] : "");
            }
        }
        Level level = Level.SERVICE;
        Set<String> headers = new TreeSet<>();
        SdkPojo builder = (SdkPojo) request.getMethod("builder").invoke(null);
        for (SdkField<?> field : builder.sdkFields()) {
            boolean isRequired = field.containsTrait(RequiredTrait.class);
            if (field.location() == MarshallLocation.GREEDY_PATH) {
                level = Level.OBJECT;
            } else if (field.location() == MarshallLocation.PATH && level == Level.SERVICE) {
                level = Level.BUCKET;
            } else if (field.location() == MarshallLocation.QUERY_PARAM && isRequired) {
                query.put(field.locationName(), "");
            } else if (field.location() == MarshallLocation.HEADER && isRequired) {
                headers.add(field.locationName().toLowerCase(Locale.ROOT));
            }
        }
        return new S3Operation(
                name, info.httpMethod().name(), level, query, java.util.List.copyOf(headers));
    }

    @Test
    void whatIsServedIsInTheTable() {
        assertTrue(S3Handler.allOperations().containsAll(S3Handler.operations()));
        assertTrue(S3Handler.operations().contains("GetObject"));
    }
}
