package dev.membership.service.graphql;

import static java.util.Objects.requireNonNullElse;

import dev.membership.domain.user.UserCommands.Filter;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.graphql.Description;
import org.eclipse.microprofile.graphql.Name;
import org.eclipse.microprofile.graphql.NonNull;
import org.jspecify.annotations.Nullable;

/** Conditions on users; fields are public because the framework fills them. */
@Name("UserFilter")
@Description("Conditions on users; all given ones must hold. Lists hold up to 100 values.")
public class UserFilterInput {
    @Description("\"+id\" or \"id\" includes, \"-id\" excludes.")
    public @Nullable List<@NonNull String> userId;

    @Description("\"+id\" or \"id\" includes, \"-id\" excludes.")
    public @Nullable List<@NonNull String> externalId;

    @Description("Exact addresses, without case; one of them.")
    public @Nullable List<@NonNull String> emailAddress;

    public @Nullable List<@NonNull String> phoneNumber;
    public @Nullable List<@NonNull String> username;

    @Description("Members of one of these; \"-id\": of none of these.")
    public @Nullable List<@NonNull String> organizationId;

    @Description("Part of e-mail address, phone number, username, user id, first and last name.")
    public @Nullable String query;

    public @Nullable String emailAddressQuery;
    public @Nullable String phoneNumberQuery;
    public @Nullable String usernameQuery;

    @Description("Part of first and last name.")
    public @Nullable String nameQuery;

    public @Nullable Boolean banned;
    public @Nullable Instant lastActiveAtBefore;
    public @Nullable Instant lastActiveAtAfter;
    public @Nullable Instant createdAtBefore;
    public @Nullable Instant createdAtAfter;

    static Filter filter(@Nullable UserFilterInput input) {
        if (input == null) {
            return Filter.NONE;
        }
        return new Filter(
                requireNonNullElse(input.userId, List.of()),
                requireNonNullElse(input.externalId, List.of()),
                requireNonNullElse(input.emailAddress, List.of()),
                requireNonNullElse(input.phoneNumber, List.of()),
                requireNonNullElse(input.username, List.of()),
                requireNonNullElse(input.organizationId, List.of()),
                input.query,
                input.emailAddressQuery,
                input.phoneNumberQuery,
                input.usernameQuery,
                input.nameQuery,
                input.banned,
                input.lastActiveAtBefore,
                input.lastActiveAtAfter,
                input.createdAtBefore,
                input.createdAtAfter);
    }
}
