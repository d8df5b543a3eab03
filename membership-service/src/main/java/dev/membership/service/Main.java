package dev.membership.service;

import io.quarkus.runtime.ImageMode;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;

/** Where the process begins. */
@QuarkusMain
public final class Main implements QuarkusApplication {
    /** @param arguments none of our own */
    public static void main(String... arguments) {
        if (ImageMode.current() == ImageMode.NATIVE_RUN) {
            // With JDK 25's usual pollers a virtual thread of the executable now and then waits for ever for an answer
            // that its socket has: 8 of 81 starts lost their first calls, none of 136 with this one (GraalVM CE
            // 25.0.2).
            System.setProperty("jdk.pollerMode", "1");
        }
        Quarkus.run(Main.class, arguments);
    }

    /** Begins when calls are taken, and ends with the process. */
    @Override
    public int run(String... arguments) {
        if (ImageMode.current() == ImageMode.NATIVE_RUN) {
            // The executable's heap has room for all that starting leaves behind, so that it is not collected
            // meanwhile; an
            // idle process need not keep it.
            System.gc();
        }
        Quarkus.waitForExit();
        return 0;
    }
}
