package dev.membership.domain.identifier;

import com.github.ksuid.KsuidGenerator;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.input.Input;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/** Makes ids: a prefix that names the kind, and a KSUID, 27 base62 characters that sort by the second of creation. */
@ApplicationScoped
public class Ids {
    private final KsuidGenerator generator = new KsuidGenerator(new SecureRandom());

    /** Kinds of things that have ids, by their prefixes. */
    public enum Kind {
        INSTANCE("ins_"),
        USER("user_"),
        ORGANIZATION("org_"),
        MEMBERSHIP("orgmem_"),
        ROLE("role_"),
        PERMISSION("perm_"),
        SECRET_KEY("key_"),
        TOKEN_ISSUER("iss_");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }
    }

    public String next(Kind kind) {
        return kind.prefix + generator.newKsuid();
    }

    /** An id that was brought from elsewhere, or a new one: the prefix, then letters, digits, hyphens or underscores. */
    public String givenOrNext(Kind kind, String param, @Nullable String given) {
        String id = Input.optional(param, given, 64);
        if (id == null) {
            return next(kind);
        }
        if (!id.startsWith(kind.prefix) || !id.substring(kind.prefix.length()).matches("[A-Za-z0-9_-]+")) {
            throw Refusal.field(
                    ErrorCode.FORM_PARAM_FORMAT_INVALID,
                    param,
                    param + " must begin with " + kind.prefix + " and go on with letters, digits, - or _.");
        }
        return id;
    }
}
