package dev.membership.service.graphql;

import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.GraphQL;
import graphql.execution.instrumentation.Instrumentation;
import graphql.execution.instrumentation.InstrumentationContext;
import graphql.execution.instrumentation.InstrumentationState;
import graphql.execution.instrumentation.SimplePerformantInstrumentation;
import graphql.execution.instrumentation.parameters.InstrumentationCreateStateParameters;
import graphql.execution.instrumentation.parameters.InstrumentationExecuteOperationParameters;
import graphql.execution.instrumentation.parameters.InstrumentationExecutionParameters;
import graphql.execution.instrumentation.parameters.InstrumentationValidationParameters;
import graphql.validation.ValidationError;
import io.smallrye.graphql.spi.EventingService;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.dataloader.DataLoaderRegistry;
import org.jspecify.annotations.Nullable;

/**
 * What is done once for each query: a registry for the loaders of {@link GraphQlCalls#answerNested}, which the framework
 * gives only where its own batching is used; its {@link NodeLimit}; and {@link FrameworkErrors}.
 *
 * <p>The framework's own chain asks each of its parts at each field whether it wants to know of it. None does, and a page of
 * 50 members has about a thousand fields: so here they are not asked.
 */
public final class QueryHooks implements EventingService {
    /** No key: not to be switched off. */
    @Override
    public @Nullable String getConfigKey() {
        return null;
    }

    @Override
    public GraphQL.Builder beforeGraphQLBuild(GraphQL.Builder builder) {
        return builder.instrumentation(new PerQuery(builder.build().getInstrumentation()))
                .queryExecutionStrategy(new PlainFieldExecution());
    }

    private static final class PerQuery extends SimplePerformantInstrumentation {
        private final Instrumentation framework;

        private final NodeLimit limit = new NodeLimit();

        PerQuery(Instrumentation framework) {
            this.framework = framework;
        }

        @Override
        public CompletableFuture<InstrumentationState> createStateAsync(
                InstrumentationCreateStateParameters parameters) {
            return framework.createStateAsync(parameters);
        }

        @Override
        public ExecutionInput instrumentExecutionInput(
                ExecutionInput input, InstrumentationExecutionParameters parameters, InstrumentationState state) {
            return input.transform(changed -> changed.dataLoaderRegistry(new DataLoaderRegistry()));
        }

        @Override
        public InstrumentationContext<List<ValidationError>> beginValidation(
                InstrumentationValidationParameters parameters, InstrumentationState state) {
            return framework.beginValidation(parameters, state);
        }

        @Override
        public InstrumentationContext<ExecutionResult> beginExecuteOperation(
                InstrumentationExecuteOperationParameters parameters, InstrumentationState state) {
            return limit.enter(parameters.getExecutionContext());
        }

        @Override
        public CompletableFuture<ExecutionResult> instrumentExecutionResult(
                ExecutionResult result, InstrumentationExecutionParameters parameters, InstrumentationState state) {
            return CompletableFuture.completedFuture(FrameworkErrors.coded(result));
        }
    }
}
