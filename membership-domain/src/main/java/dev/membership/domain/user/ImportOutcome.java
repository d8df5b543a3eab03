package dev.membership.domain.user;

import dev.membership.domain.error.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What became of one row of an import.
 *
 * @param userId null for a row that was refused
 * @param refusal why it was; null for every other row
 */
public record ImportOutcome(
        Result result, @Nullable String userId, @Nullable Refusal refusal) {
    /** What can become of a row. */
    public enum Result {
        CREATED,
        UPDATED,
        UNCHANGED,
        REFUSED
    }

    public static ImportOutcome refused(Refusal refusal) {
        return new ImportOutcome(Result.REFUSED, null, refusal);
    }
}
