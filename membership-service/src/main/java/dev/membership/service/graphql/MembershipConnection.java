package dev.membership.service.graphql;

import dev.membership.domain.membership.MembershipView;
import dev.membership.domain.paging.Page;
import org.eclipse.microprofile.graphql.Description;

/** A page of memberships. */
@Description("A page of memberships.")
public final class MembershipConnection extends Connection<MembershipNode, MembershipConnection.MembershipEdge> {
    MembershipConnection(Page<MembershipView> page) {
        super(page.map(MembershipNode::new), MembershipEdge::new);
    }

    /** A row and its place. */
    public static final class MembershipEdge extends Edge<MembershipNode> {
        MembershipEdge(Page.Entry<MembershipNode> entry) {
            super(entry);
        }
    }
}
