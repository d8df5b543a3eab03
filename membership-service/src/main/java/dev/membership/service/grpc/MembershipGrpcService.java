package dev.membership.service.grpc;

import static dev.membership.service.grpc.MembershipMessages.message;
import static dev.membership.service.grpc.Wire.text;

import dev.membership.domain.caller.Caller;
import dev.membership.domain.membership.MembershipCommands;
import dev.membership.domain.membership.MembershipCommands.Key;
import dev.membership.domain.membership.MembershipCommands.Parent;
import dev.membership.domain.membership.MembershipCreation;
import dev.membership.domain.membership.MembershipLists;
import dev.membership.domain.membership.MembershipView;
import dev.membership.domain.membership.Memberships;
import dev.membership.domain.membership.PermissionChecks;
import dev.membership.domain.paging.PageRequest;
import dev.membership.v1.BatchCheckPermissionsRequest;
import dev.membership.v1.BatchCheckPermissionsResponse;
import dev.membership.v1.BatchGetMembershipsRequest;
import dev.membership.v1.BatchGetMembershipsResponse;
import dev.membership.v1.CheckPermissionRequest;
import dev.membership.v1.CheckPermissionResponse;
import dev.membership.v1.CreateMembershipRequest;
import dev.membership.v1.DeleteMembershipRequest;
import dev.membership.v1.GetMembershipRequest;
import dev.membership.v1.ListMembershipsRequest;
import dev.membership.v1.ListMembershipsRequest.ParentCase;
import dev.membership.v1.ListMembershipsResponse;
import dev.membership.v1.Membership;
import dev.membership.v1.MembershipFilter;
import dev.membership.v1.MembershipKey;
import dev.membership.v1.MembershipService;
import dev.membership.v1.UpdateMembershipMetadataRequest;
import dev.membership.v1.UpdateMembershipRequest;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code membership.v1.MembershipService}. */
@GrpcService
class MembershipGrpcService implements MembershipService {
    private final GrpcCalls calls;
    private final MembershipCreation creation;
    private final Memberships memberships;
    private final MembershipLists lists;
    private final PermissionChecks checks;

