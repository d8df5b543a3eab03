package dev.membership.service.contract;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Empty;
import com.google.protobuf.UnknownFieldSet;
import dev.membership.service.support.GrpcDoor;
import dev.membership.service.support.Instances;
import dev.membership.service.support.Refused;
import dev.membership.service.support.Via;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is no text, in each text field of each request: the contract's descriptors are walked, so that a new field is
 * tried here without anyone's thinking of it.
 */
@QuarkusTest
class TextInputTest extends ContractTest {
    /** A change with them is refused for what they are not, whatever they contain; they are never kept. */
    private static final Set<String> COMPARED = Set.of("etag");

    private final String organization = instance.organization();
    private final String user = instance.member(organization, "org:member");

    private final String permission = call(grpc(), "CreatePermission", "name", "P", "key", "org:p:p")
            .get("id")
            .asText();
    private final String issuer = grpc().call(
                    Instances.OPERATOR_TOKEN,
                    "CreateTokenIssuer",
                    args(
                            "instance_id",
                            instance.id(),
                            "issuer",
                            Instances.unique("issuer"),
                            "jwks_uri",
                            "https://example.com"))
            .get("id")
            .asText();

    static Stream<Arguments> what() {
        return Stream.of(
                Arguments.of(Via.GRPC, "a\u0000b"),
                Arguments.of(Via.GRAPHQL, "a\u0000b"),
                Arguments.of(Via.GRAPHQL, "a\ud800b"));
    }

    @ParameterizedTest(name = "{0} {index}")
    @MethodSource("what")
    void isRefusedWithACodeAndNothingIsWritten(Via door, String noText) {
        long last = lastEvent();
        List<String> wrong = new ArrayList<>();
        GrpcDoor.methods().values().forEach(method -> {
            if (door == Via.GRAPHQL && !graphQl().has(method.getName())) {
                return;
            }
            for (List<FieldDescriptor> path : texts(method)) {
                Throwable answer = catchThrowable(() -> send(door, method, path, noText));
                if (!acceptable(path.getLast(), answer)) {
                    wrong.add(method.getName()
                            + path.stream().map(FieldDescriptor::getName).toList() + ": " + answer);
                }
            }
        });

        assertThat(wrong).isEmpty();
        assertThat(eventsSince(last)).isEmpty();
    }

    @Test
    void bytesThatAreNotUtf8AreRefusedInEachTextField() {
        List<String> wrong = new ArrayList<>();
        ByteString invalid = ByteString.copyFrom(new byte[] {'a', (byte) 0xed, (byte) 0xa0, (byte) 0x80});
        GrpcDoor.methods().values().stream()
                .filter(method -> !method.isClientStreaming())
                .forEach(method -> {
                    for (List<FieldDescriptor> path : texts(method)) {
                        Throwable answer = catchThrowable(() -> grpc().send(
                                        credential(method),
                                        method,
                                        DynamicMessage.newBuilder(Empty.getDescriptor())
                                                .setUnknownFields(fields(path, invalid))
                                                .build()));
                        if (!(answer instanceof Refused refused
                                && refused.code().equals("request_body_invalid"))) {
                            wrong.add(method.getName()
                                    + path.stream()
                                            .map(FieldDescriptor::getName)
                                            .toList() + ": " + answer);
                        }
                    }
                });

        assertThat(wrong).isEmpty();
    }

    private static boolean acceptable(FieldDescriptor field, Throwable answer) {
        return answer instanceof Refused refused
                && !refused.code().equals("internal_error")
                && (COMPARED.contains(field.getName())
                        || Set.of("form_param_value_invalid", "form_param_format_invalid", "form_param_type_invalid")
                                .contains(refused.code()));
    }

