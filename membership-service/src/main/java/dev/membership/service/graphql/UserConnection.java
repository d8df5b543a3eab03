package dev.membership.service.graphql;

import dev.membership.domain.paging.Page;
import dev.membership.domain.user.UserView;
import org.eclipse.microprofile.graphql.Description;

/** A page of users. */
@Description("A page of users.")
public final class UserConnection extends Connection<UserNode, UserConnection.UserEdge> {
    UserConnection(Page<UserView> page) {
        super(page.map(UserNode::new), UserEdge::new);
    }

    /** A row and its place. */
    public static final class UserEdge extends Edge<UserNode> {
        UserEdge(Page.Entry<UserNode> entry) {
            super(entry);
        }
    }
}
