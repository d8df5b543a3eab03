package dev.membership.service.graphql;

import dev.membership.domain.instance.OrganizationSettingsView;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.graphql.Description;
import org.eclipse.microprofile.graphql.Name;
import org.eclipse.microprofile.graphql.NonNull;

/** GraphQL's view of an {@link OrganizationSettingsView}. */
@Name("OrganizationSettings")
@Description("The instance's settings for organizations.")
public final class OrganizationSettingsNode {
    private final OrganizationSettingsView view;

    OrganizationSettingsNode(OrganizationSettingsView view) {
        this.view = view;
    }

    @NonNull @Description("Whether organizations can be created.")
    public boolean isEnabled() {
        return view.enabled();
    }

    @NonNull @Description("Copied to organizations at their creation; 0: no limit.")
    public int getMaxAllowedMemberships() {
        return view.maxAllowedMemberships();
    }

    @NonNull @Description("Custom roles of the instance.")
    public int getMaxAllowedRoles() {
        return view.maxAllowedRoles();
    }

    @NonNull @Description("Domains of an organization.")
    public int getMaxAllowedDomains() {
        return view.maxAllowedDomains();
    }

    @NonNull @Description("Key of the role that an organization's creator gets.")
    public String getCreatorRole() {
        return view.creatorRole();
    }

    @NonNull @Description("Copied to organizations at their creation.")
    public boolean isAdminDeleteEnabled() {
        return view.adminDeleteEnabled();
    }

    @NonNull @Description("Whether a slug that is sent is refused; one is always derived.")
    public boolean isSlugDisabled() {
        return view.slugDisabled();
    }

    @NonNull public boolean isDomainsEnabled() {
        return view.domainsEnabled();
    }

    @NonNull public List<@NonNull String> getDomainsEnrollmentModes() {
        return view.domainsEnrollmentModes();
    }

    @NonNull @Description("Key of the role that members get who join by their domain.")
    public String getDomainsDefaultRole() {
        return view.domainsDefaultRole();
    }

    @NonNull public Instant getUpdatedAt() {
        return view.updatedAt();
    }

    @NonNull @Description("Names this state: send it with a change to have the change refused if another came first.")
    public String getEtag() {
        return view.etag();
    }
}
