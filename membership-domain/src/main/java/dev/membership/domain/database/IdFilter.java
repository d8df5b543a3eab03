package dev.membership.domain.database;

import dev.membership.domain.input.Input;
import java.util.ArrayList;
import java.util.List;

/** Ids to include ({@code id} or {@code +id}) and to exclude ({@code -id}), as Clerk's list filters write them. */
public record IdFilter(List<String> included, List<String> excluded) {
    /** @param param name of the field, to refuse more than 100 values */
    public static IdFilter parse(String param, List<String> values) {
        List<String> included = new ArrayList<>();
        List<String> excluded = new ArrayList<>();
        for (String value : Input.filterValues(param, values)) {
            if (value.startsWith("-")) {
                excluded.add(Input.reference(param, value.substring(1)));
            } else {
                included.add(value.startsWith("+") ? Input.reference(param, value.substring(1)) : value);
            }
        }
        return new IdFilter(List.copyOf(included), List.copyOf(excluded));
    }

    /** Conditions on a column, each with " AND " before it. A row that has no id there is not among the excluded ones. */
    public Sql on(String column) {
        return Sql.of("")
                .add(included.isEmpty() ? Sql.of("") : Sql.of(" AND " + column + " = ANY (?)", included))
                .add(
                        excluded.isEmpty()
                                ? Sql.of("")
                                : Sql.of(" AND (" + column + " <> ALL (?)) IS NOT FALSE", excluded));
    }
}
