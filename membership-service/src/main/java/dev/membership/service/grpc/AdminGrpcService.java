package dev.membership.service.grpc;

import static dev.membership.service.grpc.Wire.text;

import dev.membership.admin.v1.AdminService;
import dev.membership.admin.v1.CreateInstanceRequest;
import dev.membership.admin.v1.CreateSecretKeyRequest;
import dev.membership.admin.v1.CreateSecretKeyResponse;
import dev.membership.admin.v1.CreateTokenIssuerRequest;
import dev.membership.admin.v1.DeleteTokenIssuerRequest;
import dev.membership.admin.v1.DeleteTokenIssuerResponse;
import dev.membership.admin.v1.Instance;
import dev.membership.admin.v1.ListInstancesRequest;
import dev.membership.admin.v1.ListInstancesResponse;
import dev.membership.admin.v1.ListSecretKeysRequest;
import dev.membership.admin.v1.ListSecretKeysResponse;
import dev.membership.admin.v1.ListTokenIssuersRequest;
import dev.membership.admin.v1.ListTokenIssuersResponse;
import dev.membership.admin.v1.RevokeSecretKeyRequest;
import dev.membership.admin.v1.SecretKey;
import dev.membership.admin.v1.TokenIssuer;
import dev.membership.admin.v1.UpdateTokenIssuerRequest;
import dev.membership.domain.instance.InstanceCommands;
import dev.membership.domain.instance.InstanceView;
import dev.membership.domain.instance.Instances;
import dev.membership.domain.instance.SecretKeyView;
import dev.membership.domain.instance.SecretKeys;
import dev.membership.domain.instance.TokenIssuerView;
import dev.membership.domain.instance.TokenIssuers;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Uni;

/** {@code membership.admin.v1.AdminService}: for the operator, over gRPC only. */
@GrpcService
class AdminGrpcService implements AdminService {
    private final GrpcCalls calls;
    private final Instances instances;
    private final SecretKeys secretKeys;
    private final TokenIssuers issuers;

    AdminGrpcService(GrpcCalls calls, Instances instances, SecretKeys secretKeys, TokenIssuers issuers) {
        this.calls = calls;
        this.instances = instances;
        this.secretKeys = secretKeys;
        this.issuers = issuers;
    }

    @Override
    public Uni<Instance> createInstance(CreateInstanceRequest request) {
        return calls.answer(
                request,
                caller -> message(instances.create(
                        caller,
                        request.getRequestId(),
                        new InstanceCommands.Create(request.hasId() ? request.getId() : null, request.getName()))));
    }

    @Override
    public Uni<ListInstancesResponse> listInstances(ListInstancesRequest request) {
        return calls.answer(request, caller -> {
            var page = instances.list(
                    caller, Wire.page(request.getPageSize(), request.getPageToken(), 0, false), Wire.PAGE_TOKEN);
            ListInstancesResponse.Builder response = ListInstancesResponse.newBuilder();
            page.items().forEach(instance -> response.addInstances(message(instance)));
            page.next().ifPresent(response::setNextPageToken);
            return response.build();
        });
    }

    @Override
    public Uni<CreateSecretKeyResponse> createSecretKey(CreateSecretKeyRequest request) {
        return calls.answer(request, caller -> {
            SecretKeys.Created created = secretKeys.create(
                    caller,
                    request.getRequestId(),
                    new InstanceCommands.CreateSecretKey(
                            request.getInstanceId(),
                            request.getName(),
                            request.getReadOnly(),
                            request.getOperationsList()));
            CreateSecretKeyResponse.Builder response =
                    CreateSecretKeyResponse.newBuilder().setKey(message(created.key()));
            if (created.secret() != null) {
                response.setSecret(created.secret());
            }
            return response.build();
        });
    }

    @Override
    public Uni<ListSecretKeysResponse> listSecretKeys(ListSecretKeysRequest request) {
        return calls.answer(request, caller -> {
            var page = secretKeys.list(
                    caller,
                    request.getInstanceId(),
                    Wire.page(request.getPageSize(), request.getPageToken(), 0, false),
                    Wire.PAGE_TOKEN);
            ListSecretKeysResponse.Builder response = ListSecretKeysResponse.newBuilder();
            page.items().forEach(key -> response.addKeys(message(key)));
            page.next().ifPresent(response::setNextPageToken);
            return response.build();
        });
    }

