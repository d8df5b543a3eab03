package dev.membership.service.graphql;

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

    private static final class PlainField implements PlugableDataFetcher<Object>, LightDataFetcher<Object> {
        private final Field field;
        private final Reference owner;
        private final FieldHelper helper;
        private volatile @Nullable Method getter;

        PlainField(Field field, Reference owner) {
            this.field = field;
            this.owner = owner;
            this.helper = new FieldHelper(field);
        }

        @Override
        public @Nullable Object get(DataFetchingEnvironment environment) throws Exception {
            return get(environment.getFieldDefinition(), environment.getSource(), () -> environment);
        }

        @Override
        public @Nullable Object get(
                GraphQLFieldDefinition definition, Object node, Supplier<DataFetchingEnvironment> environment)
                throws Exception {
            try {
                // Only maps need the environment, and no node has one.
                return helper.transformOrAdaptResponse(getter().invoke(node), null);
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
}
