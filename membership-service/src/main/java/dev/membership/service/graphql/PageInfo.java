package dev.membership.service.graphql;

import dev.membership.domain.paging.Page;
import org.eclipse.microprofile.graphql.Description;
import org.eclipse.microprofile.graphql.NonNull;
import org.jspecify.annotations.Nullable;

/** A page's place in its list. */
@Description("A page's place in its list.")
public final class PageInfo {
    private final Page<?> page;

    PageInfo(Page<?> page) {
        this.page = page;
    }

    @NonNull public boolean isHasNextPage() {
        return page.hasNext();
    }

    @NonNull public boolean isHasPreviousPage() {
        return page.hasPrevious();
    }

    @Description("Cursor of the first row; null where there is none.")
    public @Nullable String getStartCursor() {
        return page.entries().isEmpty() ? null : page.entries().getFirst().token();
    }

    @Description("Cursor of the last row, for `after`; null where there is none.")
    public @Nullable String getEndCursor() {
        return page.entries().isEmpty() ? null : page.entries().getLast().token();
    }
}
