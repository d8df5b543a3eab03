package dev.membership.domain.paging;

import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One of the orders a list may be read in. Ties are always broken by id, in the same direction.
 *
 * @param name as callers write it, such as {@code created_at}
 * @param column SQL for the sort key; never null in the database
 */
public record Order(String name, String column, Type type, boolean descending) {
    /** What kind of value a sort key is, and so how a token writes it. */
    public enum Type {
        TEXT,
        TIME,
        NUMBER
    }

    public static Order ascending(String name, String column, Type type) {
        return new Order(name, column, type, false);
    }

    public Order reversed() {
        return new Order(name, column, type, !descending);
    }

    /** A list's orders by their names, as {@link #parse} tells them to callers. */
    public static Map<String, Order> named(Order... orders) {
        return Arrays.stream(orders)
                .collect(Collectors.toMap(Order::name, Function.identity(), (one, same) -> one, LinkedHashMap::new));
    }

    /**
     * Reads an order a caller asked for: a name, or {@code +name}, ascends, {@code -name} descends. Nothing: the latest
     * come first.
     *
     * @param known the list's orders, {@code created_at} among them
     * @throws Refusal {@code form_param_value_invalid} on {@code order_by}
     */
    public static Order parse(@Nullable String orderBy, Map<String, Order> known) {
        if (orderBy == null || orderBy.isBlank()) {
            return known.get("created_at").reversed();
        }
        String text = orderBy.strip();
        boolean descending = text.startsWith("-");
        String name = descending || text.startsWith("+") ? text.substring(1) : text;
        Order order = known.get(name);
        if (order == null) {
            throw Refusal.field(
                    ErrorCode.FORM_PARAM_VALUE_INVALID,
                    "order_by",
                    "order_by must be one of " + String.join(", ", known.keySet()) + ", with + or - before it.");
        }
        return descending ? order.reversed() : order;
    }
}
