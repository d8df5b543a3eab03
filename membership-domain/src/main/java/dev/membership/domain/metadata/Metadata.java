package dev.membership.domain.metadata;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NumericNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.input.Input;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object that a company keeps with an organization or a membership: up to {@value #MAX_BYTES} bytes of UTF-8,
 * nested up to {@value #MAX_DEPTH} deep.
 *
 * @param json the object as compact text
 */
@RegisterForReflection
public record Metadata(@JsonValue @JsonRawValue String json) {
    public static final int MAX_BYTES = 8 * 1024;
    /** As deep as Protobuf's readers follow it: 100 messages, three for each level, and a few for what carries it. */
    public static final int MAX_DEPTH = 32;

    public static final Metadata EMPTY = new Metadata("{}");

    /** Whole numbers below it are doubles, too, without loss. */
    private static final double EXACT = 1L << 53;

    /** Writes all digits of a number, as PostgreSQL does: what is measured is what is kept. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    private static final Pattern NUL = Pattern.compile("(?<!\\\\)(\\\\\\\\)*\\\\u0000");

    @JsonCreator
    static Metadata of(JsonNode object) {
        try {
            return new Metadata(JSON.writeValueAsString(object));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Reads an object that a caller sent; null stays null. */
    public static @Nullable Metadata parse(String param, @Nullable String json) {
        if (json == null) {
            return null;
        }
        JsonNode node;
        try {
            node = JSON.readTree(json);
        } catch (JsonProcessingException malformed) {
            throw Refusal.field(ErrorCode.FORM_PARAM_VALUE_INVALID, param, param + " is not JSON.");
        }
        if (!(node instanceof ObjectNode object)) {
            throw Refusal.field(ErrorCode.FORM_PARAM_TYPE_INVALID, param, param + " must be an object.");
        }
        plain(param, object);
        return of(object).checked(param, object);
    }

    /**
     * This object with another laid over it (RFC 7396): objects merge at any depth, arrays and scalars are replaced, null
     * removes the key. Without a patch, or with one that says what is there, it is this very one.
     *
     * @throws Refusal {@code form_param_exceeds_allowed_size} when the result is too large
     */
    public Metadata merge(String param, @Nullable Metadata patch) {
        if (patch == null) {
            return this;
        }
        ObjectNode before = read();
        ObjectNode target = before.deepCopy();
        merge(target, patch.read());
        return target.equals(before) ? this : of(target).checked(param, target);
    }

    /** Another one in this one's place. Without one, or with one that says what is there, it is this very one. */
    public Metadata replace(@Nullable Metadata other) {
        return other == null || other.read().equals(read()) ? this : other;
    }

    private static void merge(ObjectNode target, ObjectNode patch) {
        patch.properties().forEach(entry -> {
            JsonNode value = entry.getValue();
            if (value.isNull()) {
                target.remove(entry.getKey());
            } else if (value instanceof ObjectNode object) {
                merge(
                        target.get(entry.getKey()) instanceof ObjectNode existing
                                ? existing
                                : target.putObject(entry.getKey()),
                        object);
            } else {
                target.set(entry.getKey(), value);
            }
        });
    }

    private Metadata checked(String param, ObjectNode object) {
        if (json.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw Refusal.fieldLimit(
                    ErrorCode.FORM_PARAM_EXCEEDS_ALLOWED_SIZE, param, MAX_BYTES, param + " is larger than 8 KB.");
        }
        if (depth(object) > MAX_DEPTH) {
            throw Refusal.field(
                    ErrorCode.FORM_PARAM_VALUE_INVALID, param, param + " is nested more than " + MAX_DEPTH + " deep.");
        }
        if (NUL.matcher(json).find()) {
            throw Refusal.field(
                    ErrorCode.FORM_PARAM_VALUE_INVALID, param, param + " contains characters that are not text.");
        }
        Input.storable(param, json);
        return this;
    }

    private ObjectNode read() {
        try {
            return (ObjectNode) JSON.readTree(json);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("kept metadata is not JSON", impossible);
        }
    }

    /**
     * The object as every door writes it, so that the same request at another door is known as a repetition: keys are
     * sorted, whole numbers have no fraction, which Protobuf gives them, other ones have the digits of its
     * doubles, and those beyond these are refused.
     */
    private static JsonNode plain(String param, JsonNode node) {
        switch (node) {
            case ObjectNode object -> {
                Map<String, JsonNode> sorted = new TreeMap<>();
                object.properties().forEach(entry -> sorted.put(entry.getKey(), plain(param, entry.getValue())));
                object.removeAll();
                object.setAll(sorted);
            }
            case ArrayNode array -> {
                for (int i = 0; i < array.size(); i++) {
                    array.set(i, plain(param, array.get(i)));
                }
            }
            case NumericNode number -> {
                double value = number.doubleValue();
                if (!Double.isFinite(value)) {
                    throw Refusal.field(
                            ErrorCode.FORM_PARAM_VALUE_INVALID, param, param + " contains a number that is too large.");
                }
                if (number.isIntegralNumber()) {
                    return number;
                }
                return value == Math.rint(value) && Math.abs(value) < EXACT
                        ? LongNode.valueOf((long) value)
                        : DecimalNode.valueOf(BigDecimal.valueOf(value).stripTrailingZeros());
            }
            default -> {}
        }
        return node;
    }

    private static int depth(JsonNode node) {
        int deepest = 0;
        for (JsonNode child : node) {
            deepest = Math.max(deepest, depth(child));
        }
        return node.isContainerNode() ? deepest + 1 : 0;
    }
}
