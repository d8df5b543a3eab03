package dev.membership.service.support;

import static io.restassured.RestAssured.given;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import graphql.language.FieldDefinition;
import graphql.language.InputValueDefinition;
import graphql.language.ListType;
import graphql.language.NonNullType;
import graphql.language.ObjectTypeDefinition;
import graphql.language.Type;
import graphql.language.TypeName;
import graphql.schema.idl.SchemaParser;
import graphql.schema.idl.TypeDefinitionRegistry;
import graphql.schema.idl.TypeUtil;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.StreamSupport;

/** The GraphQL door, called by its schema: every scalar field is asked for, three levels deep. */
public final class GraphQlDoor implements Door {
    /** Escapes lift what UTF-8 has no form for, such as half of a surrogate pair. */
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    /** Not REST Assured, whose own work takes longer than the call: tests that race want all of the machine. */
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static final int DEPTH = 3;

    private final int port;
    private final TypeDefinitionRegistry schema;

    /** @param credential any that is valid: the schema is not for strangers */
    public GraphQlDoor(int port, String credential) {
        this.port = port;
        this.schema = new SchemaParser()
                .parse(given().port(port)
                        .header("Authorization", "Bearer " + credential)
                        .get("/graphql/schema.graphql")
                        .asString());
    }

    public TypeDefinitionRegistry schema() {
        return schema;
    }

    /** Whether the operation has a field at all: the operator's have none. */
    public boolean has(String operation) {
        return field("Query", operation) != null || field("Mutation", operation) != null;
    }

    @Override
    public JsonNode call(String credential, String operation, Map<String, Object> arguments) {
        return call(credential, operation, arguments, false);
    }

