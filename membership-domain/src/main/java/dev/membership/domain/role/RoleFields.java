package dev.membership.domain.role;

import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.input.Input;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules for what callers say of a role or a permission. */
final class RoleFields {
    private static final int NAME_LENGTH = 256;
    private static final int DESCRIPTION_LENGTH = 1_024;
    private static final int ROLE_KEY_LENGTH = 64;
    private static final int PERMISSION_KEY_LENGTH = 128;
    private static final String SYSTEM = "org:sys_";
    private static final Pattern ROLE_KEY = Pattern.compile("org:[a-z0-9_]+");
    private static final Pattern PERMISSION_KEY = Pattern.compile("org:[a-z0-9_]+:[a-z0-9_]+");

    private RoleFields() {}

    static String name(@Nullable String name) {
        return Input.required("name", name, NAME_LENGTH);
    }

    static @Nullable String description(@Nullable String description) {
        return Input.optional("description", description, DESCRIPTION_LENGTH);
    }

    static String roleKey(@Nullable String key) {
        return Input.matching(
                "key",
                Input.required("key", key, ROLE_KEY_LENGTH),
                ROLE_KEY,
                "'org:' and lower-case letters, digits or underscores");
    }

    static String permissionKey(@Nullable String key) {
        String checked = Input.matching(
                "key",
                Input.required("key", key, PERMISSION_KEY_LENGTH),
                PERMISSION_KEY,
                "'org:<feature>:<action>' of lower-case letters, digits or underscores");
        if (checked.startsWith(SYSTEM)) {
            throw Refusal.field(
                    ErrorCode.FORM_PARAM_VALUE_INVALID, "key", "Keys that begin with " + SYSTEM + " are the system's.");
        }
        return checked;
    }
}
