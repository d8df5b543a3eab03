package dev.membership.service.graphql;

import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.paging.PageRequest;
import org.jspecify.annotations.Nullable;

/**
 * A list field's page arguments: cursors ({@code first/after}, or {@code last/before} to read backwards), or numbered pages
 * ({@code initialPage/pageSize}), one of the two at a time.
 */
record PageArguments(
        @Nullable Integer first,
        @Nullable String after,
        @Nullable Integer last,
        @Nullable String before,
        @Nullable Integer initialPage,
        @Nullable Integer pageSize) {

    /** @param total whether the list is to be counted */
    PageRequest request(boolean total) {
        boolean forward = first != null || after != null;
        boolean backward = last != null || before != null;
        boolean numbered = initialPage != null || pageSize != null;
        if ((forward && backward) || (numbered && (forward || backward))) {
            throw Refusal.field(
                    ErrorCode.FORM_CONDITIONAL_PARAM_DISALLOWED,
                    forward && backward ? "last" : "initial_page",
                    "Use first and after, or last and before, or initialPage and pageSize.");
        }
        if (backward) {
            return PageRequest.backward("last", positive("last", last), before, total);
        }
        if (numbered) {
            int page = initialPage == null ? 1 : positive("initial_page", initialPage);
            int size = pageSize == null ? PageRequest.DEFAULT_SIZE : positive("page_size", pageSize);
            long skip = (page - 1L) * size;
            if (skip > Integer.MAX_VALUE) {
                throw Refusal.field(
                        ErrorCode.FORM_PARAM_VALUE_INVALID, "initial_page", "There is no page of that number.");
            }
            return PageRequest.forward("page_size", size, "after", null, (int) skip, total);
        }
        return PageRequest.forward("first", positive("first", first), "after", after, 0, total);
    }

    /** The name of the token's argument. */
    String tokenParam() {
        return before != null ? "before" : "after";
    }

    private static @Nullable Integer positive(String param, @Nullable Integer value) {
        if (value != null && value < 1) {
            throw Refusal.field(ErrorCode.FORM_PARAM_VALUE_INVALID, param, param + " must be 1 or more.");
        }
        return value;
    }
}
