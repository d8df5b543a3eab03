package dev.membership.service.support;

import static dev.membership.service.support.Door.args;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.membership.service.support.Instances.TestInstance;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Something of every kind in an instance, and from it arguments for any method of the contract. All its texts contain
 * {@link #MARK}, what only backends may see contains {@link #HUSH}: neither may ever reach a stranger.
 */
public record Scene(
        TestInstance instance,
        String organization,
        String slug,
        String admin,
        String subject,
        String joining,
        String externalId,
        String role,
        String roleKey,
        String assigned,
        String permission,
        String permissionKey,
        String adminRole,
        String memberRole,
        String secretKey,
        String tokenIssuer) {
    public static final String MARK = "victimstext";
    public static final String HUSH = "victimssecret";

    /** Fields that are never filled: a token belongs to the list it came from, and with it skip is refused. */
    private static final Set<String> LEFT_OUT = Set.of("page_token", "skip");
    /** What only backends may send, by the contract's comments. */
    private static final Set<String> BACKENDS = Set.of(
            "id",
            "created_at",
            "created_by",
            "max_allowed_memberships",
            "admin_delete_enabled",
            "public_metadata",
            "private_metadata");
    /** Likewise, of a filter. */
    private static final Set<String> BACKENDS_FILTERS = Set.of(
            "phone_number",
            "phone_number_query",
            "last_active_at_before",
            "last_active_at_after",
            "created_at_before",
            "created_at_after");

    /** For whom arguments are made: for whoever may, for a user who may, or for somebody who may not. */
    public enum Purpose {
        BACKEND,
        USER,
        INTRUDER
    }

    public static Scene create(TestInstance instance) {
        GrpcDoor door = instance.door();
        String admin = user(instance);
        String externalId = Instances.unique(MARK);
        String subject = instance.user(args("first_name", MARK, "external_id", externalId));
        String joining = user(instance);
        String slug = Instances.unique(MARK + "-");
        String organization = door.call(
                        instance.key(),
                        "CreateOrganization",
                        args(
                                "name",
                                MARK,
                                "slug",
                                slug,
                                "created_by",
                                admin,
                                "public_metadata",
                                Map.of("m", MARK),
                                "private_metadata",
                                Map.of("m", HUSH)))
                .get("id")
                .asText();
        door.call(
                instance.key(),
                "CreateMembership",
                args(
                        "organization_id",
                        organization,
                        "user_id",
                        subject,
                        "role",
                        "org:member",
                        "private_metadata",
                        Map.of("m", HUSH)));
        String permissionKey = Instances.unique("org:" + MARK + ":p");
        String assigned = permission(instance, Instances.unique("org:" + MARK + ":p"));
        String permission = permission(instance, permissionKey);
        String roleKey = Instances.unique("org:" + MARK);
        String role = door.call(
                        instance.key(),
                        "CreateRole",
                        args("name", MARK, "key", roleKey, "permissions", List.of(assigned)))
                .get("id")
                .asText();
        String secretKey = door.call(
                        Instances.OPERATOR_TOKEN, "CreateSecretKey", args("instance_id", instance.id(), "name", MARK))
                .at("/key/id")
                .asText();
        String tokenIssuer = door.call(
                        Instances.OPERATOR_TOKEN,
                        "CreateTokenIssuer",
                        args(
                                "instance_id",
                                instance.id(),
                                "issuer",
                                Instances.unique("https://" + MARK),
                                "jwks_uri",
                                "http://127.0.0.1:1/"))
                .get("id")
                .asText();
        return new Scene(
                instance,
                organization,
                slug,
                admin,
                subject,
                joining,
                externalId,
                role,
                roleKey,
                assigned,
                permission,
                permissionKey,
                roleId(instance, "org:admin"),
                roleId(instance, "org:member"),
                secretKey,
                tokenIssuer);
    }

    /** The same shapes, with names of nothing. */
    public Scene absent() {
        return new Scene(
                instance,
                id("org_"),
                Instances.unique("absent-"),
                id("user_"),
                id("user_"),
                id("user_"),
                Instances.unique("absent"),
                id("role_"),
                Instances.unique("org:absent"),
                id("perm_"),
                id("perm_"),
                Instances.unique("org:absent:p"),
                id("role_"),
                id("role_"),
                id("sk_"),
                id("iss_"));
    }

    /** The ways to fill a method's request: one for each member of its oneof, and without any where that is allowed. */
    public static List<String> variants(MethodDescriptor method) {
        List<String> variants = new ArrayList<>();
        method.getInputType()
                .getRealOneofs()
                .forEach(oneof -> oneof.getFields().forEach(field -> variants.add(field.getName())));
        if (variants.isEmpty() || method.getName().equals("ListMemberships")) {
            variants.add("");
        }
        return variants;
    }

    public Map<String, Object> arguments(MethodDescriptor method, String variant, Purpose purpose) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        for (FieldDescriptor field : method.getInputType().getFields()) {
            String name = field.getName();
            boolean chosen = field.getRealContainingOneof() == null || name.equals(variant);
            boolean filterOfUser = name.equals("filter") && variant.equals("user_id");
            boolean given = !name.equals("etag") || purpose == Purpose.INTRUDER;
            boolean may = purpose != Purpose.USER || !BACKENDS.contains(name);
            if (chosen && given && may && !filterOfUser && !LEFT_OUT.contains(name)) {
                arguments.put(name, value(method.getName(), field));
            }
        }
        if (purpose == Purpose.USER && arguments.get("filter") instanceof Map<?, ?> filter) {
            filter.keySet().removeAll(BACKENDS_FILTERS);
        }
        return method.isClientStreaming() ? args("users", List.of(arguments)) : arguments;
    }

    private Object value(String operation, FieldDescriptor field) {
        Object one = single(operation, field);
        return field.isRepeated() ? List.of(one) : one;
    }

    private Object single(String operation, FieldDescriptor field) {
        boolean reads = operation.startsWith("Get") || operation.startsWith("List");
        return switch (field.getName()) {
            case "organization_id" -> organization;
            case "user_id", "user_ids" -> operation.equals("CreateMembership") ? joining : subject;
            case "created_by" -> admin;
            case "external_id" -> reads ? externalId : Instances.unique("e");
            case "slug" -> reads ? slug : Instances.unique("s-");
            case "role_id" -> role;
            case "permission_id" -> operation.equals("RemovePermission") ? assigned : permission;
            case "key" ->
                switch (operation) {
                    case "GetRole" -> roleKey;
                    case "GetPermission" -> permissionKey;
                    case "CreateRole", "UpdateRole" -> Instances.unique("org:k");
                    default -> Instances.unique("org:k:p");
                };
            case "role" -> operation.equals("UpdateMembership") ? "org:admin" : "org:member";
            case "creator_role_id" -> adminRole;
            case "domains_default_role_id" -> memberRole;
            case "permissions" -> operation.equals("UpdateRole") ? Map.of("ids", List.of(permission)) : permission;
            case "permission" -> "org:sys_memberships:read";
            case "domains_enrollment_modes" -> Map.of("modes", List.of("manual_invitation"));
            case "public_metadata", "private_metadata" -> Map.of("given", operation);
            case "id" ->
                id(
                        switch (operation) {
                            case "CreateOrganization" -> "org_";
                            case "CreateMembership" -> "orgmem_";
                            case "CreateInstance" -> "ins_";
                            default -> "user_";
                        });
            case "created_at", "last_active_at" -> "2020-01-01T00:00:00Z";
            case "last_active_at_before", "created_at_before" -> "2100-01-01T00:00:00Z";
            case "last_active_at_after", "created_at_after" -> "2001-01-01T00:00:00Z";
            case "instance_id" -> instance.id();
            case "secret_key_id" -> secretKey;
            case "token_issuer_id" -> tokenIssuer;
            case "issuer" -> Instances.unique("https://i");
            case "jwks_uri", "image_url" -> "http://127.0.0.1:1/";
            case "audience" -> "audience";
            case "operations" -> "CheckPermission";
            case "name", "description", "first_name", "last_name" -> "given";
            case "username" -> Instances.unique("u");
            case "email_address" -> Instances.unique("u") + "@example.com";
            case "phone_number" ->
                "+1" + (2_000_000_000L + Math.floorMod(Instances.unique("").hashCode(), 900_000_000));
            case "query", "email_address_query", "phone_number_query", "username_query", "name_query" -> MARK;
            case "order_by" -> "-created_at";
            case "page_size" -> 10;
            case "request_id" -> Instances.unique("request");
            case "etag" -> "v999999";
            case "max_allowed_memberships", "create_organizations_limit" -> 0;
            case "enabled", "admin_delete_enabled", "create_organization_enabled", "domains_enabled", "include_total" ->
                true;
            case "allow_missing", "banned", "slug_disabled", "read_only" -> false;
            case "fields", "filter", "keys", "checks" -> {
                Map<String, Object> nested = new LinkedHashMap<>();
                field.getMessageType().getFields().forEach(part -> nested.put(part.getName(), value(operation, part)));
                yield nested;
            }
            default -> throw new AssertionError("nothing to fill " + operation + "." + field.getName() + " with");
        };
    }

    private static String user(TestInstance instance) {
        return instance.user(args("first_name", MARK, "email_address", Instances.unique(MARK) + "@example.com"));
    }

    /** Each scene makes roles of its own, of which an instance may have ten, and no door changes that. */
    public static void allowManyRoles(TestInstance instance) {
        TestDatabase.execute("UPDATE organization_settings SET max_allowed_roles = 10000 WHERE instance_id = '%s'"
                .formatted(instance.id()));
    }

    private static String roleId(TestInstance instance, String key) {
        return instance.door()
                .call(instance.key(), "GetRole", args("key", key))
                .get("id")
                .asText();
    }

    private static String permission(TestInstance instance, String key) {
        return instance.door()
                .call(instance.key(), "CreatePermission", args("name", MARK, "key", key))
                .get("id")
                .asText();
    }

    private static String id(String prefix) {
        String unique = Instances.unique("");
        return prefix + "0".repeat(27 - unique.length()) + unique;
    }
}
