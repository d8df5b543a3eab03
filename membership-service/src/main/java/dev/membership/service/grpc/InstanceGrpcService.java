package dev.membership.service.grpc;

import static dev.membership.service.grpc.Wire.text;

import dev.membership.domain.instance.InstanceCommands;
import dev.membership.domain.instance.OrganizationSettingsView;
import dev.membership.domain.instance.Settings;
import dev.membership.v1.GetOrganizationSettingsRequest;
import dev.membership.v1.InstanceService;
import dev.membership.v1.OrganizationSettings;
import dev.membership.v1.UpdateOrganizationSettingsRequest;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Uni;

/** {@code membership.v1.InstanceService}. */
@GrpcService
class InstanceGrpcService implements InstanceService {
    private final GrpcCalls calls;
    private final Settings settings;

    InstanceGrpcService(GrpcCalls calls, Settings settings) {
        this.calls = calls;
        this.settings = settings;
    }

    @Override
    public Uni<OrganizationSettings> getOrganizationSettings(GetOrganizationSettingsRequest request) {
        return calls.answer(request, caller -> message(settings.get(caller)));
    }

    @Override
    public Uni<OrganizationSettings> updateOrganizationSettings(UpdateOrganizationSettingsRequest request) {
        return calls.answer(
                request,
                caller -> message(settings.update(
                        caller,
                        request.getRequestId(),
                        new InstanceCommands.UpdateSettings(
                                text(request.getEtag()),
                                request.hasEnabled() ? request.getEnabled() : null,
                                request.hasMaxAllowedMemberships() ? request.getMaxAllowedMemberships() : null,
                                request.hasAdminDeleteEnabled() ? request.getAdminDeleteEnabled() : null,
                                request.hasSlugDisabled() ? request.getSlugDisabled() : null,
                                request.hasDomainsEnabled() ? request.getDomainsEnabled() : null,
                                request.hasDomainsEnrollmentModes()
                                        ? request.getDomainsEnrollmentModes().getModesList()
                                        : null,
                                request.hasCreatorRoleId() ? request.getCreatorRoleId() : null,
                                request.hasDomainsDefaultRoleId() ? request.getDomainsDefaultRoleId() : null))));
    }

    private static OrganizationSettings message(OrganizationSettingsView view) {
        return OrganizationSettings.newBuilder()
                .setEnabled(view.enabled())
                .setMaxAllowedMemberships(view.maxAllowedMemberships())
                .setMaxAllowedRoles(view.maxAllowedRoles())
                .setMaxAllowedDomains(view.maxAllowedDomains())
                .setCreatorRole(view.creatorRole())
                .setAdminDeleteEnabled(view.adminDeleteEnabled())
                .setSlugDisabled(view.slugDisabled())
                .setDomainsEnabled(view.domainsEnabled())
                .addAllDomainsEnrollmentModes(view.domainsEnrollmentModes())
                .setDomainsDefaultRole(view.domainsDefaultRole())
                .setUpdatedAt(Wire.timestamp(view.updatedAt()))
                .setEtag(view.etag())
                .build();
    }
}
