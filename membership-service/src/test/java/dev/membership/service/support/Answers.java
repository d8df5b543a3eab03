package dev.membership.service.support;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Answers of both doors in one form, so that they can be compared field by field. */
public final class Answers {
    private Answers() {}

    /**
     * Maps, lists and texts: numbers as they are written shortest, times as {@link Instant} writes them. What is absent
     * stays out: null in GraphQL and an empty text in Protobuf's JSON form are two ways to say it.
     */
    public static Object plain(JsonNode answer) {
        if (answer.isObject()) {
            Map<String, Object> fields = new TreeMap<>();
            answer.properties().forEach(field -> {
                boolean emptyText = field.getValue().isTextual()
                        && field.getValue().asText().isEmpty();
                if (!field.getValue().isNull() && !emptyText) {
                    fields.put(field.getKey(), plain(field.getValue()));
                }
            });
            return fields;
        }
        if (answer.isArray()) {
            List<Object> elements = new ArrayList<>();
            answer.forEach(element -> elements.add(plain(element)));
            return elements;
        }
        if (answer.isNumber()) {
            return answer.decimalValue().stripTrailingZeros().toPlainString();
        }
        String text = answer.asText();
        return text.matches("\\d{4}-\\d\\d-\\d\\dT.*Z") ? Instant.parse(text).toString() : text;
    }

    /** A membership, without the two ids that gRPC repeats beside the organization and the user. */
    public static Object plainMembership(JsonNode membership) {
        @SuppressWarnings("unchecked")
        Map<String, Object> fields = (Map<String, Object>) plain(membership);
        fields.remove("organizationId");
        fields.remove("userId");
        return fields;
    }

    public static List<String> texts(List<JsonNode> items, String pointer) {
        return items.stream().map(item -> item.at(pointer).asText()).toList();
    }

    public static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(element -> texts.add(element.asText()));
        return texts;
    }
}
