package dev.membership.service.graphql;

import dev.membership.domain.membership.MembershipView;
import dev.membership.domain.paging.Page;
import java.util.List;
import org.eclipse.microprofile.graphql.Description;
import org.eclipse.microprofile.graphql.NonNull;
import org.jspecify.annotations.Nullable;

/** A page of memberships. */
@Description("A page of memberships.")
public final class MembershipConnection {
    private final Page<MembershipView> page;

    MembershipConnection(Page<MembershipView> page) {
        this.page = page;
    }

    /** A row and its place. */
    public static final class MembershipEdge {
        private final Page.Entry<MembershipView> entry;

        MembershipEdge(Page.Entry<MembershipView> entry) {
            this.entry = entry;
        }

        @NonNull public String getCursor() {
            return entry.token();
        }

        @NonNull public MembershipNode getNode() {
            return new MembershipNode(entry.item());
        }
    }

    @NonNull public List<@NonNull MembershipEdge> getEdges() {
        return page.entries().stream().map(MembershipEdge::new).toList();
    }

    @NonNull public List<@NonNull MembershipNode> getNodes() {
        return page.items().stream().map(MembershipNode::new).toList();
    }

    @NonNull public PageInfo getPageInfo() {
        return new PageInfo(page);
    }

    @Description("How many there are in all; counted only when asked for.")
    public @Nullable Integer getTotalCount() {
        return page.counted().map(Math::toIntExact).orElse(null);
    }
}
