package dev.membership.domain.instance;

import org.jspecify.annotations.Nullable;

/**
 * Whose tokens are an instance's users.
 *
 * @param audience null: a token needs none
 */
public record RegisteredIssuer(
        String instanceId,
        String issuer,
        String jwksUri,
        @Nullable String audience) {}
