package dev.membership.service.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.nio.NioEventLoop;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Test;

@QuarkusTest
class EventLoopsTest {
    @Inject
    Vertx vertx;

    /** Also when the framework comes to use another kind of event loop, which would need it said in another way. */
    @Test
    void noneReadsMoreBeforeItHasDoneWhatItRead() {
        assertThat(vertx.nettyEventLoopGroup())
                .isNotEmpty()
                .allSatisfy(
                        loop -> assertThat(((NioEventLoop) loop).getIoRatio()).isEqualTo(100));
    }
}
