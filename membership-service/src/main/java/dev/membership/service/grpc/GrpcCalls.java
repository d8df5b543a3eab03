package dev.membership.service.grpc;

import com.google.protobuf.Message;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.service.security.CallerAuthentication;
import io.grpc.Context;
import io.grpc.Deadline;
import io.quarkus.virtual.threads.VirtualThreads;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;

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
        return Uni.createFrom()
                .<T>emitter(emitter -> virtualThreads.execute(() -> context.run(() -> {
                    try {
                        emitter.complete(answerNow(request, context, work));
                    } catch (Throwable failure) {
                        emitter.fail(errors.status(failure));
                    }
                })));
    }

    private <T> T answerNow(Message request, Context context, Function<Caller, T> work) {
        requireTime(context);
        Caller caller = authentication.authenticate(AuthorizationHeader.KEY.get(context));
        UnknownFields.refuse(request);
        return work.apply(caller);
    }

    /** Whoever has stopped waiting is not worked for. */
    private static void requireTime(Context context) {
        Deadline deadline = context.getDeadline();
        if (context.isCancelled() || (deadline != null && deadline.isExpired())) {
            throw new Refusal(ErrorCode.DEADLINE_EXCEEDED);
        }
    }
}
