package dev.membership.benchmark;

import dev.membership.admin.v1.AdminServiceGrpc;
import dev.membership.admin.v1.CreateInstanceRequest;
import dev.membership.admin.v1.CreateSecretKeyRequest;
import dev.membership.v1.CreateRoleRequest;
import dev.membership.v1.RoleServiceGrpc;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;

/** Makes, through the service itself, what the seed hangs on: an instance, a secret key, and a role to change members to. */
record Preparation(String instance, String secretKey) {
    static final String OTHER_ROLE = "org:billing";

    static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    static Preparation make(Channel channel, String operatorToken) {
        var admin = as(operatorToken, AdminServiceGrpc.newBlockingStub(channel));
        String instance = admin.createInstance(
                        CreateInstanceRequest.newBuilder().setName("Benchmark").build())
                .getId();
        String secretKey = admin.createSecretKey(CreateSecretKeyRequest.newBuilder()
                        .setInstanceId(instance)
                        .setName("Benchmark")
                        .build())
                .getSecret();
        as(secretKey, RoleServiceGrpc.newBlockingStub(channel))
                .createRole(CreateRoleRequest.newBuilder()
                        .setName("Billing")
                        .setKey(OTHER_ROLE)
                        .build());
        return new Preparation(instance, secretKey);
    }

    private static <S extends AbstractStub<S>> S as(String credential, S stub) {
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers(credential)));
    }

    static Metadata headers(String credential) {
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + credential);
        return headers;
    }
}
