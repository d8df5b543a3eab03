package dev.membership.service.graphql;

import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.membership.MembershipCommands;
import dev.membership.domain.membership.MembershipCommands.Check;
import dev.membership.domain.membership.MembershipCommands.Key;
import dev.membership.domain.membership.MembershipCommands.Listing;
import dev.membership.domain.membership.MembershipCommands.Parent;
import dev.membership.domain.membership.MembershipCreation;
import dev.membership.domain.membership.MembershipLists;
import dev.membership.domain.membership.MembershipView;
import dev.membership.domain.membership.Memberships;
import dev.membership.domain.membership.PermissionChecks;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.eclipse.microprofile.graphql.Description;
import org.eclipse.microprofile.graphql.GraphQLApi;
import org.eclipse.microprofile.graphql.Id;
import org.eclipse.microprofile.graphql.Input;
import org.eclipse.microprofile.graphql.Mutation;
import org.eclipse.microprofile.graphql.NonNull;
import org.eclipse.microprofile.graphql.Query;
import org.eclipse.microprofile.graphql.Source;
import org.jspecify.annotations.Nullable;

/** Memberships over GraphQL. */
@GraphQLApi
@RunOnVirtualThread
@ApplicationScoped
public class MembershipApi {
    private final GraphQlCalls calls;
    private final MembershipCreation creation;
    private final Memberships memberships;
    private final MembershipLists lists;
    private final PermissionChecks checks;

    MembershipApi(
            GraphQlCalls calls,
            MembershipCreation creation,
            Memberships memberships,
            MembershipLists lists,
            PermissionChecks checks) {
        this.calls = calls;
        this.creation = creation;
        this.memberships = memberships;
        this.lists = lists;
        this.checks = checks;
    }

    /** Names a membership by what is unique about it. */
    @Input("MembershipKey")
    public record MembershipKeyInput(
            @Id @NonNull String organizationId, @Id @NonNull String userId) {}

    /** May this user do this there? */
    @Input("PermissionCheckInput")
    public record PermissionCheckInput(
            @Id @NonNull String organizationId,
            @Id @NonNull String userId,
            @NonNull String permission) {}

    @Query("getMembership")
    @NonNull @Description("Reads the membership of one user in one organization.")
    public CompletionStage<MembershipNode> getMembership(
            @Id @NonNull String organizationId, @Id @NonNull String userId) {
        return calls.answerSoon(
                caller -> memberships.get(caller, organizationId, userId).thenApply(MembershipNode::new));
    }

    @Query
    @NonNull @Description("Reads up to 1,000 memberships, in the order in which the keys are given; null where there is none.")
    public List<MembershipNode> batchGetMemberships(@NonNull List<@NonNull MembershipKeyInput> keys) {
        return calls.answer(caller -> {
            List<Key> asked = keys.stream()
                    .map(key -> new Key(key.organizationId(), key.userId()))
                    .toList();
            Map<Key, MembershipView> found = memberships.getAll(caller, asked);
            return asked.stream()
                    .map(found::get)
                    .map(membership -> membership == null ? null : new MembershipNode(membership))
                    .collect(Collectors.toList());
        });
    }

    @Query
    @NonNull @Description(
            "Memberships of an organization, of a user, or without either of the instance. Orders: created_at, email_address,"
                    + " phone_number, first_name, last_name, username, with + or - before it; of a user created_at only.")
    public MembershipConnection listMemberships(
            @Id @Nullable String organizationId,
            @Id @Nullable String userId,
            @Nullable Integer first,
            @Nullable String after,
            @Nullable Integer last,
            @Nullable String before,
            @Nullable Integer initialPage,
            @Nullable Integer pageSize,
            @Nullable String orderBy,
            @Nullable MembershipFilterInput filter) {
        return calls.answer(caller -> {
            if (organizationId != null && userId != null) {
                throw Refusal.field(
                        ErrorCode.FORM_CONDITIONAL_PARAM_DISALLOWED,
                        "user_id",
                        "Give an organization or a user; filter.userId narrows an organization's members.");
            }
            Parent parent =
                    organizationId != null ? Parent.ORGANIZATION : userId != null ? Parent.USER : Parent.INSTANCE;
            var page = new PageArguments(first, after, last, before, initialPage, pageSize);
            return new MembershipConnection(lists.list(
                    caller,
                    new Listing(
                            parent,
                            organizationId != null ? organizationId : userId,
                            orderBy,
                            MembershipFilterInput.filter(filter)),
                    page.request(calls.asksFor("totalCount")),
                    page.tokenParam()));
        });
    }

    @Description("A page of the members; null where the caller may not read them.")
    public CompletionStage<@Nullable MembershipConnection> memberships(
            @Source OrganizationNode organization,
            @Nullable Integer first,
            @Nullable String after,
            @Nullable Integer last,
            @Nullable String before,
            @Nullable Integer initialPage,
            @Nullable Integer pageSize,
            @Nullable String orderBy,
            @Nullable MembershipFilterInput filter) {
        return nested(
                new Listing(Parent.ORGANIZATION, null, orderBy, MembershipFilterInput.filter(filter)),
                new PageArguments(first, after, last, before, initialPage, pageSize),
                organization.getId());
    }

