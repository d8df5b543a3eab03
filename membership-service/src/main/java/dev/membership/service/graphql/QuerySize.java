package dev.membership.service.graphql;

import dev.membership.domain.paging.PageRequest;
import graphql.execution.ExecutionContext;
import graphql.execution.ValuesResolver;
import graphql.introspection.Introspection;
import graphql.language.Field;
import graphql.language.FragmentSpread;
import graphql.language.InlineFragment;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.language.VariableReference;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLFieldsContainer;
import graphql.schema.GraphQLTypeUtil;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Finds out how much a query asks for. The framework's own walks through a document come by each fragment once, however often
 * it is used, and so take a fragment that is used a thousand times for one. What {@code @skip} leaves out counts as well: the
 * framework's check of introspection follows fragments that double also where nothing is left of them.
 */
final class QuerySize {
    /** A batch of 1,000 memberships may be read with both metadata of theirs and of their organizations: 9 nodes each. */
    private static final int NODES_FOR_METADATA = 2;

    /** As many as a membership has together with its user and its organization, and some more. */
    private static final int FIELDS_OF_A_NODE = 50;

    private static final String FIRST = "first";
    private static final Set<String> SIZES = Set.of(FIRST, "last", "pageSize");
    private static final Set<String> ROWS_OF_A_PAGE = Set.of("nodes", "edges");

    private final ExecutionContext query;

    /** Each is looked at once: fragments that use the one before them twice double with each of them. */
    private final Map<String, Size> fragments = new HashMap<>();

    private boolean varies;

    private QuerySize(ExecutionContext query) {
        this.query = query;
    }

    /**
     * What a part of a query comes to.
     *
     * @param depth how many fields lie within each other at most
     * @param nodes rows of lists, times those of the lists around them
     * @param values fields outside of these lists; metadata counts as many
     */
    private record Size(long fields, long depth, long nodes, long values) {
        /** More than any limit, and no overflow. */
        private static final long ENOUGH = 1_000_000;

        private static final Size NOTHING = new Size(0, 0, 0, 0);

        Size {
            fields = Math.min(fields, ENOUGH);
            nodes = Math.min(nodes, ENOUGH);
            values = Math.min(values, ENOUGH);
        }

        Size plus(Size other) {
            return new Size(
                    fields + other.fields, Math.max(depth, other.depth), nodes + other.nodes, values + other.values);
        }

        /** That of a field of which this is what lies below it. */
        Size within(long own) {
            return new Size(fields + 1, depth + 1, nodes, values + own);
        }

        Size times(long rows) {
            return new Size(fields, depth, rows * (1 + allNodes()), 0);
        }

        long allNodes() {
            return nodes + values / FIELDS_OF_A_NODE;
        }
    }

    /**
     * What an operation comes to.
     *
     * @param varies whether its variables have a say in it
     */
    record Total(long fields, long depth, long nodes, boolean varies) {}

    static Total of(ExecutionContext query) {
        QuerySize walk = new QuerySize(query);
        var operation = query.getOperationDefinition();
        var root = switch (operation.getOperation()) {
            case QUERY -> query.getGraphQLSchema().getQueryType();
            case MUTATION -> query.getGraphQLSchema().getMutationType();
            case SUBSCRIPTION -> query.getGraphQLSchema().getSubscriptionType();
        };
        Size size = walk.of(operation.getSelectionSet(), root);
        return new Total(size.fields, size.depth, size.allNodes(), walk.varies);
    }

    private Size of(SelectionSet selections, GraphQLFieldsContainer type) {
        Size sum = Size.NOTHING;
        for (Selection<?> selection : selections.getSelections()) {
            sum = sum.plus(of(selection, type));
        }
        return sum;
    }

    /** A fragment is of the type that it stands in: the schema has no other types that could be meant. */
    private Size of(Selection<?> selection, GraphQLFieldsContainer type) {
        return switch (selection) {
            case InlineFragment inline -> of(inline.getSelectionSet(), type);
            case FragmentSpread spread -> {
                Size size = fragments.get(spread.getName());
                if (size == null) {
                    size = of(query.getFragment(spread.getName()).getSelectionSet(), type);
                    fragments.put(spread.getName(), size);
                }
                yield size;
            }
            case Field field ->
                of(field, Introspection.getFieldDefinition(query.getGraphQLSchema(), type, field.getName()));
            default -> throw new IllegalStateException(selection.toString());
        };
    }

    private Size of(Field field, GraphQLFieldDefinition definition) {
        if (!(GraphQLTypeUtil.unwrapAll(definition.getType()) instanceof GraphQLFieldsContainer type)) {
            return Size.NOTHING.within(values(definition));
        }
        Size below = of(field.getSelectionSet(), type);
        if (Introspection.isIntrospectionTypes(type)) {
            // The framework bounds it by itself, and lets it be as deep as tools need it.
            return new Size(below.fields + 1, 1, 0, 0);
        }
        Size size = below.within(1);
        long rows = rows(field, definition);
        return rows == 0 ? size : size.times(rows);
    }

    private static int values(GraphQLFieldDefinition leaf) {
        if (StrictScalars.isMetadata(GraphQLTypeUtil.unwrapAll(leaf.getType()))) {
            return NODES_FOR_METADATA * FIELDS_OF_A_NODE;
        }
        return isList(leaf) ? PageRequest.DEFAULT_SIZE : 1;
    }

    private static boolean isList(GraphQLFieldDefinition field) {
        return GraphQLTypeUtil.isList(GraphQLTypeUtil.unwrapNonNull(field.getType()));
    }

    /** 0: not a list. One that is asked for by keys has as many rows as there are keys. */
    private long rows(Field field, GraphQLFieldDefinition definition) {
        boolean isPage = definition.getArgument(FIRST) != null;
        if (!isPage && (!isList(definition) || ROWS_OF_A_PAGE.contains(field.getName()))) {
            return 0;
        }
        varies |= field.getArguments().stream()
                .anyMatch(argument -> argument.getValue() instanceof VariableReference
                        && (!isPage || SIZES.contains(argument.getName())));
        Map<String, Object> arguments = ValuesResolver.getArgumentValues(
                query.getGraphQLSchema().getCodeRegistry(),
                definition.getArguments(),
                field.getArguments(),
                query.getCoercedVariables(),
                query.getGraphQLContext(),
                query.getLocale());
        return (isPage ? SIZES.stream().map(arguments::get) : arguments.values().stream())
                .filter(Objects::nonNull)
                .mapToInt(QuerySize::number)
                .max()
                .orElse(PageRequest.DEFAULT_SIZE);
    }

    /** Variables are not numbers yet, and may become one: what is none here is taken for the largest size. */
    private static int number(Object size) {
        return switch (size) {
            case Collection<?> keys -> keys.size();
            case Number number -> Math.clamp(number.longValue(), 1, PageRequest.MAX_SIZE);
            default -> PageRequest.MAX_SIZE;
        };
    }
}
