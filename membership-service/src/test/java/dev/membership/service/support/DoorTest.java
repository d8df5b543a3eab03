package dev.membership.service.support;

import io.quarkus.test.common.QuarkusTestResource;
import io.restassured.RestAssured;

/** A test that calls the application through its doors, and nothing of it in any other way. */
@QuarkusTestResource(TestDatabase.class)
public abstract class DoorTest {
    private static GrpcDoor grpc;
    private static GraphQlDoor graphQl;

    protected static synchronized GrpcDoor grpc() {
        if (grpc == null) {
            grpc = new GrpcDoor();
        }
        return grpc;
    }

    protected static synchronized GraphQlDoor graphQl() {
        if (graphQl == null) {
            graphQl = new GraphQlDoor(RestAssured.port, Instances.OPERATOR_TOKEN);
        }
        return graphQl;
    }

    protected static Instances instances() {
        return new Instances(grpc());
    }
}
