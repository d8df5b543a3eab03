package dev.membership.service.support;

import static dev.membership.service.support.Door.args;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Makes instances and what stands in them, through the service's own gRPC door; each test has an instance of its own. */
public final class Instances {
    public static final String OPERATOR_TOKEN = "operator-token-of-the-tests";
    private static final AtomicLong NEXT = new AtomicLong(System.nanoTime());

    private final GrpcDoor door;

    public Instances(GrpcDoor door) {
        this.door = door;
    }

    /** An instance with a key that may do everything in it, and no limit of members. */
    public TestInstance create() {
        String id = door.call(OPERATOR_TOKEN, "CreateInstance", args("name", "test"))
                .get("id")
                .asText();
        TestInstance instance = new TestInstance(door, id, key(id, false, List.of()));
        door.call(instance.key(), "UpdateOrganizationSettings", args("max_allowed_memberships", 0));
        return instance;
    }

    public String key(String instanceId, boolean readOnly, List<String> operations) {
        return door.call(
                        OPERATOR_TOKEN,
                        "CreateSecretKey",
                        args(
                                "instance_id",
                                instanceId,
                                "name",
                                "test",
                                "read_only",
                                readOnly,
                                "operations",
                                operations))
                .get("secret")
                .asText();
    }

    /** Text that no other test uses. */
    public static String unique(String prefix) {
        return prefix + Long.toString(NEXT.incrementAndGet(), 36);
    }

    /** An instance, and short words for what tests need in it. */
    public record TestInstance(GrpcDoor door, String id, String key) {
        public String user() {
            return user(
                    args("first_name", "Ada", "last_name", unique("L"), "email_address", unique("u") + "@example.com"));
        }

        public String user(java.util.Map<String, Object> fields) {
            return door.call(key, "CreateUser", args("fields", fields))
                    .get("id")
                    .asText();
        }

        public String organization() {
            return organization(null);
        }

        public String organization(String createdBy) {
            return door.call(key, "CreateOrganization", args("name", unique("Org "), "created_by", createdBy))
                    .get("id")
                    .asText();
        }

        public JsonNode add(String organizationId, String userId, String role) {
            return add(organizationId, userId, role, null);
        }

        public JsonNode add(String organizationId, String userId, String role, String requestId) {
            return door.call(
                    key,
                    "CreateMembership",
                    args("organization_id", organizationId, "user_id", userId, "role", role, "request_id", requestId));
        }

        /** A new user as a member. */
        public String member(String organizationId, String role) {
            String user = user();
            add(organizationId, user, role);
            return user;
        }

        public JsonNode read(String organizationId) {
            return door.call(key, "GetOrganization", args("organization_id", organizationId));
        }
    }
}
