package dev.membership.service.contract;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.membership.service.support.Door;
import dev.membership.service.support.Door.Listed;
import dev.membership.service.support.DoorTest;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.Refused;
import dev.membership.service.support.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A test of what the service promises its callers; each has an instance of its own and calls with its secret key. */
public abstract class ContractTest extends DoorTest {
    static final ObjectMapper JSON = new ObjectMapper();

    final TestInstance instance = instances().create();

    JsonNode call(Door door, String operation, Object... arguments) {
        return door.call(instance.key(), operation, args(arguments));
    }

    Listed list(Door door, String operation, Object... arguments) {
        return door.list(instance.key(), operation, args(arguments));
    }

    /** What the door answers instead of doing it; null where it does it. */
    Refused refused(Door door, String operation, Object... arguments) {
        return catchThrowableOfType(Refused.class, () -> call(door, operation, arguments));
    }

    Refused refusedList(Door door, String operation, Object... arguments) {
        return catchThrowableOfType(Refused.class, () -> list(door, operation, arguments));
    }

    /** All pages of a list, by their tokens. */
    List<List<JsonNode>> pages(Door door, String operation, Object... arguments) {
        List<List<JsonNode>> pages = new ArrayList<>();
        var request = args(arguments);
        String next;
        do {
            Listed page = door.list(instance.key(), operation, request);
            pages.add(page.items());
            next = page.next();
            request.put("page_token", next);
        } while (!next.isEmpty());
        return pages;
    }

    String permissionId(String key) {
        return call(grpc(), "GetPermission", "key", key).get("id").asText();
    }

    String roleId(String key) {
        return call(grpc(), "GetRole", "key", key).get("id").asText();
    }

    /** An event as it stands in the outbox. */
    record Event(
            String type,
            String resourceId,
            JsonNode before,
            JsonNode after,
            String actorType,
            String actorId,
            String operation,
            String requestId,
            Long sequence) {}

    /** The instance's events since the one of that id, in their order. */
    List<Event> eventsSince(long id) {
        return TestDatabase.query("""
                        SELECT type, resource_id, before::text, after::text, actor_type, actor_id, operation, request_id,
                            organization_sequence FROM outbox_event WHERE instance_id = ? AND id > ? ORDER BY id
                        """, instance.id(), id).stream()
                .map(row -> new Event(
                        (String) row.get("type"),
                        (String) row.get("resource_id"),
                        json((String) row.get("before")),
                        json((String) row.get("after")),
                        (String) row.get("actor_type"),
                        (String) row.get("actor_id"),
                        (String) row.get("operation"),
                        (String) row.get("request_id"),
                        (Long) row.get("organization_sequence")))
                .toList();
    }

    static long lastEvent() {
        return TestDatabase.number("SELECT coalesce(max(id), 0) FROM outbox_event");
    }

    /**
     * Asks that a field takes a text of a length, and none that is longer by one character.
     *
     * @param start what the text begins with
     * @param send sends it in the field
     */
    static void longest(String param, int length, String start, Function<String, Refused> send) {
        String longest = start + "x".repeat(length - start.length());

        assertThat(send.apply(longest)).as(param).isNull();
        Refused refused = send.apply(longest + "x");
        assertThat(refused).as(param).isNotNull();
        assertThat(refused.code()).as(param).isEqualTo("form_param_max_length_exceeded");
        assertThat(refused.meta()).containsEntry("param_name", param).containsEntry("limit", Integer.toString(length));
    }

    /** An object from its JSON text, in which apostrophes stand for quotation marks. */
    static Map<String, Object> object(String text) {
        return JSON.convertValue(json(text.replace('\'', '"')), new TypeReference<>() {});
    }

    static JsonNode json(String text) {
        try {
            return text == null ? null : JSON.readTree(text);
        } catch (JsonProcessingException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }
}
