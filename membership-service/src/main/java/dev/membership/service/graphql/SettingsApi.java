package dev.membership.service.graphql;

import dev.membership.domain.instance.InstanceCommands;
import dev.membership.domain.instance.Settings;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.eclipse.microprofile.graphql.Description;
import org.eclipse.microprofile.graphql.GraphQLApi;
import org.eclipse.microprofile.graphql.Id;
import org.eclipse.microprofile.graphql.Mutation;
import org.eclipse.microprofile.graphql.NonNull;
import org.eclipse.microprofile.graphql.Query;
import org.jspecify.annotations.Nullable;

/** The instance's settings over GraphQL. */
@GraphQLApi
@RunOnVirtualThread
@ApplicationScoped
public class SettingsApi {
    private final GraphQlCalls calls;
    private final Settings settings;

    SettingsApi(GraphQlCalls calls, Settings settings) {
        this.calls = calls;
        this.settings = settings;
    }

    @Query("getOrganizationSettings")
    @NonNull @Description("The instance's settings for organizations.")
    public OrganizationSettingsNode getOrganizationSettings() {
        return calls.answer(caller -> new OrganizationSettingsNode(settings.get(caller)));
    }

    @Mutation
    @NonNull @Description("Changes what is given.")
    public OrganizationSettingsNode updateOrganizationSettings(
            @Nullable Boolean enabled,
            @Nullable Integer maxAllowedMemberships,
            @Nullable Boolean adminDeleteEnabled,
            @Nullable Boolean slugDisabled,
            @Nullable Boolean domainsEnabled,
            @io.smallrye.graphql.api.Nullable @Nullable List<@NonNull String> domainsEnrollmentModes,
            @Id @Nullable String creatorRoleId,
            @Id @Nullable String domainsDefaultRoleId,
            @Nullable String etag,
            @Nullable String requestId) {
        return calls.answer(caller -> new OrganizationSettingsNode(settings.update(
                caller,
                requestId,
                new InstanceCommands.UpdateSettings(
                        etag,
                        enabled,
                        maxAllowedMemberships,
                        adminDeleteEnabled,
                        slugDisabled,
                        domainsEnabled,
                        domainsEnrollmentModes,
                        creatorRoleId,
                        domainsDefaultRoleId))));
    }
}
