package dev.membership.service.graphql;

import dev.membership.domain.organization.OrganizationView;
import dev.membership.domain.paging.Page;
import java.util.List;
import org.eclipse.microprofile.graphql.Description;
import org.eclipse.microprofile.graphql.NonNull;
import org.jspecify.annotations.Nullable;

/** A page of organizations. */
@Description("A page of organizations.")
public final class OrganizationConnection {
    private final Page<OrganizationView> page;

    OrganizationConnection(Page<OrganizationView> page) {
        this.page = page;
    }

    /** A row and its place. */
    public static final class OrganizationEdge {
        private final Page.Entry<OrganizationView> entry;

        OrganizationEdge(Page.Entry<OrganizationView> entry) {
            this.entry = entry;
        }

        @NonNull public String getCursor() {
            return entry.token();
        }

        @NonNull public OrganizationNode getNode() {
            return new OrganizationNode(entry.item());
        }
    }

    @NonNull public List<@NonNull OrganizationEdge> getEdges() {
        return page.entries().stream().map(OrganizationEdge::new).toList();
    }

    @NonNull public List<@NonNull OrganizationNode> getNodes() {
        return page.items().stream().map(OrganizationNode::new).toList();
    }

    @NonNull public PageInfo getPageInfo() {
        return new PageInfo(page);
    }

    @Description("How many there are in all; counted only when asked for.")
    public @Nullable Integer getTotalCount() {
        return page.counted().map(Math::toIntExact).orElse(null);
    }
}
