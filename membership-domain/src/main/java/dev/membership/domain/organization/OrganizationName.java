package dev.membership.domain.organization;

import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.input.Input;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An organization's name goes into mails and pages: one line of up to 256 characters, without addresses and markup. */
final class OrganizationName {
    private static final int MAX_LENGTH = 256;
    private static final Pattern ADDRESS_OR_MARKUP =
            Pattern.compile("(?i)\\b(https?|javascript):|://|(^|\\s)//\\S|\\bwww\\.|</?[a-z!]");
    /** A line break in a mail's header begins another header. */
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}]");

    private static final Pattern VISIBLE = Pattern.compile("[\\p{L}\\p{N}\\p{P}\\p{S}]");

    private OrganizationName() {}

    static String required(@Nullable String given) {
        String name = Input.required("name", given, MAX_LENGTH);
        if (ADDRESS_OR_MARKUP.matcher(name).find()) {
            throw Refusal.field(
                    ErrorCode.FORM_PARAM_VALUE_INVALID, "name", "name must not contain web addresses or markup.");
        }
        if (CONTROL.matcher(name).find() || !VISIBLE.matcher(name).find()) {
            throw Refusal.field(
                    ErrorCode.FORM_PARAM_VALUE_INVALID,
                    "name",
                    "name must be one line, without control characters, and have something to be seen.");
        }
        return name;
    }
}
