package dev.membership.service.graphql;

import org.eclipse.microprofile.graphql.Description;
import org.eclipse.microprofile.graphql.Id;
import org.eclipse.microprofile.graphql.Name;
import org.eclipse.microprofile.graphql.NonNull;
import org.jspecify.annotations.Nullable;

/**
 * What a deletion leaves: the name of what was there.
 *
 * @param object organization, user, role or permission
 */
@Name("DeletedResource")
@Description("What a deletion leaves: the name of what was there.")
public record DeletedNode(
        @NonNull String object,
        @Id @NonNull String id,
        @Nullable String slug,
        @Nullable String externalId) {}
