package dev.membership.domain.organization;

import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.input.Input;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An organization's name goes into mails and pages: up to 256 characters, without addresses and markup. */
final class OrganizationName {
    private static final int MAX_LENGTH = 256;
    private static final Pattern ADDRESS_OR_MARKUP =
            Pattern.compile("(?i)\\b(https?|javascript):|://|(^|\\s)//\\S|\\bwww\\.|</?[a-z!]");

    private OrganizationName() {}

    static String required(@Nullable String given) {
        String name = Input.required("name", given, MAX_LENGTH);
        if (ADDRESS_OR_MARKUP.matcher(name).find()) {
            throw Refusal.field(
                    ErrorCode.FORM_PARAM_VALUE_INVALID, "name", "name must not contain web addresses or markup.");
        }
        return name;
    }
}
