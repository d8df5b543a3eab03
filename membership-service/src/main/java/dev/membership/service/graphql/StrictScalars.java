package dev.membership.service.graphql;

import com.fasterxml.jackson.core.StreamReadConstraints;
import graphql.GraphQLContext;
import graphql.Scalars;
import graphql.execution.CoercedVariables;
import graphql.language.ArrayValue;
import graphql.language.EnumValue;
import graphql.language.NullValue;
import graphql.language.ObjectValue;
import graphql.language.Value;
import graphql.scalars.ExtendedScalars;
import graphql.schema.Coercing;
import graphql.schema.CoercingParseLiteralException;
import graphql.schema.CoercingParseValueException;
import graphql.schema.GraphQLScalarType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLSchemaElement;
import graphql.schema.GraphQLType;
import graphql.schema.GraphQLTypeVisitorStub;
import graphql.schema.SchemaTransformer;
import graphql.util.TraversalControl;
import graphql.util.TraverserContext;
import io.smallrye.graphql.spi.EventingService;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Has metadata be any JSON object and nothing else, and an Int any whole number of its size and nothing else, wherever in a
 * request they stand. The framework's scalar of metadata fails where an array in a document holds null, takes a word without
 * quotation marks for a text, and lets pass what is no object; that of numbers lets pass each number in a variable, on which
 * the call then fails.
 */
public final class StrictScalars implements EventingService {
    /** No key: not to be switched off. */
    @Override
    public @Nullable String getConfigKey() {
        return null;
    }

    @Override
    public GraphQLSchema.Builder beforeSchemaBuild(GraphQLSchema.Builder builder) {
        return GraphQLSchema.newSchema(SchemaTransformer.transformSchema(builder.build(), new Replacement()));
    }

    static boolean isMetadata(GraphQLType type) {
        return type instanceof GraphQLScalarType scalar && scalar.getName().equals(ExtendedScalars.Object.getName());
    }

    private static final class Replacement extends GraphQLTypeVisitorStub {
        @Override
        public TraversalControl visitGraphQLScalarType(
                GraphQLScalarType scalar, TraverserContext<GraphQLSchemaElement> context) {
            if (isMetadata(scalar)) {
                return changeNode(context, scalar.transform(changed -> changed.coercing(new ObjectsOnly())));
            }
            return scalar.getName().equals(Scalars.GraphQLInt.getName())
                    ? changeNode(context, scalar.transform(changed -> changed.coercing(new WholeNumbers())))
                    : TraversalControl.CONTINUE;
        }
    }

    private static final class WholeNumbers implements Coercing<Integer, Integer> {
        private static final Coercing<?, ?> GIVEN = Scalars.GraphQLInt.getCoercing();
        /** As many digits as a number of a body may have, so that what is written without an exponent is judged by its value. */
        private static final int MOST_PLACES = StreamReadConstraints.DEFAULT_MAX_NUM_LEN;

        @Override
        public @Nullable Integer serialize(Object value, GraphQLContext context, Locale locale) {
            return (Integer) GIVEN.serialize(value, context, locale);
        }

        /** A few characters can name a number that takes minutes to be written out, which the library does to find it too large. */
        @Override
        public @Nullable Integer parseValue(Object value, GraphQLContext context, Locale locale) {
            if (value instanceof BigDecimal number && Math.abs((long) number.scale()) > MOST_PLACES) {
                throw new CoercingParseValueException("It must be a whole number of 32 bits.");
            }
            return (Integer) GIVEN.parseValue(value, context, locale);
        }

        @Override
        public @Nullable Integer parseLiteral(
                Value<?> value, CoercedVariables variables, GraphQLContext context, Locale locale) {
            return (Integer) GIVEN.parseLiteral(value, variables, context, locale);
        }

        @Override
        public Value<?> valueToLiteral(Object value, GraphQLContext context, Locale locale) {
            return GIVEN.valueToLiteral(value, context, locale);
        }
    }

    private static final class ObjectsOnly implements Coercing<Object, Object> {
        private static final Coercing<?, ?> FRAMEWORK = ExtendedScalars.Object.getCoercing();

        @Override
        public @Nullable Object serialize(Object value, GraphQLContext context, Locale locale) {
            return FRAMEWORK.serialize(value, context, locale);
        }

        @Override
        public Object parseValue(Object value, GraphQLContext context, Locale locale) {
            if (value instanceof Map) {
                return value;
            }
            throw new CoercingParseValueException("It must be an object.");
        }

        @Override
        public Object parseLiteral(Value<?> value, CoercedVariables variables, GraphQLContext context, Locale locale) {
            if (value instanceof ObjectValue object) {
                return fields(object, element -> FRAMEWORK.parseLiteral(element, variables, context, locale));
            }
            throw new CoercingParseLiteralException("It must be an object.");
        }

        private static Map<String, @Nullable Object> fields(
                ObjectValue object, Function<Value<?>, @Nullable Object> scalar) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            object.getObjectFields().forEach(field -> fields.put(field.getName(), plain(field.getValue(), scalar)));
            return fields;
        }

        private static @Nullable Object plain(Value<?> value, Function<Value<?>, @Nullable Object> scalar) {
            return switch (value) {
                case NullValue nothing -> null;
                case ObjectValue object -> fields(object, scalar);
                case ArrayValue array ->
                    array.getValues().stream()
                            .<@Nullable Object>map(element -> plain(element, scalar))
                            .toList();
                case EnumValue word -> throw new CoercingParseLiteralException(word.getName() + " is not JSON.");
                default -> scalar.apply(value);
            };
        }
    }
}