    MembershipGrpcService(
            GrpcCalls calls,
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

    @Override
    public Uni<Membership> createMembership(CreateMembershipRequest request) {
        return calls.answer(
                request,
                caller -> message(creation.create(
                        caller,
                        request.getRequestId(),
                        new MembershipCommands.Create(
                                request.getOrganizationId(),
                                request.getUserId(),
                                request.getRole(),
                                Wire.metadata(
                                        "public_metadata", request.hasPublicMetadata(), request.getPublicMetadata()),
                                Wire.metadata(
                                        "private_metadata", request.hasPrivateMetadata(), request.getPrivateMetadata()),
                                request.hasId() ? request.getId() : null,
                                Wire.instant("created_at", request.hasCreatedAt(), request.getCreatedAt())))));
    }

    @Override
    public Uni<Membership> getMembership(GetMembershipRequest request) {
        return calls.answerSoon(
                request,
                caller -> memberships
                        .get(caller, request.getOrganizationId(), request.getUserId())
                        .thenApply(MembershipMessages::message));
    }

    @Override
    public Uni<BatchGetMembershipsResponse> batchGetMemberships(BatchGetMembershipsRequest request) {
        return calls.answer(request, caller -> {
            List<Key> keys = request.getKeysList().stream()
                    .map(key -> new Key(key.getOrganizationId(), key.getUserId()))
                    .toList();
            Map<Key, MembershipView> found = memberships.getAll(caller, keys);
            BatchGetMembershipsResponse.Builder response = BatchGetMembershipsResponse.newBuilder();
            for (Key key : keys) {
                MembershipView membership = found.get(key);
                if (membership == null) {
                    response.addMissing(MembershipKey.newBuilder()
                            .setOrganizationId(key.organizationId())
                            .setUserId(key.userId()));
                } else {
                    response.addMemberships(message(membership));
                }
            }
            return response.build();
        });
    }

    @Override
    public Uni<ListMembershipsResponse> listMemberships(ListMembershipsRequest request) {
        if (request.getParentCase() == ParentCase.USER_ID
                && request.getPageToken().isBlank()
                && request.getSkip() == 0
                && !request.getIncludeTotal()) {
            return calls.answerSoon(
                    request,
                    caller -> lists.firstOfUser(
                                    caller, listing(request, Parent.USER, request.getUserId()), page(request))
                            .thenApply(MembershipMessages::page));
        }
        return calls.answer(
                request,
                caller -> MembershipMessages.page(lists.list(
                        caller,
                        switch (request.getParentCase()) {
                            case ORGANIZATION_ID -> listing(request, Parent.ORGANIZATION, request.getOrganizationId());
                            case USER_ID -> listing(request, Parent.USER, request.getUserId());
                            case PARENT_NOT_SET -> listing(request, Parent.INSTANCE, null);
                        },
                        page(request),
                        Wire.PAGE_TOKEN)));
    }

    private static PageRequest page(ListMembershipsRequest request) {
        return Wire.page(request.getPageSize(), request.getPageToken(), request.getSkip(), request.getIncludeTotal());
    }

    @Override
    public Uni<Membership> updateMembership(UpdateMembershipRequest request) {
        return calls.answer(
                request,
                caller -> message(memberships.updateRole(
                        caller,
                        request.getRequestId(),
                        new MembershipCommands.UpdateRole(
                                request.getOrganizationId(),
                                request.getUserId(),
                                request.getRole(),
                                text(request.getEtag())))));
    }

    @Override
    public Uni<Membership> updateMembershipMetadata(UpdateMembershipMetadataRequest request) {
        return calls.answer(
                request,
                caller -> message(memberships.mergeMetadata(
                        caller,
                        request.getRequestId(),
                        new MembershipCommands.MergeMetadata(
                                request.getOrganizationId(),
                                request.getUserId(),
                                Wire.metadata(
                                        "public_metadata", request.hasPublicMetadata(), request.getPublicMetadata()),
                                Wire.metadata(
                                        "private_metadata", request.hasPrivateMetadata(), request.getPrivateMetadata()),
                                text(request.getEtag())))));
    }

    @Override
    public Uni<Membership> deleteMembership(DeleteMembershipRequest request) {
        return calls.answer(
                request,
                caller -> memberships
                        .delete(
                                caller,
                                request.getRequestId(),
                                new MembershipCommands.Delete(
                                        request.getOrganizationId(),
                                        request.getUserId(),
                                        request.getAllowMissing(),
                                        text(request.getEtag())))
                        .map(MembershipMessages::message)
                        .orElse(Membership.getDefaultInstance()));
    }

    @Override
    public Uni<CheckPermissionResponse> checkPermission(CheckPermissionRequest request) {
        return calls.answerSoon(
                request, caller -> checks.check(caller, check(request)).thenApply(MembershipMessages::message));
    }

    @Override
    public Uni<BatchCheckPermissionsResponse> batchCheckPermissions(BatchCheckPermissionsRequest request) {
        return calls.answer(request, caller -> checkAll(caller, request));
    }

    private BatchCheckPermissionsResponse checkAll(Caller caller, BatchCheckPermissionsRequest request) {
        BatchCheckPermissionsResponse.Builder response = BatchCheckPermissionsResponse.newBuilder();
        checks.checkAll(
                        caller,
                        request.getChecksList().stream()
                                .map(MembershipGrpcService::check)
                                .toList())
                .forEach(answer -> response.addResults(message(answer)));
        return response.build();
    }

    private static MembershipCommands.Check check(CheckPermissionRequest request) {
        return new MembershipCommands.Check(request.getOrganizationId(), request.getUserId(), request.getPermission());
    }

    private static MembershipCommands.Listing listing(
            ListMembershipsRequest request, Parent parent, @Nullable String parentId) {
        MembershipFilter filter = request.getFilter();
        return new MembershipCommands.Listing(
                parent,
                parentId,
                text(request.getOrderBy()),
                new MembershipCommands.Filter(
                        filter.getRoleList(),
                        filter.getUserIdList(),
                        filter.getEmailAddressList(),
                        filter.getPhoneNumberList(),
                        filter.getUsernameList(),
                        text(filter.getQuery()),
                        text(filter.getEmailAddressQuery()),
                        text(filter.getPhoneNumberQuery()),
                        text(filter.getUsernameQuery()),
                        text(filter.getNameQuery()),
                        Wire.instant(
                                "last_active_at_before",
                                filter.hasLastActiveAtBefore(),
                                filter.getLastActiveAtBefore()),
                        Wire.instant(
                                "last_active_at_after", filter.hasLastActiveAtAfter(), filter.getLastActiveAtAfter()),
                        Wire.instant("created_at_before", filter.hasCreatedAtBefore(), filter.getCreatedAtBefore()),
                        Wire.instant("created_at_after", filter.hasCreatedAtAfter(), filter.getCreatedAtAfter())));
    }
}
