package dev.membership.service.grpc;

import com.google.protobuf.Message;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.service.security.CallerAuthentication;
import io.grpc.Context;
import io.grpc.Deadline;
import io.quarkus.virtual.threads.VirtualThreads;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * How every gRPC method is answered: off the event loop, on a virtual thread, after the caller is known, and with every
 * failure in the catalogue's words. The methods themselves carry no threading annotation, because with those this version
 * of the framework loses calls.
 */
@ApplicationScoped
class GrpcCalls {
    private final CallerAuthentication authentication;
    private final GrpcErrors errors;
    private final ExecutorService virtualThreads;

    GrpcCalls(CallerAuthentication authentication, GrpcErrors errors, @VirtualThreads ExecutorService virtualThreads) {
        this.authentication = authentication;
        this.errors = errors;
        this.virtualThreads = virtualThreads;
    }

    /**
     * Answers a unary call.
     *
     * @param work decodes the request, calls one use case and encodes its answer
     */
    <T> Uni<T> answer(Message request, Function<Caller, T> work) {
        Context context = Context.current();
        return onVirtualThread(context, () -> {
                    Caller caller = caller(context);
                    UnknownFields.refuse(request);
                    return work.apply(caller);
                })
                .onFailure()
                .transform(failure -> errors.refused(operation(request), failure));
    }

    /**
     * Answers a unary call by a use case that leaves its thread at once. A caller who is known already is answered without
     * another thread: handing a call over costs as much as reading a row.
     *
     * @param work decodes the request and calls one use case; waits for the database only where the caller is a user
     */
    <T> Uni<T> answerSoon(Message request, Function<Caller, CompletionStage<T>> work) {
        Context context = Context.current();
        return authentication
                .known(AuthorizationHeader.KEY.get(context))
                .map(caller -> Uni.createFrom().completionStage(() -> {
                    requireTime(context);
                    UnknownFields.refuse(request);
                    return work.apply(caller);
                }))
                .orElseGet(() -> this.<CompletionStage<T>>onVirtualThread(context, () -> {
                            Caller caller = caller(context);
                            UnknownFields.refuse(request);
                            return work.apply(caller);
                        })
                        .onItem()
                        .transformToUni(answer -> Uni.createFrom().completionStage(answer)))
                .onFailure()
                .transform(failure -> errors.refused(operation(request), failure));
    }

    /**
     * Answers a stream of requests, batch by batch and one batch at a time. Nothing is taken from the client before it is
     * known, nor while a batch is being worked on. A stream without requests is one batch without any.
     *
     * @param operation which a caller is asked for before anything is taken from it
     * @param work decodes a batch, with {@link UnknownFields} for each request, and calls one use case
     * @param answer encodes what all batches came to
     */
    <Q extends Message, T> Uni<T> answerStream(
            Operation operation,
            Multi<Q> requests,
            int batchSize,
            BiConsumer<Caller, List<Q>> work,
            Supplier<T> answer) {
        Context context = Context.current();
        Intake.Valve intake = Intake.KEY.get(context);
        return onVirtualThread(context, () -> {
                    Caller caller = caller(context);
                    operation.requireAllowed(caller);
                    return caller;
                })
                .onItem()
                .transformToMulti(known -> {
                    intake.allow(batchSize);
                    return requests.group()
                            .intoLists()
                            .of(batchSize)
                            .onCompletion()
                            .ifEmpty()
                            .continueWith(List.<Q>of());
                })
                .onItem()
                .transformToUniAndConcatenate(batch -> onVirtualThread(context, () -> {
                    work.accept(caller(context), batch);
                    ArrivingRequests.workedOn(context);
                    intake.allow(batch.size());
                    return batch.size();
                }))
                .onItem()
                .ignoreAsUni()
                .map(done -> answer.get())
                .onFailure()
                .transform(failure -> errors.refused(operation.publicName(), failure));
    }

    /** As the contract has it, each operation's request is named after it. */
    private static String operation(Message request) {
        String name = request.getDescriptorForType().getName();
        return name.substring(0, name.length() - "Request".length());
    }

    private <T> Uni<T> onVirtualThread(Context context, Supplier<T> work) {
        return Uni.createFrom()
                .<T>emitter(emitter -> virtualThreads.execute(() -> context.run(() -> {
                    try {
                        emitter.complete(work.get());
                    } catch (Throwable failure) {
                        emitter.fail(failure);
                    }
                })));
    }

    private Caller caller(Context context) {
        requireTime(context);
        return authentication.authenticate(AuthorizationHeader.KEY.get(context));
    }

    /** Whoever has stopped waiting is not worked for. */
    private static void requireTime(Context context) {
        Deadline deadline = context.getDeadline();
        if (context.isCancelled() || (deadline != null && deadline.isExpired())) {
            throw new Refusal(ErrorCode.DEADLINE_EXCEEDED);
        }
    }
}
