package dev.membership.domain.instance;

/** Fired when a credential that was valid is so no longer, or not as before: after the commit, in this process only. */
public record CredentialsChanged() {}
