package dev.membership.service.graphql;

import dev.membership.domain.paging.Page;
import dev.membership.domain.role.RoleView;
import org.eclipse.microprofile.graphql.Description;

/** A page of roles. */
@Description("A page of roles.")
public final class RoleConnection extends Connection<RoleNode, RoleConnection.RoleEdge> {
    RoleConnection(Page<RoleView> page) {
        super(page.map(RoleNode::new), RoleEdge::new);
    }

    /** A row and its place. */
    public static final class RoleEdge extends Edge<RoleNode> {
        RoleEdge(Page.Entry<RoleNode> entry) {
            super(entry);
        }
    }
}
