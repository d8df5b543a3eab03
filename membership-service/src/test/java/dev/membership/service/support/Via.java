package dev.membership.service.support;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** The door that a scenario goes through: written once, it runs through each of them. */
public enum Via implements Door {
    GRPC {
        @Override
        Door door() {
            return DoorTest.grpc();
        }
    },
    GRAPHQL {
        @Override
        Door door() {
            return DoorTest.graphQl();
        }
    };

    abstract Door door();

    public Via other() {
        return this == GRPC ? GRAPHQL : GRPC;
    }

    @Override
    public JsonNode call(String credential, String operation, Map<String, Object> arguments) {
        return door().call(credential, operation, arguments);
    }

    @Override
    public Listed list(String credential, String operation, Map<String, Object> arguments) {
        return door().list(credential, operation, arguments);
    }
}
