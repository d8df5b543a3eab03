package dev.membership.service.graphql;

import dev.membership.service.graphql.PlainFields.PlainField;
import graphql.execution.AsyncExecutionStrategy;
import graphql.execution.ExecutionContext;
import graphql.execution.ExecutionStrategyParameters;
import graphql.execution.FieldValueInfo;
import graphql.execution.FieldValueInfo.CompleteValueType;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLScalarType;
import graphql.schema.GraphQLTypeUtil;
import io.smallrye.graphql.execution.error.ExceptionHandler;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Answers the fields that are a getter's text, number, truth or word at once: graphql-java makes a dozen objects for each of
 * them, of which none is needed here, and a page of 50 members has about a thousand such fields. All others go its way; so
 * does what fails, and what is null and must not be, so that errors are graphql-java's own.
 */
final class PlainFieldExecution extends AsyncExecutionStrategy {
    private final Map<GraphQLFieldDefinition, Optional<Leaf>> leaves = new ConcurrentHashMap<>();

    PlainFieldExecution() {
        super(new ExceptionHandler());
    }

    @Override
    protected Object resolveFieldWithInfo(ExecutionContext query, ExecutionStrategyParameters parameters) {
        GraphQLObjectType owner =
                (GraphQLObjectType) parameters.getExecutionStepInfo().getUnwrappedNonNullType();
        GraphQLFieldDefinition field =
                owner.getFieldDefinition(parameters.getField().getName());
        Leaf leaf = field == null
                ? null
                : leaves.computeIfAbsent(field, known -> Leaf.of(query, owner, known))
                        .orElse(null);
        if (leaf == null) {
            return super.resolveFieldWithInfo(query, parameters);
        }
        Object value;
        try {
            value = leaf.value(query, parameters.getSource());
        } catch (Exception toBeReported) {
            return super.resolveFieldWithInfo(query, parameters);
        }
        if (value == null && leaf.required()) {
            return super.resolveFieldWithInfo(query, parameters);
        }
        // It counts the fields of each level, to know when nested lists can be read together.
        query.getDataLoaderDispatcherStrategy().fieldFetched(query, parameters, leaf.fetcher(), value);
        return new FieldValueInfo(value == null ? CompleteValueType.NULL : CompleteValueType.SCALAR, value);
    }

    /** How a plain field is read from its node, and written. */
    private record Leaf(PlainField fetcher, Form form, boolean required) {
        /** Both kinds of types that have no fields. */
        private interface Form {
            @Nullable Object written(Object value, ExecutionContext query);
        }

        static Optional<Leaf> of(ExecutionContext query, GraphQLObjectType owner, GraphQLFieldDefinition field) {
            if (!(query.getGraphQLSchema().getCodeRegistry().getDataFetcher(owner, field)
                    instanceof PlainField fetcher)) {
                return Optional.empty();
            }
            Form form = switch (GraphQLTypeUtil.unwrapNonNull(field.getType())) {
                case GraphQLScalarType scalar ->
                    (value, by) -> scalar.getCoercing().serialize(value, by.getGraphQLContext(), by.getLocale());
                case GraphQLEnumType words ->
                    (value, by) -> words.serialize(value, by.getGraphQLContext(), by.getLocale());
                default -> null;
            };
            return form == null
                    ? Optional.empty()
                    : Optional.of(new Leaf(fetcher, form, GraphQLTypeUtil.isNonNull(field.getType())));
        }

        @Nullable Object value(ExecutionContext query, Object node) throws Exception {
            Object value = fetcher.value(node);
            return value == null ? null : form.written(value, query);
        }
    }
}