    @Override
    public Uni<SecretKey> revokeSecretKey(RevokeSecretKeyRequest request) {
        return calls.answer(
                request,
                caller -> message(secretKeys.revoke(
                        caller,
                        request.getRequestId(),
                        new InstanceCommands.RevokeSecretKey(request.getInstanceId(), request.getSecretKeyId()))));
    }

    @Override
    public Uni<TokenIssuer> createTokenIssuer(CreateTokenIssuerRequest request) {
        return calls.answer(
                request,
                caller -> message(issuers.create(
                        caller,
                        request.getRequestId(),
                        new InstanceCommands.CreateTokenIssuer(
                                request.getInstanceId(),
                                request.getIssuer(),
                                request.getJwksUri(),
                                request.hasAudience() ? request.getAudience() : null))));
    }

    @Override
    public Uni<ListTokenIssuersResponse> listTokenIssuers(ListTokenIssuersRequest request) {
        return calls.answer(request, caller -> {
            var page = issuers.list(
                    caller,
                    request.getInstanceId(),
                    Wire.page(request.getPageSize(), request.getPageToken(), 0, false),
                    Wire.PAGE_TOKEN);
            ListTokenIssuersResponse.Builder response = ListTokenIssuersResponse.newBuilder();
            page.items().forEach(issuer -> response.addIssuers(message(issuer)));
            page.next().ifPresent(response::setNextPageToken);
            return response.build();
        });
    }

    @Override
    public Uni<TokenIssuer> updateTokenIssuer(UpdateTokenIssuerRequest request) {
        return calls.answer(
                request,
                caller -> message(issuers.update(
                        caller,
                        request.getRequestId(),
                        new InstanceCommands.UpdateTokenIssuer(
                                request.getInstanceId(),
                                request.getTokenIssuerId(),
                                text(request.getEtag()),
                                request.hasJwksUri() ? request.getJwksUri() : null,
                                request.hasAudience() ? request.getAudience() : null))));
    }

    @Override
    public Uni<DeleteTokenIssuerResponse> deleteTokenIssuer(DeleteTokenIssuerRequest request) {
        return calls.answer(request, caller -> {
            issuers.delete(
                    caller,
                    request.getRequestId(),
                    new InstanceCommands.DeleteTokenIssuer(
                            request.getInstanceId(), request.getTokenIssuerId(), text(request.getEtag())));
            return DeleteTokenIssuerResponse.getDefaultInstance();
        });
    }

    private static Instance message(InstanceView view) {
        return Instance.newBuilder()
                .setId(view.id())
                .setName(view.name())
                .setCreatedAt(Wire.timestamp(view.createdAt()))
                .setUpdatedAt(Wire.timestamp(view.updatedAt()))
                .build();
    }

    private static SecretKey message(SecretKeyView view) {
        SecretKey.Builder message = SecretKey.newBuilder()
                .setId(view.id())
                .setInstanceId(view.instanceId())
                .setName(view.name())
                .setHint(view.hint())
                .setReadOnly(view.readOnly())
                .addAllOperations(view.operations())
                .setCreatedAt(Wire.timestamp(view.createdAt()));
        if (view.revokedAt() != null) {
            message.setRevokedAt(Wire.timestamp(view.revokedAt()));
        }
        return message.build();
    }

    private static TokenIssuer message(TokenIssuerView view) {
        TokenIssuer.Builder message = TokenIssuer.newBuilder()
                .setId(view.id())
                .setInstanceId(view.instanceId())
                .setIssuer(view.issuer())
                .setJwksUri(view.jwksUri())
                .setCreatedAt(Wire.timestamp(view.createdAt()))
                .setUpdatedAt(Wire.timestamp(view.updatedAt()))
                .setEtag(view.etag());
        if (view.audience() != null) {
            message.setAudience(view.audience());
        }
        return message.build();
    }
}
