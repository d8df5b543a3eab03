package dev.membership.service;

import io.quarkus.runtime.ImageMode;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;

/** Where the process begins. */
@QuarkusMain
public final class Main {
    private Main() {}

    /** @param arguments none of our own */
    public static void main(String... arguments) {
        if (ImageMode.current() == ImageMode.NATIVE_RUN) {
            // With JDK 25's usual pollers a virtual thread of the executable (GraalVM CE 25.0.2) now and then waits for
            // ever for an answer that its socket has: 8 of 81 starts lost their first calls, none of 136 with this one.
            System.setProperty("jdk.pollerMode", "1");
        }
        Quarkus.run(arguments);
    }
}
