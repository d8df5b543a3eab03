package dev.membership.service.graphql;

import static java.util.Objects.requireNonNullElse;

import dev.membership.domain.membership.MembershipCommands.Filter;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.graphql.Description;
import org.eclipse.microprofile.graphql.Name;
import org.eclipse.microprofile.graphql.NonNull;
import org.jspecify.annotations.Nullable;

/** Conditions on members; fields are public because the framework fills them. */
@Name("MembershipFilter")
@Description("Conditions on the members; all given ones must hold. Lists hold up to 100 values."
        + " Phone numbers and times: for secret keys only.")
public class MembershipFilterInput {
    @Description("Role keys; one of them.")
    public @Nullable List<@NonNull String> role;

    @Description("User ids; \"+id\" or \"id\" includes, \"-id\" excludes.")
    public @Nullable List<@NonNull String> userId;

    @Description("Exact addresses, without case; one of them.")
    public @Nullable List<@NonNull String> emailAddress;

    public @Nullable List<@NonNull String> phoneNumber;
    public @Nullable List<@NonNull String> username;

    @Description("Part of e-mail address, phone number, username, user id, first and last name.")
    public @Nullable String query;

    public @Nullable String emailAddressQuery;
    public @Nullable String phoneNumberQuery;
    public @Nullable String usernameQuery;

    @Description("Part of first and last name.")
    public @Nullable String nameQuery;

    @Description("When the user was last active.")
    public @Nullable Instant lastActiveAtBefore;

    public @Nullable Instant lastActiveAtAfter;

    @Description("When the user (not the membership) was created.")
    public @Nullable Instant createdAtBefore;

    public @Nullable Instant createdAtAfter;

    static Filter filter(@Nullable MembershipFilterInput input) {
        if (input == null) {
            return Filter.NONE;
        }
        return new Filter(
                requireNonNullElse(input.role, List.of()),
                requireNonNullElse(input.userId, List.of()),
                requireNonNullElse(input.emailAddress, List.of()),
                requireNonNullElse(input.phoneNumber, List.of()),
                requireNonNullElse(input.username, List.of()),
                input.query,
                input.emailAddressQuery,
                input.phoneNumberQuery,
                input.usernameQuery,
                input.nameQuery,
                input.lastActiveAtBefore,
                input.lastActiveAtAfter,
                input.createdAtBefore,
                input.createdAtAfter);
    }
}
