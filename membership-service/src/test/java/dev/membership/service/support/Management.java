package dev.membership.service.support;

import static io.restassured.RestAssured.given;

import io.restassured.response.Response;

/** The management port of the application under test: health and metrics. */
public final class Management {
    private static final String PORT = "test.management-port";

    private Management() {}

    /** Through a system property, for the reason that {@link GrpcDoor} has. */
    static void usePort(int port) {
        System.setProperty(PORT, Integer.toString(port));
    }

    public static int port() {
        return Integer.getInteger(PORT);
    }

    public static Response get(String path) {
        return given().port(port()).get(path);
    }
}
