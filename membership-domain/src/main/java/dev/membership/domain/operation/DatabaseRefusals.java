package dev.membership.domain.operation;

import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import jakarta.persistence.OptimisticLockException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.hibernate.StaleStateException;
import org.postgresql.util.PSQLException;

/** What PostgreSQL refuses, in the catalogue's words: a constraint's name says which rule was broken. */
public final class DatabaseRefusals {
    private static final Map<String, Supplier<Refusal>> BY_CONSTRAINT = Map.ofEntries(
            Map.entry(
                    "membership_organization_user_key", () -> new Refusal(ErrorCode.ALREADY_A_MEMBER_IN_ORGANIZATION)),
            Map.entry("membership_role_fkey", () -> new Refusal(ErrorCode.ORGANIZATION_ROLE_ASSIGNED_MEMBERS)),
            Map.entry("membership_pkey", () -> taken("id")),
            Map.entry("organization_slug_key", () -> taken("slug")),
            Map.entry("organization_pkey", () -> taken("id")),
            // The id of an organization that was deleted: its events go on standing under it.
            Map.entry("outbox_event_organization_sequence", () -> taken("id")),
            Map.entry(
                    "organization_settings_creator_role_fkey",
                    () -> new Refusal(ErrorCode.ORGANIZATION_ROLE_DEFAULT_CREATOR_ROLE)),
            Map.entry(
                    "organization_settings_default_role_fkey",
                    () -> new Refusal(ErrorCode.ORGANIZATION_ROLE_DOMAIN_DEFAULT_ROLE)),
            Map.entry("role_key_key", () -> taken("key")),
            Map.entry("permission_key_key", () -> taken("key")),
            Map.entry(
                    "role_permission_pkey",
                    () -> new Refusal(ErrorCode.ORGANIZATION_ROLE_PERMISSION_ASSOCIATION_EXISTS)),
            Map.entry("app_user_pkey", () -> taken("id")),
            Map.entry("app_user_external_id_key", () -> taken("external_id")),
            Map.entry("app_user_email_key", () -> taken("email_address")),
            Map.entry("app_user_username_key", () -> taken("username")),
            Map.entry("app_user_phone_key", () -> taken("phone_number")),
            Map.entry("instance_pkey", () -> taken("id")),
            Map.entry("token_issuer_issuer_key", () -> taken("issuer")),
            Map.entry("secret_key_instance_id_fkey", () -> Refusal.notFound("instance", "instance_id")),
            Map.entry("token_issuer_instance_id_fkey", () -> Refusal.notFound("instance", "instance_id")));

    /** No connection could be made: nobody listens, or a server that starts, stops, or is no primary. */
    private static final Set<String> UNREACHABLE = Set.of("08001", "57P03");

    /**
     * Beginnings of the states of a PostgreSQL that cannot work for now: no connection in time or a lost one; a login that it
     * refuses, as after a change of the password; no connection left, no disk or memory; starting or stopping.
     */
    private static final List<String> UNAVAILABLE = List.of("08", "28", "53", "57P");

    private static final Outage OUTAGE = new Outage();

    private DatabaseRefusals() {}

    /** Runs what asks PostgreSQL; while that cannot be reached, refuses at once. */
    public static <T> T translating(Supplier<T> work) {
        requireReachable();
        return asking(work);
    }

    /** Refuses at once while PostgreSQL cannot be reached, except the call let through as a probe. */
    static void requireReachable() {
        if (OUTAGE.refuses()) {
            throw new Refusal(ErrorCode.SERVICE_UNAVAILABLE);
        }
    }

    /** Runs what queries PostgreSQL for calls that were let in. Success ends an outage. */
    static <T> T asking(Supplier<T> work) {
        T done = inOurWords(work);
        OUTAGE.ends();
        return done;
    }

    /** Success does not end an outage: the work may not have queried PostgreSQL. */
    static <T> T inOurWords(Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException failure) {
            if (hasState(failure, UNREACHABLE::contains)
                    || find(failure, SocketTimeoutException.class).isPresent()) {
                OUTAGE.begins();
            }
            throw refusal(failure).<RuntimeException>map(Function.identity()).orElse(failure);
        }
    }

    static boolean isUnreachable() {
        return OUTAGE.lasts();
    }

    /** Deadlocks and serialization failures: PostgreSQL has undone the transaction, and running it again may well succeed. */
    static boolean isTransient(Throwable failure) {
        return hasState(failure, Set.of("40P01", "40001")::contains);
    }

    /** Whether a constraint was broken, which running it again does not mend. */
    public static boolean isBrokenRule(Throwable failure) {
        return hasState(failure, state -> state.startsWith("23"));
    }

    private static boolean hasState(Throwable failure, Predicate<String> state) {
        return find(failure, PSQLException.class)
                .map(SQLException::getSQLState)
                .filter(state)
                .isPresent();
    }

    /** Empty: it is no refusal of PostgreSQL's that a caller could be told of. */
    public static Optional<Refusal> refusal(Throwable failure) {
        Optional<Refusal> own = find(failure, Refusal.class);
        if (own.isPresent()) {
            return own;
        }
        if (find(failure, OptimisticLockException.class).isPresent()
                || find(failure, StaleStateException.class).isPresent()
                || isTransient(failure)) {
            return Optional.of(new Refusal(ErrorCode.CONFLICT));
        }
        Optional<SQLException> sql = find(failure, SQLException.class);
        return sql.flatMap(DatabaseRefusals::refusal);
    }

    private static Optional<Refusal> refusal(SQLException failure) {
        if (failure instanceof PSQLException postgres
                && postgres.getServerErrorMessage() != null
                && postgres.getServerErrorMessage().getConstraint() != null) {
            return Optional.ofNullable(
                            BY_CONSTRAINT.get(postgres.getServerErrorMessage().getConstraint()))
                    .map(Supplier::get);
        }
        String state = failure.getSQLState() == null ? "08000" : failure.getSQLState();
        return switch (state) {
            // statement_timeout, lock_timeout, and transaction_timeout, which an operator may have set
            case "57014", "55P03", "25P04" -> Optional.of(new Refusal(ErrorCode.DEADLINE_EXCEEDED));
            // no such database; read-only after a fail-over; idle in a transaction, when this process stood still
            case "3D000", "25006", "25P03" -> Optional.of(new Refusal(ErrorCode.SERVICE_UNAVAILABLE));
            default ->
                UNAVAILABLE.stream().anyMatch(state::startsWith)
                        ? Optional.of(new Refusal(ErrorCode.SERVICE_UNAVAILABLE))
                        : Optional.empty();
        };
    }

    private static Refusal taken(String param) {
        return Refusal.field(ErrorCode.FORM_IDENTIFIER_EXISTS, param, "The " + param + " is taken.");
    }

    private static <T extends Throwable> Optional<T> find(Throwable failure, Class<T> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
            // The transaction manager keeps there why it could not commit.
            for (Throwable suppressed : cause.getSuppressed()) {
                Optional<T> found = find(suppressed, type);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }
}
