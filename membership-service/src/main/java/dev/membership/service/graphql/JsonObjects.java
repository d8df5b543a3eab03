package dev.membership.service.graphql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.metadata.Metadata;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Metadata as the JSON scalar's plain values. */
final class JsonObjects {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private JsonObjects() {}

    static @Nullable Object of(@Nullable Metadata metadata) {
        try {
            return metadata == null ? null : JSON.readValue(metadata.json(), OBJECT);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("kept metadata is not JSON", impossible);
        }
    }

    static @Nullable Metadata metadata(String param, @Nullable Object value) {
        try {
            return value == null ? null : Metadata.parse(param, JSON.writeValueAsString(value));
        } catch (JsonProcessingException notJson) {
            throw Refusal.field(ErrorCode.FORM_PARAM_VALUE_INVALID, param, param + " is not JSON.");
        }
    }
}
