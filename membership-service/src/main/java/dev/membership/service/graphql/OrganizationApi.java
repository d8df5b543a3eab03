package dev.membership.service.graphql;

import static java.util.Objects.requireNonNullElse;

import dev.membership.domain.organization.OrganizationCommands;
import dev.membership.domain.organization.OrganizationCreation;
import dev.membership.domain.organization.OrganizationLists;
import dev.membership.domain.organization.Organizations;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.graphql.Description;
import org.eclipse.microprofile.graphql.GraphQLApi;
import org.eclipse.microprofile.graphql.Id;
import org.eclipse.microprofile.graphql.Mutation;
import org.eclipse.microprofile.graphql.NonNull;
import org.eclipse.microprofile.graphql.Query;
import org.jspecify.annotations.Nullable;

/** Organizations over GraphQL. */
@GraphQLApi
@RunOnVirtualThread
@ApplicationScoped
public class OrganizationApi {
    private final GraphQlCalls calls;
    private final OrganizationCreation creation;
    private final Organizations organizations;
    private final OrganizationLists lists;

    OrganizationApi(
            GraphQlCalls calls, OrganizationCreation creation, Organizations organizations, OrganizationLists lists) {
        this.calls = calls;
        this.creation = creation;
        this.organizations = organizations;
        this.lists = lists;
    }

    @Query("getOrganization")
    @NonNull @Description("Reads one organization, by id or by slug. A user needs to be a member.")
    public OrganizationNode getOrganization(@Id @Nullable String id, @Nullable String slug) {
        return calls.answer(caller -> {
            GraphQlCalls.requireOne(id, "slug", slug);
            return new OrganizationNode(
                    id == null ? organizations.getBySlug(caller, slug) : organizations.get(caller, id));
        });
    }

    @Query
    @NonNull @Description("The organizations of the instance. Orders: created_at, name, members_count, with + or - before it.")
    public OrganizationConnection listOrganizations(
            @Nullable Integer first,
            @Nullable String after,
            @Nullable Integer last,
            @Nullable String before,
            @Nullable Integer initialPage,
            @Nullable Integer pageSize,
            @Nullable String orderBy,
            @Nullable String query,
            @io.smallrye.graphql.api.Nullable @Nullable List<@NonNull String> organizationId,
            @io.smallrye.graphql.api.Nullable @Nullable List<@NonNull String> userId) {
        return calls.answer(caller -> {
            var page = new PageArguments(first, after, last, before, initialPage, pageSize);
            return new OrganizationConnection(lists.list(
                    caller,
                    new OrganizationCommands.Listing(
                            orderBy,
                            query,
                            requireNonNullElse(organizationId, List.of()),
                            requireNonNullElse(userId, List.of())),
                    page.request(calls.asksFor("totalCount")),
                    page.tokenParam()));
        });
    }

    @Mutation
    @NonNull @Description("Creates an organization; createdBy, or the calling user, becomes its first member.")
    public OrganizationNode createOrganization(
            @NonNull String name,
            @Nullable String slug,
            @Id @Nullable String createdBy,
            @Nullable Integer maxAllowedMemberships,
            @Nullable Object publicMetadata,
            @Nullable Object privateMetadata,
            @Nullable Instant createdAt,
            @Id @Nullable String id,
            @Nullable String requestId) {
        return calls.answer(caller -> new OrganizationNode(creation.create(
                caller,
                requestId,
                new OrganizationCommands.Create(
                        id,
                        name,
                        slug,
                        createdBy,
                        maxAllowedMemberships,
                        JsonObjects.metadata("public_metadata", publicMetadata),
                        JsonObjects.metadata("private_metadata", privateMetadata),
                        createdAt))));
    }

    @Mutation
    @NonNull @Description("Changes what is given. A user needs org:sys_profile:manage and may change name and slug only.")
    public OrganizationNode updateOrganization(
            @Id @NonNull String organizationId,
            @Nullable String name,
            @Nullable String slug,
            @Nullable Integer maxAllowedMemberships,
            @Nullable Boolean adminDeleteEnabled,
            @Nullable String etag,
            @Nullable String requestId) {
        return calls.answer(caller -> new OrganizationNode(organizations.update(
                caller,
                requestId,
                new OrganizationCommands.Update(
                        organizationId, etag, name, slug, maxAllowedMemberships, adminDeleteEnabled))));
    }

    @Mutation
    @NonNull @Description("Merges metadata deeply; null removes a key at any depth.")
    public OrganizationNode updateOrganizationMetadata(
            @Id @NonNull String organizationId,
            @Nullable Object publicMetadata,
            @Nullable Object privateMetadata,
            @Nullable String etag,
            @Nullable String requestId) {
        return calls.answer(caller -> new OrganizationNode(organizations.mergeMetadata(
                caller, requestId, metadata(organizationId, publicMetadata, privateMetadata, etag))));
    }

    @Mutation
    @NonNull @Description("Replaces each metadata field that is given as a whole.")
    public OrganizationNode replaceOrganizationMetadata(
            @Id @NonNull String organizationId,
            @Nullable Object publicMetadata,
            @Nullable Object privateMetadata,
            @Nullable String etag,
            @Nullable String requestId) {
        return calls.answer(caller -> new OrganizationNode(organizations.replaceMetadata(
                caller, requestId, metadata(organizationId, publicMetadata, privateMetadata, etag))));
    }

    @Mutation
    @NonNull @Description("Deletes an organization and, soon after, its memberships. Cannot be undone.")
    public DeletedNode deleteOrganization(
            @Id @NonNull String organizationId, @Nullable String etag, @Nullable String requestId) {
        return calls.answer(caller -> {
            OrganizationCommands.Deleted deleted =
                    organizations.delete(caller, requestId, new OrganizationCommands.Delete(organizationId, etag));
            return new DeletedNode("organization", deleted.id(), deleted.slug(), null);
        });
    }

    private static OrganizationCommands.ChangeMetadata metadata(
            String organizationId,
            @Nullable Object publicMetadata,
            @Nullable Object privateMetadata,
            @Nullable String etag) {
        return new OrganizationCommands.ChangeMetadata(
                organizationId,
                etag,
                JsonObjects.metadata("public_metadata", publicMetadata),
                JsonObjects.metadata("private_metadata", privateMetadata));
    }
}
