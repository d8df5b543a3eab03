package dev.membership.service.graphql;

import graphql.GraphQLContext;
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
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Has metadata be any JSON object and nothing else, wherever in a request it stands. The framework's scalar fails where an
 * array in a document holds null, takes a word without quotation marks for a text, and lets pass what is no object.
 */
public final class MetadataScalar implements EventingService {
    /** No key: not to be switched off. */
    @Override
    public @Nullable String getConfigKey() {
        return null;
    }

    @Override
    public GraphQLSchema.Builder beforeSchemaBuild(GraphQLSchema.Builder builder) {
        return GraphQLSchema.newSchema(SchemaTransformer.transformSchema(builder.build(), new Replacement()));
    }

    static boolean is(GraphQLType type) {
        return type instanceof GraphQLScalarType scalar && scalar.getName().equals(ExtendedScalars.Object.getName());
    }

    private static final class Replacement extends GraphQLTypeVisitorStub {
        @Override
        public TraversalControl visitGraphQLScalarType(
                GraphQLScalarType scalar, TraverserContext<GraphQLSchemaElement> context) {
            return is(scalar)
                    ? changeNode(context, scalar.transform(changed -> changed.coercing(new ObjectsOnly())))
                    : TraversalControl.CONTINUE;
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
