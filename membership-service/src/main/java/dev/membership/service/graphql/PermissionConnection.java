package dev.membership.service.graphql;

import dev.membership.domain.paging.Page;
import dev.membership.domain.role.PermissionView;
import org.eclipse.microprofile.graphql.Description;

/** A page of permissions. */
@Description("A page of permissions.")
public final class PermissionConnection extends Connection<PermissionNode, PermissionConnection.PermissionEdge> {
    PermissionConnection(Page<PermissionView> page) {
        super(page.map(PermissionNode::new), PermissionEdge::new);
    }

    /** A row and its place. */
    public static final class PermissionEdge extends Edge<PermissionNode> {
        PermissionEdge(Page.Entry<PermissionNode> entry) {
            super(entry);
        }
    }
}
