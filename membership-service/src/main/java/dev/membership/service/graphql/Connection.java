package dev.membership.service.graphql;

import dev.membership.domain.paging.Page;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.function.Function;
import org.eclipse.microprofile.graphql.Description;
import org.eclipse.microprofile.graphql.NonNull;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list. Each resource has a subclass, and one of its edge, because the schema's types are named after them.
 *
 * @param <N> the resource's node
 * @param <E> the resource's edge
 */
// Of the schema's types SmallRye registers each class, but not what it inherits its fields from.
@RegisterForReflection
public abstract class Connection<N extends Node, E extends Connection.Edge<N>> {
    private final Page<N> page;
    private final Function<Page.Entry<N>, E> edge;

    Connection(Page<N> page, Function<Page.Entry<N>, E> edge) {
        this.page = page;
        this.edge = edge;
    }

    /**
     * A row and its place.
     *
     * @param <N> the resource's node
     */
    public abstract static class Edge<N extends Node> {
        private final Page.Entry<N> entry;

        Edge(Page.Entry<N> entry) {
            this.entry = entry;
        }

        @NonNull public String getCursor() {
            return entry.token();
        }

        @NonNull public N getNode() {
            return entry.item();
        }
    }

    @NonNull public List<@NonNull E> getEdges() {
        return page.entries().stream().map(edge).toList();
    }

    @NonNull public List<@NonNull N> getNodes() {
        return page.items();
    }

    @NonNull public PageInfo getPageInfo() {
        return new PageInfo(page);
    }

    @Description("How many there are in all; counted only when asked for.")
    public @Nullable Integer getTotalCount() {
        return page.counted().map(Math::toIntExact).orElse(null);
    }
}
