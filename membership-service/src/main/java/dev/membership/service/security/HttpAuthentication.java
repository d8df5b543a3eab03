package dev.membership.service.security;

import dev.membership.domain.caller.Caller;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.service.admission.Admission;
import dev.membership.service.error.Failures;
import dev.membership.service.error.Refusals;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.quarkus.vertx.http.runtime.filters.QuarkusRequestWrapper;
import io.quarkus.virtual.threads.VirtualThreads;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

/**
 * Lets in an HTTP request, where there is room for it, and asks it for a credential before anything else sees it, whatever
 * its path: nothing depends on how a path is written. Health and metrics have a port of their own.
 */
@ApplicationScoped
public class HttpAuthentication {
    private static final String CALLER = Caller.class.getName();
    /**
     * Before all else but the CORS filter (300), which answers a browser's preflight: that never carries a credential. As a
     * route's order this is -250.
     */
    private static final int AFTER_CORS = 250;

    /** The order of routes that read the bodies of callers who are known. */
    public static final int BODIES = -200;

    private static final int AFTER_BODIES = BODIES + 1;

    private static final boolean TO_THE_LAST = false;

    private static final String RETRY_AFTER_SECONDS = "1";

    private final CallerAuthentication authentication;
    private final Admission admission;
    private final Failures failures;
    private final ExecutorService virtualThreads;

    HttpAuthentication(
            CallerAuthentication authentication,
            Admission admission,
            Failures failures,
            @VirtualThreads ExecutorService virtualThreads) {
        this.authentication = authentication;
        this.admission = admission;
        this.failures = failures;
        this.virtualThreads = virtualThreads;
    }

    void register(@Observes Filters filters) {
        filters.register(this::authenticate, AFTER_CORS);
    }

    void register(@Observes Router router) {
        router.route().order(AFTER_BODIES).handler(this::begin);
    }

    /** Who sent the request. */
    public static Caller caller(RoutingContext request) {
        Caller caller = request.get(CALLER);
        if (caller == null) {
            throw new Refusal(ErrorCode.AUTHENTICATION_INVALID);
        }
        return caller;
    }

    private void authenticate(RoutingContext request) {
        // The framework's GraphQL route would make a WebSocket of a request that asks for one, whose operations nobody
        // lets in.
        request.request().headers().remove(HttpHeaders.UPGRADE);
        Optional<ErrorCode> refused = admission.refusal(TO_THE_LAST);
        if (refused.isPresent()) {
            refuse(request, new Refusal(refused.get()));
            return;
        }
        String authorization = request.request().getHeader(HttpHeaders.AUTHORIZATION);
        Optional<Caller> known = authentication.known(authorization);
        if (known.isPresent()) {
            request.put(CALLER, known.get());
            request.next();
            return;
        }
        Context eventLoop = Vertx.currentContext();
        if (!request.request().isEnded()) {
            request.request().pause();
        }
        virtualThreads.execute(() -> {
            try {
                Caller caller = authentication.authenticateInPlace(authorization, TO_THE_LAST);
                eventLoop.runOnContext(ignored -> {
                    request.put(CALLER, caller);
                    request.next();
                    resume(request); // whoever reads it listens now
                });
            } catch (Throwable failure) {
                Refusal refusal = failures.refusal(failure);
                eventLoop.runOnContext(ignored -> refuse(request, refusal));
            }
        });
    }

    /** Asks once more whether there is room for a request, now that its body has come and there is work to do for it. */
    private void begin(RoutingContext request) {
        if (request.response().closed()) {
            return; // nobody would say that it has ended
        }
        Optional<ErrorCode> refused = admission.begin(TO_THE_LAST);
        if (refused.isPresent()) {
            refuse(request, new Refusal(refused.get()));
            return;
        }
        // Not an end handler: the framework's GraphQL route puts its own in the place of whichever is there.
        QuarkusRequestWrapper.get(request.request()).addRequestDoneHandler(ended -> admission.end());
        request.next();
    }

    /** HTTP/2 refuses to pause or resume a request whose body has come. */
    private static void resume(RoutingContext request) {
        if (!request.request().isEnded()) {
            request.request().resume();
        }
    }

    /** Answers a request without any further work. */
    public static void refuse(RoutingContext request, Refusal refusal) {
        Refusals.count(Refusals.Door.GRAPHQL, Refusals.UNKNOWN, refusal.code());
        resume(request);
        if (refusal.code().status().passes()) {
            request.response().putHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        request.response()
                .setStatusCode(refusal.code().httpStatus())
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .end(new JsonObject(Map.of(
                                "errors",
                                List.of(Map.of(
                                        "message",
                                        refusal.getMessage(),
                                        "extensions",
                                        Map.of("code", refusal.code().code(), "meta", refusal.meta())))))
                        .encode());
    }
}
