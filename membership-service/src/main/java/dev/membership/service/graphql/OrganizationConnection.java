package dev.membership.service.graphql;

import dev.membership.domain.organization.OrganizationView;
import dev.membership.domain.paging.Page;
import org.eclipse.microprofile.graphql.Description;

/** A page of organizations. */
@Description("A page of organizations.")
public final class OrganizationConnection
        extends Connection<OrganizationNode, OrganizationConnection.OrganizationEdge> {
    OrganizationConnection(Page<OrganizationView> page) {
        super(page.map(OrganizationNode::new), OrganizationEdge::new);
    }

    /** A row and its place. */
    public static final class OrganizationEdge extends Edge<OrganizationNode> {
        OrganizationEdge(Page.Entry<OrganizationNode> entry) {
            super(entry);
        }
    }
}
