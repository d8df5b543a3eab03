package dev.membership.service.grpc;

import dev.membership.domain.membership.MembershipView;
import dev.membership.domain.membership.PermissionCheck;
import dev.membership.domain.organization.OrganizationView;
import dev.membership.domain.paging.Page;
import dev.membership.domain.user.PublicUserData;
import dev.membership.v1.CheckPermissionResponse;
import dev.membership.v1.CheckReason;
import dev.membership.v1.ListMembershipsResponse;
import dev.membership.v1.Membership;
import dev.membership.v1.Organization;
import java.util.IdentityHashMap;
import java.util.Map;

/** Memberships and checks as messages. */
final class MembershipMessages {
    private MembershipMessages() {}

    /** An organization that many memberships of the page share is made once. */
    static ListMembershipsResponse page(Page<MembershipView> page) {
        ListMembershipsResponse.Builder response = ListMembershipsResponse.newBuilder();
        Map<OrganizationView, Organization> organizations = new IdentityHashMap<>();
        page.items()
                .forEach(membership -> response.addMemberships(message(
                        membership,
                        organizations.computeIfAbsent(membership.organization(), OrganizationGrpcService::message))));
        page.next().ifPresent(response::setNextPageToken);
        page.counted().ifPresent(response::setTotalCount);
        return response.build();
    }

    static Membership message(MembershipView view) {
        return message(view, OrganizationGrpcService.message(view.organization()));
    }

    private static Membership message(MembershipView view, Organization organization) {
        Membership.Builder message = Membership.newBuilder()
                .setId(view.id())
                .setOrganizationId(view.organization().id())
                .setUserId(view.user().userId())
                .setRole(view.role().key())
                .setRoleName(view.role().name())
                .addAllPermissions(view.role().permissions())
                .setPublicMetadata(Wire.struct(view.publicMetadata()))
                .setOrganization(organization)
                .setPublicUserData(message(view.user()))
                .setCreatedAt(Wire.timestamp(view.createdAt()))
                .setUpdatedAt(Wire.timestamp(view.updatedAt()))
                .setEtag(view.etag());
        if (view.privateMetadata() != null) {
            message.setPrivateMetadata(Wire.struct(view.privateMetadata()));
        }
        return message.build();
    }

    private static dev.membership.v1.PublicUserData message(PublicUserData user) {
        var message = dev.membership.v1.PublicUserData.newBuilder()
                .setUserId(user.userId())
                .setHasImage(user.hasImage())
                .setBanned(user.banned());
        if (user.firstName() != null) {
            message.setFirstName(user.firstName());
        }
        if (user.lastName() != null) {
            message.setLastName(user.lastName());
        }
        if (user.imageUrl() != null) {
            message.setImageUrl(user.imageUrl());
        }
        if (user.identifier() != null) {
            message.setIdentifier(user.identifier());
        }
        if (user.username() != null) {
            message.setUsername(user.username());
        }
        return message.build();
    }

    static CheckPermissionResponse message(PermissionCheck answer) {
        CheckPermissionResponse.Builder message = CheckPermissionResponse.newBuilder()
                .setAllowed(answer.allowed())
                .setReason(reason(answer.reason()));
        if (answer.role() != null) {
            message.setRole(answer.role());
        }
        return message.build();
    }

    private static CheckReason reason(PermissionCheck.Reason reason) {
        return switch (reason) {
            case GRANTED -> CheckReason.CHECK_REASON_GRANTED;
            case NOT_A_MEMBER -> CheckReason.CHECK_REASON_NOT_A_MEMBER;
            case ROLE_LACKS_PERMISSION -> CheckReason.CHECK_REASON_ROLE_LACKS_PERMISSION;
            case UNKNOWN_PERMISSION -> CheckReason.CHECK_REASON_UNKNOWN_PERMISSION;
            case USER_BANNED -> CheckReason.CHECK_REASON_USER_BANNED;
        };
    }
}
