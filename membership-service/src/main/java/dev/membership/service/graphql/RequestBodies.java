package dev.membership.service.graphql;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.service.admission.RequestRoom;
import dev.membership.service.security.HttpAuthentication;
import io.netty.handler.codec.http2.Http2Error;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.filters.QuarkusRequestWrapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Reads each body before the framework does: that answers 500 to variables that are no object, to an
 * operation's name that is no text and to what is nested deeply, and takes bytes that are not UTF-8 for question marks. And
 * lets no more large ones come at a time than the heap can hold, and none for ever.
 */
@ApplicationScoped
class RequestBodies {
    /** Metadata may be nested 32 deep; a request adds a few levels of its own. */
    private static final int DEEPEST = 200;

    private static final JsonMapper JSON = new JsonMapper(JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            .build());

    /** Up to this size a body needs no room: as many as there are connections may come at once. */
    private static final int SMALL_BYTES = 16 * 1024;

    private final Documents documents = new Documents();
    private final int largest;
    private final RequestRoom room;

    RequestBodies(@ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize largest, RequestRoom room) {
        this.largest = Math.toIntExact(largest.asLongValue());
        this.room = room;
    }

    void register(@Observes Router router) {
        router.post("/graphql").order(HttpAuthentication.BODIES - 1).handler(this::takeRoom);
        router.post("/graphql")
                .order(HttpAuthentication.BODIES)
                .handler(BodyHandler.create(false).setBodyLimit(largest))
                .handler(this::check);
    }

    private void takeRoom(RoutingContext request) {
        int bytes = announced(request.request());
        if (bytes > SMALL_BYTES) {
            if (request.response().closed()) {
                return; // nobody would say that it has ended
            }
            if (!room.take(bytes)) {
                HttpAuthentication.refuse(request, new Refusal(ErrorCode.TOO_MANY_REQUESTS));
                return;
            }
            long timer = request.vertx().setTimer(room.timeout(), late -> giveUp(request));
            QuarkusRequestWrapper.get(request.request()).addRequestDoneHandler(ended -> {
                request.vertx().cancelTimer(timer);
                room.leave(bytes);
            });
        }
        request.next();
    }

    /** Refuses a request unless all of it has come, and reads no more of it. */
    private static void giveUp(RoutingContext request) {
        if (request.request().isEnded()) {
            return;
        }
        if (request.request().version() == HttpVersion.HTTP_2) {
            HttpAuthentication.refuse(request, new Refusal(ErrorCode.REQUEST_TIMEOUT));
            request.response().reset(Http2Error.NO_ERROR.code());
        } else {
            request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            HttpAuthentication.refuse(request, new Refusal(ErrorCode.REQUEST_TIMEOUT));
            request.request().connection().close();
        }
    }

    /** How many bytes a body has, or may have where its request does not say: no more are read than may come. */
    private int announced(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length == null) {
            return request.isEnded() ? 0 : largest;
        }
        return (int) Math.min(Long.parseLong(length), largest);
    }

    private void check(RoutingContext request) {
        try {
            documents.requireReadable(document(request));
        } catch (Refusal refusal) {
            HttpAuthentication.refuse(request, refusal);
            return;
        }
        request.next();
    }

    private static String document(RoutingContext request) {
        Buffer body = request.body().buffer();
        if (body == null) {
            throw new Refusal(ErrorCode.REQUEST_BODY_INVALID);
        }
        String type = request.request().getHeader(HttpHeaders.CONTENT_TYPE);
        return type != null && type.startsWith("application/graphql") ? body.toString() : document(body);
    }

    private static String document(Buffer body) {
        try {
            // Given bytes, Jackson would read other encodings too, which the framework does not.
            JsonNode json = JSON.readTree(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body.getBytes()))
                    .toString());
            if (json.path("query").isTextual()
                    && (!json.hasNonNull("variables") || json.get("variables").isObject())
                    && (!json.hasNonNull("operationName")
                            || json.get("operationName").isTextual())) {
                return json.get("query").textValue();
            }
        } catch (IOException unreadable) {
            // like what is no request
        }
        throw new Refusal(ErrorCode.REQUEST_BODY_INVALID);
    }
}
