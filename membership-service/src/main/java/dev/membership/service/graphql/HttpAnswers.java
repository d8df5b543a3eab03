package dev.membership.service.graphql;

import dev.membership.service.admission.UntakenAnswers;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.quarkus.vertx.http.runtime.filters.QuarkusRequestWrapper;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * Tells which answers over HTTP/1.1 their clients have not taken yet, refusals among them. For the framework an answer has ended
 * when the connection has it, whose client need not read it.
 */
@ApplicationScoped
class HttpAnswers {
    /** Before all that answers. */
    private static final int FIRST = 1000;

    /** So much a connection may hold without being noticed: with less it lets itself be written to. */
    private static final int SMALL_BYTES = 64 * 1024;

    private final UntakenAnswers untaken;

    HttpAnswers(UntakenAnswers untaken) {
        this.untaken = untaken;
    }

    void register(@Observes Filters filters) {
        filters.register(this::begin, FIRST);
    }

    private void begin(RoutingContext request) {
        QuarkusRequestWrapper.get(request.request()).addRequestDoneHandler(ended -> answered(request));
        request.next();
    }

    private void answered(RoutingContext request) {
        HttpServerResponse response = request.response();
        ConnectionBase connection = (ConnectionBase) request.request().connection();
        if (response.closed() || request.request().version() == HttpVersion.HTTP_2) {
            return; // its client has hung up, or takes a stream, which has no part in this
        }
        if (response.bytesWritten() > SMALL_BYTES || connection.isNotWritable()) {
            // Not the connection's own close(), which waits until all has been written.
            UntakenAnswers.Answer answer =
                    () -> connection.channelHandlerContext().close();
            untaken.given(answer, response.bytesWritten());
            connection.flush(connection.channel().newPromise().addListener(written -> untaken.taken(answer)));
        }
    }
}
