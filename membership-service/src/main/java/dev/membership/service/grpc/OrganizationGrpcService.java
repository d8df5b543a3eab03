package dev.membership.service.grpc;

import static dev.membership.service.grpc.Wire.text;

import dev.membership.domain.organization.OrganizationCommands;
import dev.membership.domain.organization.OrganizationCreation;
import dev.membership.domain.organization.OrganizationLists;
import dev.membership.domain.organization.OrganizationView;
import dev.membership.domain.organization.Organizations;
import dev.membership.domain.paging.Page;
import dev.membership.v1.CreateOrganizationRequest;
import dev.membership.v1.DeleteOrganizationRequest;
import dev.membership.v1.DeletedResource;
import dev.membership.v1.GetOrganizationRequest;
import dev.membership.v1.ListOrganizationsRequest;
import dev.membership.v1.ListOrganizationsResponse;
import dev.membership.v1.Organization;
import dev.membership.v1.OrganizationService;
import dev.membership.v1.ReplaceOrganizationMetadataRequest;
import dev.membership.v1.UpdateOrganizationMetadataRequest;
import dev.membership.v1.UpdateOrganizationRequest;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Uni;

/** {@code membership.v1.OrganizationService}. */
@GrpcService
class OrganizationGrpcService implements OrganizationService {
    private final GrpcCalls calls;
    private final OrganizationCreation creation;
    private final Organizations organizations;
    private final OrganizationLists lists;

    OrganizationGrpcService(
            GrpcCalls calls, OrganizationCreation creation, Organizations organizations, OrganizationLists lists) {
        this.calls = calls;
        this.creation = creation;
        this.organizations = organizations;
        this.lists = lists;
    }

    @Override
    public Uni<Organization> createOrganization(CreateOrganizationRequest request) {
        return calls.answer(
                request,
                caller -> message(creation.create(
                        caller,
                        request.getRequestId(),
                        new OrganizationCommands.Create(
                                request.hasId() ? request.getId() : null,
                                request.getName(),
                                request.hasSlug() ? request.getSlug() : null,
                                request.hasCreatedBy() ? request.getCreatedBy() : null,
                                request.hasMaxAllowedMemberships() ? request.getMaxAllowedMemberships() : null,
                                Wire.metadata(
                                        "public_metadata", request.hasPublicMetadata(), request.getPublicMetadata()),
                                Wire.metadata(
                                        "private_metadata", request.hasPrivateMetadata(), request.getPrivateMetadata()),
                                Wire.instant("created_at", request.hasCreatedAt(), request.getCreatedAt())))));
    }

    @Override
    public Uni<Organization> getOrganization(GetOrganizationRequest request) {
        return calls.answer(
                request,
                caller -> message(
                        request.hasSlug()
                                ? organizations.getBySlug(caller, request.getSlug())
                                : organizations.get(caller, request.getOrganizationId())));
    }

    @Override
    public Uni<ListOrganizationsResponse> listOrganizations(ListOrganizationsRequest request) {
        return calls.answer(request, caller -> {
            Page<OrganizationView> page = lists.list(
                    caller,
                    new OrganizationCommands.Listing(
                            text(request.getOrderBy()),
                            text(request.getQuery()),
                            request.getOrganizationIdList(),
                            request.getUserIdList()),
                    Wire.page(
                            request.getPageSize(),
                            request.getPageToken(),
                            request.getSkip(),
                            request.getIncludeTotal()),
                    Wire.PAGE_TOKEN);
            ListOrganizationsResponse.Builder response = ListOrganizationsResponse.newBuilder();
            page.items().forEach(organization -> response.addOrganizations(message(organization)));
            page.next().ifPresent(response::setNextPageToken);
            page.counted().ifPresent(response::setTotalCount);
            return response.build();
        });
    }

    @Override
    public Uni<Organization> updateOrganization(UpdateOrganizationRequest request) {
        return calls.answer(
                request,
                caller -> message(organizations.update(
                        caller,
                        request.getRequestId(),
                        new OrganizationCommands.Update(
                                request.getOrganizationId(),
                                text(request.getEtag()),
                                request.hasName() ? request.getName() : null,
                                request.hasSlug() ? request.getSlug() : null,
                                request.hasMaxAllowedMemberships() ? request.getMaxAllowedMemberships() : null,
                                request.hasAdminDeleteEnabled() ? request.getAdminDeleteEnabled() : null))));
    }

    @Override
    public Uni<Organization> updateOrganizationMetadata(UpdateOrganizationMetadataRequest request) {
        return calls.answer(
                request,
                caller -> message(organizations.mergeMetadata(
                        caller,
                        request.getRequestId(),
                        new OrganizationCommands.ChangeMetadata(
                                request.getOrganizationId(),
                                text(request.getEtag()),
                                Wire.metadata(
                                        "public_metadata", request.hasPublicMetadata(), request.getPublicMetadata()),
                                Wire.metadata(
                                        "private_metadata",
                                        request.hasPrivateMetadata(),
                                        request.getPrivateMetadata())))));
    }

    @Override
    public Uni<Organization> replaceOrganizationMetadata(ReplaceOrganizationMetadataRequest request) {
        return calls.answer(
                request,
                caller -> message(organizations.replaceMetadata(
                        caller,
                        request.getRequestId(),
                        new OrganizationCommands.ChangeMetadata(
                                request.getOrganizationId(),
                                text(request.getEtag()),
                                Wire.metadata(
                                        "public_metadata", request.hasPublicMetadata(), request.getPublicMetadata()),
                                Wire.metadata(
                                        "private_metadata",
                                        request.hasPrivateMetadata(),
                                        request.getPrivateMetadata())))));
    }

    @Override
    public Uni<DeletedResource> deleteOrganization(DeleteOrganizationRequest request) {
        return calls.answer(request, caller -> {
            OrganizationCommands.Deleted deleted = organizations.delete(
                    caller,
                    request.getRequestId(),
                    new OrganizationCommands.Delete(request.getOrganizationId(), text(request.getEtag())));
            return DeletedResource.newBuilder()
                    .setObject("organization")
                    .setId(deleted.id())
                    .setSlug(deleted.slug())
                    .build();
        });
    }

    static Organization message(OrganizationView view) {
        Organization.Builder message = Organization.newBuilder()
                .setId(view.id())
                .setName(view.name())
                .setSlug(view.slug())
                .setHasImage(view.hasImage())
                .setMembersCount(view.membersCount())
                .setPendingInvitationsCount(view.pendingInvitationsCount())
                .setMaxAllowedMemberships(view.maxAllowedMemberships())
                .setAdminDeleteEnabled(view.adminDeleteEnabled())
                .setPublicMetadata(Wire.struct(view.publicMetadata()))
                .setMissingMemberWithElevatedPermissions(view.missingMemberWithElevatedPermissions())
                .setCreatedAt(Wire.timestamp(view.createdAt()))
                .setUpdatedAt(Wire.timestamp(view.updatedAt()))
                .setEtag(view.etag());
        if (view.imageUrl() != null) {
            message.setImageUrl(view.imageUrl());
        }
        if (view.privateMetadata() != null) {
            message.setPrivateMetadata(Wire.struct(view.privateMetadata()));
        }
        if (view.createdBy() != null) {
            message.setCreatedBy(view.createdBy());
        }
        return message.build();
    }
}
