package dev.membership.domain.user;

import dev.membership.domain.error.Refusal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an import came to, added up row by row in their order; for one thread at a time. */
public final class ImportTally {
    private static final int REPORTED_REFUSALS = 100;

    private long created;
    private long updated;
    private long unchanged;
    private long refused;
    private final List<Refused> refusals = new ArrayList<>();

    /**
     * A row that was refused.
     *
     * @param index its place among all rows, from 0
     * @param reason the error catalogue's code, in upper case
     * @param field the field that was refused, if one was
     */
    public record Refused(
            long index,
            String reason,
            String message,
            @Nullable String field) {
        static Refused of(long index, Refusal refusal) {
            return new Refused(
                    index,
                    refusal.code().name(),
                    refusal.getMessage(),
                    refusal.meta().get("param_name") instanceof String field ? field : null);
        }
    }

    /** Counts the next row. */
    public void add(ImportOutcome outcome) {
        switch (outcome.result()) {
            case CREATED -> created++;
            case UPDATED -> updated++;
            case UNCHANGED -> unchanged++;
            case REFUSED -> {
                if (refusals.size() < REPORTED_REFUSALS) {
                    refusals.add(Refused.of(created + updated + unchanged + refused, outcome.refusal()));
                }
                refused++;
            }
        }
    }

    public long created() {
        return created;
    }

    public long updated() {
        return updated;
    }

    /** Rows whose users were as they say already. */
    public long unchanged() {
        return unchanged;
    }

    public long refused() {
        return refused;
    }

    /** The first {@value #REPORTED_REFUSALS}. */
    public List<Refused> refusals() {
        return List.copyOf(refusals);
    }
}
