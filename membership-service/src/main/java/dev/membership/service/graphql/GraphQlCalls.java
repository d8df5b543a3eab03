package dev.membership.service.graphql;

import dev.membership.domain.caller.Caller;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.service.error.Failures;
import dev.membership.service.error.Refusals;
import dev.membership.service.security.HttpAuthentication;
import graphql.execution.ExecutionStepInfo;
import graphql.schema.DataFetchingEnvironment;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.quarkus.virtual.threads.VirtualThreads;
import io.smallrye.graphql.execution.context.SmallRyeContextManager;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.dataloader.DataLoader;
import org.dataloader.DataLoaderFactory;
import org.dataloader.MappedBatchLoader;
import org.jspecify.annotations.Nullable;

/**
 * How every GraphQL field is answered that asks a use case: the caller is known, and failures are the catalogue's.
 *
 * <p>What waits for its use case runs on a virtual thread: each class of the API says so, by {@code @RunOnVirtualThread}. The
 * framework's other way is Vert.x's worker threads, which take the calls of an event loop one after another: one that waits for
 * a lock would hold up all behind it.
 */
@ApplicationScoped
class GraphQlCalls {
    private final CurrentVertxRequest request;
    private final Failures failures;
    private final ExecutorService virtualThreads;

    GraphQlCalls(CurrentVertxRequest request, Failures failures, @VirtualThreads ExecutorService virtualThreads) {
        this.request = request;
        this.failures = failures;
        this.virtualThreads = virtualThreads;
    }

    <T> T answer(Function<Caller, T> work) {
        Caller caller = caller();
        try {
            return work.apply(caller);
        } catch (RuntimeException failure) {
            throw refused(environment(), failure);
        }
    }

    private Caller caller() {
        RoutingContext current = request.getCurrent();
        if (current == null) {
            // The client has gone, and its request with it: nobody will read the answer, and nothing was refused.
            throw new GraphQlRefusal(new Refusal(ErrorCode.DEADLINE_EXCEEDED));
        }
        return HttpAuthentication.caller(current);
    }

    private GraphQlRefusal refused(DataFetchingEnvironment field, Throwable failure) {
        Refusal refusal = failures.refusal(failure);
        Refusals.count(Refusals.Door.GRAPHQL, operation(field), refusal.code());
        return new GraphQlRefusal(refusal);
    }

    /** That of the outermost field, by the schema's name for it: the query's may be an alias. */
    private static String operation(DataFetchingEnvironment field) {
        ExecutionStepInfo outermost = field.getExecutionStepInfo();
        while (outermost.getParent().hasParent()) {
            outermost = outermost.getParent();
        }
        String name = outermost.getFieldDefinition().getName();
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    /**
     * Answers a field by a use case that leaves its thread at once. It begins and ends on the event loop, where the request is
     * and the response will be: handing a field to another thread and back costs as much as reading a row.
     *
     * @param work calls one use case, which waits for the database only where the caller is a user
     */
    <T> CompletionStage<T> answerSoon(Function<Caller, CompletionStage<T>> work) {
        Caller caller = answer(known -> known);
        DataFetchingEnvironment field = environment();
        Context eventLoop = Vertx.currentContext();
        CompletionStage<T> answered = caller.isBackend()
                ? begin(work, caller)
                : CompletableFuture.supplyAsync(() -> begin(work, caller), virtualThreads)
                        .thenCompose(Function.identity());
        return answered.handleAsync(
                (answer, failure) -> {
                    if (failure != null) {
                        throw refused(field, failure);
                    }
                    return answer;
                },
                task -> eventLoop.runOnContext(ignored -> task.run()));
    }

    private static <T> CompletionStage<T> begin(Function<Caller, CompletionStage<T>> work, Caller caller) {
        try {
            return work.apply(caller);
        } catch (RuntimeException failure) {
            return CompletableFuture.failedStage(failure);
        }
    }

    /**
     * Answers a field that stands under each of several parents, by one read for all of them. What has another name in
     * the answer is read apart: the framework's own batching would give it the first one's arguments.
     *
     * @param read the answers for parents' keys; a parent that has none gets null
     */
    <V> CompletionStage<V> answerNested(String parentKey, BiFunction<Caller, Set<String>, Map<String, V>> read) {
        Caller caller = answer(known -> known);
        DataFetchingEnvironment environment = environment();
        MappedBatchLoader<String, V> batch = keys -> CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return read.apply(caller, keys);
                    } catch (RuntimeException failure) {
                        throw refused(environment, failure);
                    }
                },
                virtualThreads);
        DataLoader<String, V> loader = environment
                .getDataLoaderRegistry()
                .computeIfAbsent(
                        String.join(
                                "/",
                                environment.getExecutionStepInfo().getPath().getKeysOnly()),
                        name -> DataLoaderFactory.newMappedDataLoader(batch));
        return loader.load(parentKey);
    }

    /**
     * Asks that a resource is named by its id or by its other name.
     *
     * @param otherParam the other argument, in snake case
     * @throws Refusal {@code form_param_missing} for neither, {@code form_conditional_param_disallowed} for both
     */
    static void requireOne(@Nullable String id, String otherParam, @Nullable String other) {
        if (id == null && other == null) {
            throw Refusal.field(ErrorCode.FORM_PARAM_MISSING, "id", "Give id or " + otherParam + ".");
        }
        if (id != null && other != null) {
            throw Refusal.field(
                    ErrorCode.FORM_CONDITIONAL_PARAM_DISALLOWED,
                    otherParam,
                    "Give id or " + otherParam + ", not both.");
        }
    }

    /** Whether the query asks for a field below the present one. */
    boolean asksFor(String field) {
        return OperationFields.selection(environment()).contains(field);
    }

    private static DataFetchingEnvironment environment() {
        return SmallRyeContextManager.getCurrentSmallRyeContext().unwrap(DataFetchingEnvironment.class);
    }
}
