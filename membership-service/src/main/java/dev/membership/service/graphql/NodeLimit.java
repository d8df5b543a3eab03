package dev.membership.service.graphql;

import dev.membership.domain.paging.PageRequest;
import graphql.analysis.FieldComplexityCalculator;
import graphql.analysis.FieldComplexityEnvironment;
import graphql.analysis.QueryComplexityCalculator;
import graphql.execution.AbortExecutionException;
import graphql.execution.ExecutionContext;
import graphql.language.Argument;
import graphql.language.VariableReference;
import graphql.schema.GraphQLTypeUtil;
import java.util.Collection;
import java.util.Objects;
import java.util.Set;

/**
 * How many nodes a query may ask for: the rows of each list, times those of the lists around it, whether there are so many or
 * not. Depth and fields alone do not bound an answer: lists lead to organizations and users, and these to lists.
 */
final class NodeLimit {
    /** Some 20 MB while an answer is made. A page of 500 may have lists of 19 below it. */
    static final int MOST_NODES = 10_000;

    private static final String FIRST = "first";
    private static final Set<String> SIZES = Set.of(FIRST, "last", "pageSize");

    private NodeLimit() {}

    /**
     * Refuses a query that asks for more.
     *
     * @return whether the query's variables have a say in it
     */
    static boolean require(ExecutionContext query) {
        Count count = new Count();
        int nodes = QueryComplexityCalculator.newCalculator()
                .fieldComplexityCalculator(count)
                .schema(query.getGraphQLSchema())
                .document(query.getDocument())
                .operationName(query.getExecutionInput().getOperationName())
                .variables(query.getCoercedVariables())
                .build()
                .calculate();
        if (nodes > MOST_NODES) {
            throw new AbortExecutionException("The query asks for more than " + MOST_NODES
                    + " nodes: the rows of its lists, times those of the lists around them. Ask for smaller pages.");
        }
        return count.varies;
    }

    private static final class Count implements FieldComplexityCalculator {
        private boolean varies;

        @Override
        public int calculate(FieldComplexityEnvironment field, int nodesBelow) {
            int rows = rows(field);
            // Enough to refuse it, and no overflow.
            return rows == 0 ? nodesBelow : (int) Math.min(MOST_NODES + 1L, rows * (1L + nodesBelow));
        }

        /** 0: not a list. One that is asked for by keys has as many rows as there are keys. */
        private int rows(FieldComplexityEnvironment field) {
            if (field.getFieldDefinition().getArgument(FIRST) == null) {
                varies |= field.getFieldDefinition().getArguments().stream()
                        .anyMatch(
                                argument -> GraphQLTypeUtil.isList(GraphQLTypeUtil.unwrapNonNull(argument.getType())));
                return field.getArguments().values().stream()
                        .mapToInt(value -> value instanceof Collection<?> keys ? keys.size() : 0)
                        .max()
                        .orElse(0);
            }
            varies |= field.getField().getArguments().stream()
                    .filter(argument -> SIZES.contains(argument.getName()))
                    .map(Argument::getValue)
                    .anyMatch(VariableReference.class::isInstance);
            return SIZES.stream()
                    .map(field.getArguments()::get)
                    .filter(Objects::nonNull)
                    .mapToInt(NodeLimit::size)
                    .max()
                    .orElse(PageRequest.DEFAULT_SIZE);
        }
    }

    /** Variables are not numbers yet, and may become one: what is none here is taken for the largest size. */
    private static int size(Object value) {
        return value instanceof Number number
                ? Math.clamp(number.longValue(), 1, PageRequest.MAX_SIZE)
                : PageRequest.MAX_SIZE;
    }
}