    private void send(Via door, MethodDescriptor method, List<FieldDescriptor> path, String text) {
        Map<String, Object> arguments = known(method, path.getFirst());
        Object value = path.getLast().isRepeated() ? List.of(text) : text;
        for (int i = path.size() - 1; i > 0; i--) {
            Map<String, Object> parent = siblings(path.get(i));
            parent.put(path.get(i).getName(), value);
            value = path.get(i - 1).isRepeated() ? List.of(parent) : parent;
        }
        arguments.put(path.getFirst().getName(), value);
        if (method.getName().equals("ImportUsers")) {
            arguments.putIfAbsent("fields", args());
        }
        if (method.isClientStreaming()) {
            // Its refusals are in its answer: the other way to say no.
            var answer = door.call(credential(method), method.getName(), args("users", List.of(arguments)));
            throw new Refused(
                    answer.at("/refusals/0/reason").asText().toLowerCase(java.util.Locale.ROOT), "", Map.of());
        }
        if (method.getName().startsWith("List")) {
            door.list(credential(method), method.getName(), arguments);
        } else {
            door.call(credential(method), method.getName(), arguments);
        }
    }

    /** What else the request needs, so that it would be well but for the text. */
    private Map<String, Object> known(MethodDescriptor method, FieldDescriptor except) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        for (FieldDescriptor field : method.getInputType().getFields()) {
            boolean alternative = field.getRealContainingOneof() != null
                    && (except.getContainingOneof() == field.getContainingOneof()
                            || method.getName().startsWith("List"));
            Object value = valid(method, field.getName());
            if (value != null && !alternative && field.isRepeated() == (value instanceof List)) {
                arguments.put(field.getName(), value);
            }
        }
        if (except.getRealContainingOneof() == null && method.getName().startsWith("Get")) {
            arguments.keySet().retainAll(Set.of("organization_id", "user_id"));
        }
        return arguments;
    }

    private Map<String, Object> siblings(FieldDescriptor field) {
        Map<String, Object> siblings = new LinkedHashMap<>();
        if (Set.of("MembershipKey", "CheckPermissionRequest")
                .contains(field.getContainingType().getName())) {
            siblings.putAll(args("organization_id", organization, "user_id", user));
        }
        if (field.getContainingType().getName().equals("UserFields")) {
            siblings.put("external_id", "x");
        }
        if (field.getContainingType().getName().equals("CheckPermissionRequest")) {
            siblings.put("permission", "org:a:b");
        }
        return siblings;
    }

    private Object valid(MethodDescriptor method, String field) {
        return switch (field) {
            case "organization_id" -> organization;
            case "user_id" -> user;
            case "role" -> "org:member";
            case "role_id" -> "role_none";
            case "permission_id" -> permission;
            case "permission" -> "org:a:b";
            case "name" -> "Name";
            case "key" -> method.getName().contains("Permission") ? "org:a:b" : "org:k";
            case "instance_id" -> instance.id();
            case "issuer" -> "issuer";
            case "jwks_uri" -> "https://example.com";
            case "token_issuer_id" -> issuer;
            case "secret_key_id" -> "none";
            case "fields" -> args("external_id", "x");
            default -> null;
        };
    }

    private String credential(MethodDescriptor method) {
        return GrpcDoor.isOfOperator(method) ? Instances.OPERATOR_TOKEN : instance.key();
    }

    /** The ways to all text fields of a request, save those of Protobuf's own messages. */
    private static List<List<FieldDescriptor>> texts(MethodDescriptor method) {
        List<List<FieldDescriptor>> found = new ArrayList<>();
        for (FieldDescriptor field : method.getInputType().getFields()) {
            if (field.getJavaType() == FieldDescriptor.JavaType.STRING) {
                found.add(List.of(field));
            } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                    && !field.getMessageType().getFullName().startsWith("google.")) {
                field.getMessageType().getFields().stream()
                        .filter(nested -> nested.getJavaType() == FieldDescriptor.JavaType.STRING)
                        .forEach(nested -> found.add(List.of(field, nested)));
            }
        }
        return found;
    }

    private static UnknownFieldSet fields(List<FieldDescriptor> path, ByteString value) {
        ByteString bytes = value;
        UnknownFieldSet set = null;
        for (FieldDescriptor field : path.reversed()) {
            set = UnknownFieldSet.newBuilder()
                    .addField(
                            field.getNumber(),
                            UnknownFieldSet.Field.newBuilder()
                                    .addLengthDelimited(bytes)
                                    .build())
                    .build();
            bytes = set.toByteString();
        }
        return set;
    }
}
