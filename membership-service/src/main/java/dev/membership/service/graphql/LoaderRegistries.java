package dev.membership.service.graphql;

import graphql.ExecutionInput;
import graphql.GraphQL;
import graphql.execution.instrumentation.ChainedInstrumentation;
import graphql.execution.instrumentation.InstrumentationState;
import graphql.execution.instrumentation.SimplePerformantInstrumentation;
import graphql.execution.instrumentation.parameters.InstrumentationExecutionParameters;
import io.smallrye.graphql.spi.EventingService;
import org.dataloader.DataLoaderRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Gives each query a registry for the loaders of {@link GraphQlCalls#answerNested}. The framework does so only where its own
 * batching is used.
 */
public class LoaderRegistries implements EventingService {
    /** No key: not to be switched off. */
    @Override
    public @Nullable String getConfigKey() {
        return null;
    }

    @Override
    public GraphQL.Builder beforeGraphQLBuild(GraphQL.Builder builder) {
        return builder.instrumentation(
                new ChainedInstrumentation(builder.build().getInstrumentation(), new PerQuery()));
    }

    private static final class PerQuery extends SimplePerformantInstrumentation {
        @Override
        public ExecutionInput instrumentExecutionInput(
                ExecutionInput input, InstrumentationExecutionParameters parameters, InstrumentationState state) {
            return input.transform(changed -> changed.dataLoaderRegistry(new DataLoaderRegistry()));
        }
    }
}
