package dev.membership.service.graphql;

import graphql.Scalars;
import graphql.schema.DataFetchingEnvironment;
import graphql.schema.DataFetchingFieldSelectionSet;
import graphql.schema.DataFetchingFieldSelectionSetImpl;
import graphql.schema.DelegatingDataFetchingEnvironment;
import io.quarkus.smallrye.graphql.runtime.spi.datafetcher.QuarkusCompletionStageDataFetcher;
import io.quarkus.smallrye.graphql.runtime.spi.datafetcher.QuarkusDefaultDataFetcher;
import io.smallrye.graphql.execution.datafetcher.PlugableBatchableDataFetcher;
import io.smallrye.graphql.schema.model.Operation;
import io.smallrye.graphql.schema.model.Type;
import io.smallrye.graphql.spi.DataFetcherService;

/**
 * Has the framework call use cases as ever, but without telling it what is selected below their fields: it would write all
 * of that down as JSON twice for each call, for methods that ask for it. Ours ask {@link #selection} instead.
 */
public final class OperationFields implements DataFetcherService {
    /** Before the framework's own, which has 1. */
    @Override
    public Integer getPriority() {
        return 0;
    }

    @Override
    @SuppressWarnings("rawtypes") // as the framework declares it
    public PlugableBatchableDataFetcher getCompletionStageDataFetcher(Operation operation, Type type) {
        return new QuarkusCompletionStageDataFetcher<Object, Object>(operation, type) {
            @Override
            public Object get(DataFetchingEnvironment environment) throws Exception {
                return super.get(new WithoutSelection(environment));
            }
        };
    }

    @Override
    @SuppressWarnings("rawtypes") // as the framework declares it
    public PlugableBatchableDataFetcher getDefaultDataFetcher(Operation operation, Type type) {
        return new QuarkusDefaultDataFetcher<Object, Object>(operation, type) {
            @Override
            public Object get(DataFetchingEnvironment environment) throws Exception {
                return super.get(new WithoutSelection(environment));
            }
        };
    }

    /** What the query asks for below a field that is being answered. */
    static DataFetchingFieldSelectionSet selection(DataFetchingEnvironment environment) {
        return environment instanceof WithoutSelection known ? known.withheld() : environment.getSelectionSet();
    }

    private static final class WithoutSelection extends DelegatingDataFetchingEnvironment {
        /** That of a scalar: nothing. */
        private static final DataFetchingFieldSelectionSet NOTHING =
                DataFetchingFieldSelectionSetImpl.newCollector(null, Scalars.GraphQLString, () -> null);

        WithoutSelection(DataFetchingEnvironment environment) {
            super(environment);
        }

        @Override
        public DataFetchingFieldSelectionSet getSelectionSet() {
            return NOTHING;
        }

        DataFetchingFieldSelectionSet withheld() {
            return delegateEnvironment.getSelectionSet();
        }
    }
}