    @Description("A page of the user's memberships; null where the caller may not read them. Order: created_at only.")
    public CompletionStage<@Nullable MembershipConnection> memberships(
            @Source UserNode user,
            @Nullable Integer first,
            @Nullable String after,
            @Nullable Integer last,
            @Nullable String before,
            @Nullable Integer initialPage,
            @Nullable Integer pageSize,
            @Nullable String orderBy) {
        return nested(
                new Listing(Parent.USER, null, orderBy, MembershipFilterInput.filter(null)),
                new PageArguments(first, after, last, before, initialPage, pageSize),
                user.getId());
    }

    private CompletionStage<@Nullable MembershipConnection> nested(
            Listing listing, PageArguments page, String parentId) {
        boolean total = calls.asksFor("totalCount");
        return calls.answerNested(
                parentId,
                (caller, parentIds) ->
                        lists
                                .listAll(caller, listing, parentIds, page.request(total), page.tokenParam())
                                .entrySet()
                                .stream()
                                .collect(Collectors.toMap(
                                        Map.Entry::getKey, entry -> new MembershipConnection(entry.getValue()))));
    }

    @Query
    @NonNull @Description("Whether a user may do something in an organization, and why. A user may ask about itself.")
    public CompletionStage<PermissionCheckNode> checkPermission(
            @Id @NonNull String organizationId, @Id @NonNull String userId, @NonNull String permission) {
        return calls.answerSoon(caller -> checks.check(caller, new Check(organizationId, userId, permission))
                .thenApply(PermissionCheckNode::of));
    }

    @Query
    @NonNull @Description("Up to 1,000 checks, answered in their order.")
    public List<@NonNull PermissionCheckNode> batchCheckPermissions(
            @NonNull List<@NonNull PermissionCheckInput> checks) {
        return calls.answer(caller -> this.checks
                .checkAll(
                        caller,
                        checks.stream()
                                .map(check -> new Check(check.organizationId(), check.userId(), check.permission()))
                                .toList())
                .stream()
                .map(PermissionCheckNode::of)
                .toList());
    }

    @Mutation
    @NonNull @Description("Adds a user to an organization. A user as caller needs org:sys_memberships:manage.")
    public MembershipNode createMembership(
            @Id @NonNull String organizationId,
            @Id @NonNull String userId,
            @NonNull String role,
            @Nullable Object publicMetadata,
            @Nullable Object privateMetadata,
            @Id @Nullable String id,
            @Nullable Instant createdAt,
            @Nullable String requestId) {
        return calls.answer(caller -> new MembershipNode(creation.create(
                caller,
                requestId,
                new MembershipCommands.Create(
                        organizationId,
                        userId,
                        role,
                        JsonObjects.metadata("public_metadata", publicMetadata),
                        JsonObjects.metadata("private_metadata", privateMetadata),
                        id,
                        createdAt))));
    }

    @Mutation
    @NonNull @Description("Changes a member's role. A user as caller needs org:sys_memberships:manage.")
    public MembershipNode updateMembership(
            @Id @NonNull String organizationId,
            @Id @NonNull String userId,
            @NonNull String role,
            @Nullable String etag,
            @Nullable String requestId) {
        return calls.answer(caller -> new MembershipNode(memberships.updateRole(
                caller, requestId, new MembershipCommands.UpdateRole(organizationId, userId, role, etag))));
    }

    @Mutation
    @NonNull @Description("Merges metadata deeply; null removes a key at any depth.")
    public MembershipNode updateMembershipMetadata(
            @Id @NonNull String organizationId,
            @Id @NonNull String userId,
            @Nullable Object publicMetadata,
            @Nullable Object privateMetadata,
            @Nullable String etag,
            @Nullable String requestId) {
        return calls.answer(caller -> new MembershipNode(memberships.mergeMetadata(
                caller,
                requestId,
                new MembershipCommands.MergeMetadata(
                        organizationId,
                        userId,
                        JsonObjects.metadata("public_metadata", publicMetadata),
                        JsonObjects.metadata("private_metadata", privateMetadata),
                        etag))));
    }

    @Mutation
    @Description("Removes a member and returns what was removed; null where there was nothing and that was allowed.")
    public @Nullable MembershipNode deleteMembership(
            @Id @NonNull String organizationId,
            @Id @NonNull String userId,
            @Nullable Boolean allowMissing,
            @Nullable String etag,
            @Nullable String requestId) {
        return calls.answer(caller -> memberships
                .delete(
                        caller,
                        requestId,
                        new MembershipCommands.Delete(organizationId, userId, Boolean.TRUE.equals(allowMissing), etag))
                .map(MembershipNode::new)
                .orElse(null));
    }
}
