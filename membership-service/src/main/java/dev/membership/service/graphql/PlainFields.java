package dev.membership.service.graphql;

import dev.membership.service.error.Failures;
import graphql.schema.DataFetchingEnvironment;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.LightDataFetcher;
import io.smallrye.graphql.execution.context.SmallRyeContextManager;
import io.smallrye.graphql.execution.datafetcher.PlugableDataFetcher;
import io.smallrye.graphql.execution.datafetcher.helper.FieldHelper;
import io.smallrye.graphql.schema.model.Field;
import io.smallrye.graphql.schema.model.Reference;
import io.smallrye.graphql.schema.model.Type;
import io.smallrye.graphql.spi.ClassloadingService;
import io.smallrye.graphql.spi.DataFetcherService;
import io.smallrye.graphql.transformation.AbstractDataFetcherException;
import jakarta.enterprise.inject.spi.CDI;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields that are getters of a node. The framework's own reader does the same, but for each field of each row
 * first builds a JSON array of all the fields that were asked for: half of what a page of members costs.
 */
public final class PlainFields implements DataFetcherService {
    @Override
    public Integer getPriority() {
        return 1;
    }

    @Override
    @SuppressWarnings("rawtypes") // as the framework declares it
    public PlugableDataFetcher getFieldDataFetcher(Field field, Type type, Reference owner) {
        return new PlainField(field, owner);
    }

    static final class PlainField implements PlugableDataFetcher<Object>, LightDataFetcher<Object> {
        private final Field field;
        private final Reference owner;
        private final Transformation transformation;
        private volatile @Nullable Method getter;

        PlainField(Field field, Reference owner) {
            this.field = field;
            this.owner = owner;
            this.transformation = new Transformation(field);
        }

        @Override
        public @Nullable Object get(DataFetchingEnvironment environment) throws Exception {
            return value(environment.getSource());
        }

        @Override
        public @Nullable Object get(
                GraphQLFieldDefinition definition, Object node, Supplier<DataFetchingEnvironment> environment)
                throws Exception {
            return value(node);
        }

        @Nullable Object value(Object node) throws Exception {
            try {
                return transformation.of(getter().invoke(node));
            } catch (InvocationTargetException failed) {
                throw new GraphQlRefusal(
                        CDI.current().select(Failures.class).get().refusal(failed.getCause()));
            } finally {
                // As the framework does after each field: a thread may go on with another query.
                SmallRyeContextManager.clearCurrentSmallRyeContext();
            }
        }

        private Method getter() throws NoSuchMethodException {
            Method known = getter;
            if (known == null) {
                known = ClassloadingService.get()
                        .loadClass(owner.getClassName())
                        .getMethod(field.getMethodName());
                getter = known;
            }
            return known;
        }
    }

    /** From a getter's value to what is written, such as from an instant to a text. */
    private static final class Transformation extends FieldHelper {
        private final boolean isNone;

        Transformation(Field field) {
            super(field);
            // The framework copies such a list all the same, into one whose class it looks up by name each time.
            isNone = field.hasWrapper()
                    && field.getWrapper().isCollection()
                    && field.getWrapper().getWrapper() == null
                    && !shouldTransform(field)
                    && !shouldAdapt(field);
        }

        @Nullable Object of(@Nullable Object value) throws AbstractDataFetcherException {
            // Only maps need the environment, and no node has one.
            return isNone ? value : transformOrAdaptResponse(value, null);
        }
    }
}
