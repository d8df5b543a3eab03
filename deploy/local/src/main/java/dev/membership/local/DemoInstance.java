package dev.membership.local;

import dev.membership.admin.v1.AdminServiceGrpc;
import dev.membership.admin.v1.AdminServiceGrpc.AdminServiceBlockingStub;
import dev.membership.admin.v1.CreateInstanceRequest;
import dev.membership.admin.v1.CreateSecretKeyRequest;
import dev.membership.admin.v1.CreateTokenIssuerRequest;
import dev.membership.admin.v1.Instance;
import dev.membership.admin.v1.ListInstancesRequest;
import dev.membership.admin.v1.ListTokenIssuersRequest;
import dev.membership.admin.v1.TokenIssuer;
import dev.membership.admin.v1.UpdateTokenIssuerRequest;
import dev.membership.v1.GetOrganizationSettingsRequest;
import dev.membership.v1.InstanceServiceGrpc;
import io.grpc.Status;
import java.io.IOException;
import java.util.Optional;

/**
 * The instance that a first look at the service is taken with. It is made through the service's own gRPC door, as an
 * operator and a backend would; nothing here knows the database. Each step finds what an earlier one left.
 */
final class DemoInstance {
    private final ServiceClient client;
    private final DemoState state;
    private final DemoIssuer issuer;
    private final AdminServiceBlockingStub admin;

    DemoInstance(ServiceClient client, DemoState state, DemoIssuer issuer, String operatorToken) {
        this.client = client;
        this.state = state;
        this.issuer = issuer;
        this.admin = client.stub(AdminServiceGrpc::newBlockingStub, operatorToken);
    }

    /** Makes what is missing of the demo and registers this start's address of the issuer. */
    void ensure() throws IOException, InterruptedException {
        if (!secretKeyWorks()) {
            Optional<String> found = findByIssuer();
            if (found.isEmpty() || !found.get().equals(state.get(DemoState.INSTANCE))) {
                // Another database than the file was written for, or no file.
                state.forget();
            }
            String instance = found.orElseGet(this::create);
            state.put(DemoState.INSTANCE, instance);
            state.put(DemoState.SECRET_KEY, createSecretKey(instance));
        }
        registerIssuer(state.get(DemoState.INSTANCE));
        if (!state.complete()) {
            System.out.println("Making the demo instance: three organizations, one of them with " + DemoContent.LARGE
                    + " members");
            new DemoContent(client, state).ensure();
            state.put(DemoState.COMPLETE, "true");
        }
    }

    private boolean secretKeyWorks() {
        String secret = state.get(DemoState.SECRET_KEY);
        return !secret.isEmpty()
                && ServiceClient.unless(
                                Status.Code.UNAUTHENTICATED,
                                () -> client.stub(InstanceServiceGrpc::newBlockingStub, secret)
                                        .getOrganizationSettings(GetOrganizationSettingsRequest.getDefaultInstance()))
                        .isPresent();
    }

    private String create() {
        return admin.createInstance(
                        CreateInstanceRequest.newBuilder().setName("Demo").build())
                .getId();
    }

    private String createSecretKey(String instance) {
        return admin.createSecretKey(CreateSecretKeyRequest.newBuilder()
                        .setInstanceId(instance)
                        .setName("Demo backend")
                        .build())
                .getSecret();
    }

    /** An issuer belongs to one instance only: whichever has the demo's is the demo. */
    private Optional<String> findByIssuer() {
        String page = "";
        do {
            var answer = admin.listInstances(ListInstancesRequest.newBuilder()
                    .setPageSize(500)
                    .setPageToken(page)
                    .build());
            for (Instance instance : answer.getInstancesList()) {
                if (registered(instance.getId()).isPresent()) {
                    return Optional.of(instance.getId());
                }
            }
            page = answer.getNextPageToken();
        } while (!page.isEmpty());
        return Optional.empty();
    }

    private void registerIssuer(String instance) {
        Optional<TokenIssuer> known = registered(instance);
        if (known.isPresent()) {
            // Its port is another one at each start.
            admin.updateTokenIssuer(UpdateTokenIssuerRequest.newBuilder()
                    .setInstanceId(instance)
                    .setTokenIssuerId(known.get().getId())
                    .setJwksUri(issuer.jwksUri())
                    .build());
        } else {
            admin.createTokenIssuer(CreateTokenIssuerRequest.newBuilder()
                    .setInstanceId(instance)
                    .setIssuer(DemoIssuer.ISSUER)
                    .setJwksUri(issuer.jwksUri())
                    .build());
        }
    }

    private Optional<TokenIssuer> registered(String instance) {
        return admin
                .listTokenIssuers(ListTokenIssuersRequest.newBuilder()
                        .setInstanceId(instance)
                        .setPageSize(500)
                        .build())
                .getIssuersList()
                .stream()
                .filter(known -> known.getIssuer().equals(DemoIssuer.ISSUER))
                .findFirst();
    }
}
