package dev.membership.domain.instance;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can be asked of instances, their settings and credentials. Null: not said, and so left as it is. */
public interface InstanceCommands {
    /** @param domainsEnrollmentModes empty: none from now on */
    @RegisterForReflection
    record UpdateSettings(
            @Nullable String etag,
            @Nullable Boolean enabled,
            @Nullable Integer maxAllowedMemberships,
            @Nullable Boolean adminDeleteEnabled,
            @Nullable Boolean slugDisabled,
            @Nullable Boolean domainsEnabled,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<String> domainsEnrollmentModes,

            @Nullable String creatorRoleId,
            @Nullable String domainsDefaultRoleId) {}

    /** @param id brought from elsewhere; null: a new one */
    @RegisterForReflection
    record Create(@Nullable String id, @Nullable String name) {}

    /** @param operations names of those the key may call; empty: all */
    @RegisterForReflection
    record CreateSecretKey(String instanceId, @Nullable String name, boolean readOnly, List<String> operations) {}

    @RegisterForReflection
    record RevokeSecretKey(String instanceId, String secretKeyId) {}

    @RegisterForReflection
    record CreateTokenIssuer(
            String instanceId,
            @Nullable String issuer,
            @Nullable String jwksUri,
            @Nullable String audience) {}

    /** @param audience empty: tokens need none from now on */
    @RegisterForReflection
    record UpdateTokenIssuer(
            String instanceId,
            String tokenIssuerId,
            @Nullable String etag,
            @Nullable String jwksUri,
            @Nullable String audience) {}

    @RegisterForReflection
    record DeleteTokenIssuer(
            String instanceId,
            String tokenIssuerId,
            @Nullable String etag) {}
}
