package dev.membership.domain.caller;

import dev.membership.domain.database.Database;
import dev.membership.domain.database.Row;
import dev.membership.domain.database.Sql;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a user may do in an organization, from the role it holds now. A backend may do everything in its instance, so
 * nothing is asked for it. A stranger is told the same of an organization that exists and of one that does not.
 */
@ApplicationScoped
public class Access {
    public static final String READ_MEMBERS = "org:sys_memberships:read";
    public static final String MANAGE_MEMBERS = "org:sys_memberships:manage";
    public static final String MANAGE_PROFILE = "org:sys_profile:manage";
    public static final String DELETE_PROFILE = "org:sys_profile:delete";

    private final Database database;

    Access(Database database) {
        this.database = database;
    }

    /** A calling user's standing in one organization. */
    public record Standing(String userId, String organizationId, List<String> permissions) {
        public boolean has(String permission) {
            return permissions.contains(permission);
        }
    }

    /**
     * Asks that the caller may do something in an organization: a user must be a member whose role has one of the
     * permissions, a backend needs nothing. One statement for a user, none for a backend.
     *
     * @throws Refusal {@code organization_not_found_or_unauthorized}, {@code missing_organization_permission},
     *     {@code user_banned}
     */
    public void require(Caller caller, String organizationId, String... anyOf) {
        if (caller instanceof Caller.User user) {
            requirePermission(standing(user, organizationId), anyOf);
        }
    }

    /** Like {@link #require}, save that a user needs no permission where the user in question is itself. */
    public void requireSelfOr(Caller caller, String organizationId, String userId, String... anyOf) {
        if (caller instanceof Caller.User user) {
            Standing standing = standing(user, organizationId);
            if (!standing.userId().equals(userId)) {
                requirePermission(standing, anyOf);
            }
        }
    }

    /** Like {@link #requireSelfOr}, save that a user may speak of itself where it is no member, too. */
    public void requireSelfAnywhereOr(Caller caller, String organizationId, String userId, String... anyOf) {
        if (caller instanceof Caller.User user) {
            List<Standing> found = found(user, List.of(organizationId));
            if (found.stream().noneMatch(standing -> standing.userId().equals(userId))) {
                requirePermission(member(found), anyOf);
            }
        }
    }

    /** @throws Refusal {@code organization_not_found_or_unauthorized} for whoever is not a member, {@code user_banned} */
    public Standing standing(Caller.User caller, String organizationId) {
        return member(found(caller, List.of(organizationId)));
    }

    private static Standing member(List<Standing> found) {
        return found.stream()
                .filter(standing -> standing.organizationId() != null)
                .findFirst()
                .orElseThrow(() -> new Refusal(ErrorCode.ORGANIZATION_NOT_FOUND_OR_UNAUTHORIZED));
    }

    /**
     * The caller's standing in those of the organizations that it is a member of, by organization id.
     *
     * @throws Refusal {@code user_banned}
     */
    public Map<String, Standing> standings(Caller.User caller, Collection<String> organizationIds) {
        return found(caller, organizationIds).stream()
                .filter(standing -> standing.organizationId() != null)
                .collect(Collectors.toMap(Standing::organizationId, Function.identity()));
    }

    /** Where the user is a member of none, one that has no organization. */
    private List<Standing> found(Caller.User caller, Collection<String> organizationIds) {
        return database.list(Sql.of("""
                        SELECT u.id, u.banned, o.id, r.permission_keys FROM app_user u
                        LEFT JOIN (membership m
                            JOIN organization o ON o.instance_id = m.instance_id AND o.id = m.organization_id
                                AND o.deleted_at IS NULL
                            JOIN role r ON r.instance_id = m.instance_id AND r.id = m.role_id)
                            ON m.instance_id = u.instance_id AND m.user_id = u.id AND m.organization_id = ANY (?)
                        WHERE u.instance_id = ? AND u.id = """, organizationIds, caller.instanceId()).add(userId(caller)), Access::standing);
    }

    /**
     * The id of the calling user, which its subject or external id stands for. One statement.
     *
     * @throws Refusal {@code authentication_invalid} where there is no such user, {@code user_banned}
     */
    public String self(Caller.User caller) {
        return database.first(
                        Sql.of(
                                        "SELECT u.id, u.banned FROM app_user u WHERE u.instance_id = ? AND u.id = ",
                                        caller.instanceId())
                                .add(userId(caller)),
                        row -> notBanned(row.text(), row.flag()))
                .orElseThrow(() -> new Refusal(
                        ErrorCode.AUTHENTICATION_INVALID,
                        "The token is valid, but there is no user of that id or external id.",
                        Map.of()));
    }

    /**
     * Asks that a calling user is a member of some organization, whichever: what an instance's organizations share is for
     * their members. One statement for a user, none for a backend.
     *
     * @throws Refusal {@code authorization_invalid} for a user who is in none, {@code user_banned}
     */
    public void requireMember(Caller caller) {
        if (caller instanceof Caller.User user
                && !database.first(Sql.of("""
                                        SELECT u.id, u.banned, EXISTS (SELECT 1 FROM membership m
                                            JOIN organization o ON o.instance_id = m.instance_id AND o.id = m.organization_id
                                            WHERE m.instance_id = u.instance_id AND m.user_id = u.id AND o.deleted_at IS NULL)
                                        FROM app_user u WHERE u.instance_id = ? AND u.id = """, user.instanceId()).add(userId(user)), Access::isMember)
                        .orElse(false)) {
            throw new Refusal(ErrorCode.AUTHORIZATION_INVALID);
        }
    }

    /**
     * @throws Refusal {@code authorization_invalid} when a calling user is not the one in question; what {@link #self}
     *     throws
     */
    public void requireSelf(Caller caller, String userId) {
        if (caller instanceof Caller.User user && !self(user).equals(userId)) {
            throw new Refusal(ErrorCode.AUTHORIZATION_INVALID);
        }
    }

    /** A subject is a user's id; only where there is none, it is an external id. */
    private static Sql userId(Caller.User caller) {
        return Sql.of("""
                coalesce((SELECT id FROM app_user WHERE instance_id = ? AND id = ?),
                         (SELECT id FROM app_user WHERE instance_id = ? AND external_id = ?))
                """, caller.instanceId(), caller.subject(), caller.instanceId(), caller.subject());
    }

    private static void requirePermission(Standing standing, String... anyOf) {
        for (String permission : anyOf) {
            if (standing.has(permission)) {
                return;
            }
        }
        throw Refusal.missingPermission(anyOf);
    }

    private static boolean isMember(Row row) throws SQLException {
        notBanned(row.text(), row.flag());
        return row.flag();
    }

    private static Standing standing(Row row) throws SQLException {
        return new Standing(notBanned(row.text(), row.flag()), row.textOrNull(), row.texts());
    }

    private static String notBanned(String userId, boolean banned) {
        if (banned) {
            throw new Refusal(ErrorCode.USER_BANNED);
        }
        return userId;
    }
}