    private JsonNode call(String credential, String operation, Map<String, Object> arguments, boolean total) {
        boolean query = field("Query", operation) != null;
        FieldDefinition field = query ? field("Query", operation) : field("Mutation", operation);
        Map<String, Object> variables = new LinkedHashMap<>();
        StringJoiner declared = new StringJoiner(", ", "(", ")").setEmptyValue("");
        StringJoiner passed = new StringJoiner(", ", "(", ")").setEmptyValue("");
        arguments.forEach((name, value) -> {
            String argument = argument(operation, name);
            InputValueDefinition definition = field.getInputValueDefinitions().stream()
                    .filter(input -> input.getName().equals(argument))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(operation + " has no " + argument));
            variables.put(argument, name.endsWith("metadata") ? value : plain(definition.getType(), camel(value)));
            declared.add("$" + argument + ": " + print(definition.getType()));
            passed.add(argument + ": $" + argument);
        });
        String document = (query ? "query" : "mutation") + declared + " { " + field.getName() + passed
                + selection(field.getType(), DEPTH, total) + " }";
        return send(credential, document, variables).path("data").path(field.getName());
    }

    /** Sends any document. */
    public JsonNode send(String credential, String document, Map<String, Object> variables) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/graphql"))
                    .header("Content-Type", "application/json")
                    .timeout(Duration.ofSeconds(30))
                    .POST(BodyPublishers.ofString(
                            JSON.writeValueAsString(Map.of("query", document, "variables", variables))));
            if (credential != null) {
                request.header("Authorization", "Bearer " + credential);
            }
            HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
            JsonNode answer = JSON.readTree(response.body());
            if (answer.hasNonNull("errors")) {
                throw refused(answer.get("errors").get(0));
            }
            return answer;
        } catch (IOException | InterruptedException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    @Override
    public Listed list(String credential, String operation, Map<String, Object> arguments) {
        Map<String, Object> translated = new LinkedHashMap<>();
        arguments.forEach((name, value) -> {
            switch (name) {
                case "page_size" -> translated.put("first", value);
                case "page_token" -> translated.put("after", value);
                case "skip" -> {
                    int size = (int) arguments.getOrDefault("page_size", 10);
                    translated.remove("first");
                    translated.put("page_size", size);
                    translated.put("initial_page", (int) value / size + 1);
                }
                case "include_total" -> {}
                default -> translated.put(name, value);
            }
        });
        if (translated.containsKey("initial_page")) {
            translated.remove("first");
        }
        boolean total = Boolean.TRUE.equals(arguments.get("include_total"));
        JsonNode page = call(credential, operation, translated, total);
        return new Listed(
                StreamSupport.stream(page.get("nodes").spliterator(), false).toList(),
                page.at("/pageInfo/hasNextPage").asBoolean()
                        ? page.at("/pageInfo/endCursor").asText()
                        : "",
                page.hasNonNull("totalCount") ? page.get("totalCount").asLong() : null);
    }

    private FieldDefinition field(String root, String operation) {
        String name = Character.toLowerCase(operation.charAt(0)) + operation.substring(1);
        return schema.getType(root, ObjectTypeDefinition.class).orElseThrow().getFieldDefinitions().stream()
                .filter(field -> field.getName().equals(name))
                .findFirst()
                .orElse(null);
    }

    private String selection(Type<?> type, int depth, boolean total) {
        var definition = schema.getType(TypeUtil.unwrapAll(type).getName(), ObjectTypeDefinition.class);
        if (definition.isEmpty()) {
            return "";
        }
        List<String> fields = new ArrayList<>();
        for (FieldDefinition field : definition.get().getFieldDefinitions()) {
            boolean needsArguments = !field.getInputValueDefinitions().isEmpty();
            boolean counts = field.getName().equals("totalCount") && !total;
            if (needsArguments || counts || field.getName().equals("edges")) {
                continue;
            }
            String below = selection(field.getType(), depth - 1, total);
            boolean leaf = schema.getType(TypeUtil.unwrapAll(field.getType()).getName(), ObjectTypeDefinition.class)
                    .isEmpty();
            if (leaf || (depth > 0 && !below.isEmpty())) {
                fields.add(field.getName() + below);
            }
        }
        return fields.isEmpty() ? "" : " { " + String.join(" ", fields) + " }";
    }

    /** The one difference in names: what is read or deleted by its own id has it as {@code id}. */
    private String argument(String operation, String name) {
        String camel = camel(name);
        if (operation.equals("BatchGetUsers")) {
            return "ids";
        }
        if (operation.startsWith("Get")
                && List.of("organizationId", "roleId", "permissionId", "userId").contains(camel)) {
            String own = Character.toLowerCase(operation.charAt(3)) + operation.substring(4) + "Id";
            return camel.equals(own) ? "id" : camel;
        }
        return camel;
    }

    private static Refused refused(JsonNode error) {
        Map<String, String> meta = new LinkedHashMap<>();
        error.at("/extensions/meta").properties().forEach(entry -> meta.put(entry.getKey(), text(entry.getValue())));
        return new Refused(
                error.at("/extensions/code")
                        .asText(error.at("/extensions/classification").asText()),
                error.path("message").asText(),
                meta);
    }

    private static String text(JsonNode value) {
        if (!value.isArray()) {
            return value.asText();
        }
        StringJoiner joined = new StringJoiner(",");
        value.forEach(element -> joined.add(element.asText()));
        return joined.toString();
    }

    private static String print(Type<?> type) {
        return switch (type) {
            case NonNullType required -> print(required.getType()) + "!";
            case ListType list -> "[" + print(list.getType()) + "]";
            case TypeName name -> name.getName();
            default -> throw new IllegalStateException(type.toString());
        };
    }

    /** Protobuf wraps a list that can be absent into a message; GraphQL needs no such thing. */
    private static Object plain(Type<?> type, Object value) {
        boolean list = (type instanceof NonNullType required ? required.getType() : type) instanceof ListType;
        return list && value instanceof Map<?, ?> wrapped
                ? wrapped.values().iterator().next()
                : value;
    }

    private static Object camel(Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<String, Object> renamed = new LinkedHashMap<>();
                map.forEach((key, nested) -> renamed.put(camel((String) key), camel(nested)));
                yield renamed;
            }
            case List<?> list -> list.stream().map(GraphQlDoor::camel).toList();
            default -> value;
        };
    }

    static String camel(String name) {
        StringBuilder camel = new StringBuilder();
        for (String word : name.split("_")) {
            camel.append(camel.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return camel.toString();
    }
}
