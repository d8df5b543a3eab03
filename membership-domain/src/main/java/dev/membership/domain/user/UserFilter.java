package dev.membership.domain.user;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** By what users are found, alone or as members of an organization. Empty lists and nulls ask nothing. */
public interface UserFilter {
    List<String> emailAddresses();

    List<String> phoneNumbers();

    List<String> usernames();

    @Nullable String query();

    @Nullable String emailAddressQuery();

    @Nullable String phoneNumberQuery();

    @Nullable String usernameQuery();

    @Nullable String nameQuery();

    @Nullable Instant lastActiveAtBefore();

    @Nullable Instant lastActiveAtAfter();

    @Nullable Instant createdAtBefore();

    @Nullable Instant createdAtAfter();
}
