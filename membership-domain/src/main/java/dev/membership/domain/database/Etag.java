package dev.membership.domain.database;

import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import org.jspecify.annotations.Nullable;

/** A resource's version as callers see it: a text to be sent back, not to be read. */
public final class Etag {
    private Etag() {}

    public static String of(long version) {
        return "v" + version;
    }

    /** @throws Refusal {@code conflict} when an etag was sent and the resource has another by now */
    public static void require(@Nullable String etag, String present) {
        if (etag != null && !etag.isBlank() && !etag.strip().equals(present)) {
            throw new Refusal(ErrorCode.CONFLICT);
        }
    }
}
