package dev.membership.service.graphql;

import graphql.language.Document;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.FragmentSpread;
import graphql.language.InlineFragment;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.language.SelectionSetContainer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts the fields and fragments of a document, those of a fragment each time that it is used. {@link QuerySize} does so for
 * what an operation asks for; this comes before the framework's validation, which follows fragments as often as they are used,
 * also those that no operation uses.
 */
final class Selections {
    /** More than any limit, and no overflow. */
    private static final long ENOUGH = 1_000_000;

    private final Map<String, FragmentDefinition> fragments = new HashMap<>();
    private final Map<String, Long> sizes = new HashMap<>();

    private Selections(List<FragmentDefinition> fragments) {
        fragments.forEach(fragment -> this.fragments.put(fragment.getName(), fragment));
    }

    static long of(Document document) {
        var selections = new Selections(document.getDefinitionsOfType(FragmentDefinition.class));
        long sum = 0;
        for (var definition : document.getDefinitions()) {
            if (definition instanceof SelectionSetContainer<?> container) {
                sum += selections.of(container.getSelectionSet());
            }
        }
        return sum;
    }

    private long of(@Nullable SelectionSet selections) {
        long sum = 0;
        if (selections != null) {
            for (Selection<?> selection : selections.getSelections()) {
                sum += 1 + within(selection);
            }
        }
        return Math.min(sum, ENOUGH);
    }

    private long within(Selection<?> selection) {
        return switch (selection) {
            case Field field -> of(field.getSelectionSet());
            case InlineFragment inline -> of(inline.getSelectionSet());
            case FragmentSpread spread -> ofFragment(spread.getName());
            default -> throw new IllegalStateException(selection.toString());
        };
    }

    /** One that is not there, or uses itself, is for validation to refuse. */
    private long ofFragment(String name) {
        Long known = sizes.get(name);
        FragmentDefinition fragment = fragments.get(name);
        if (known != null || fragment == null) {
            return known == null ? 0 : known;
        }
        sizes.put(name, 0L);
        long size = of(fragment.getSelectionSet());
        sizes.put(name, size);
        return size;
    }
}
