package dev.membership.service.contract;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.membership.service.support.Door.Listed;
import dev.membership.service.support.GrpcDoor;
import dev.membership.service.support.Instances;
import dev.membership.service.support.Refused;
import dev.membership.service.support.TestDatabase;
import dev.membership.service.support.ThroughEachDoor;
import dev.membership.service.support.Via;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The operator's service, over gRPC only, and what its keys may do at both doors. */
@QuarkusTest
class AdminContractTest extends ContractTest {
    @Test
    void aSecretIsShownOnceAndNotKept() {
        JsonNode created = admin("CreateSecretKey", "instance_id", instance.id(), "name", "backend");
        String secret = created.get("secret").asText();
        Listed keys = grpc().list(Instances.OPERATOR_TOKEN, "ListSecretKeys", args("instance_id", instance.id()));

        assertThat(secret).startsWith("sk_");
        assertThat(created.at("/key/hint").asText()).isEqualTo(secret.substring(secret.length() - 4));
        assertThat(keys.items()).hasSize(2);
        assertThat(keys.items().toString()).contains("backend").doesNotContain(secret);
        assertThat(TestDatabase.query("SELECT to_jsonb(k)::text AS row FROM secret_key k")
                        .toString())
                .doesNotContain(secret);
    }

    @ThroughEachDoor
    void aRevokedKeyEndsAtOnce(Via door) {
        JsonNode created = admin("CreateSecretKey", "instance_id", instance.id(), "name", "backend");
        String secret = created.get("secret").asText();
        String id = created.at("/key/id").asText();
        assertThat(with(door, secret, "GetOrganizationSettings")).isNull();

        JsonNode revoked = admin("RevokeSecretKey", "instance_id", instance.id(), "secret_key_id", id);
        JsonNode again = admin("RevokeSecretKey", "instance_id", instance.id(), "secret_key_id", id);

        assertThat(with(door, secret, "GetOrganizationSettings").code()).isEqualTo("clerk_key_invalid");
        assertThat(revoked.hasNonNull("revokedAt")).isTrue();
        assertThat(again).isEqualTo(revoked);
    }

    @ThroughEachDoor
    void aReadOnlyKeyReadsAndDoesNotWrite(Via door) {
        String key = instances().key(instance.id(), true, List.of());

        assertThat(with(door, key, "GetOrganizationSettings")).isNull();
        assertThat(with(door, key, "CreateOrganization", "name", "Acme").code()).isEqualTo("authorization_invalid");
        assertThat(list(door, "ListOrganizations").items()).isEmpty();
    }

    @ThroughEachDoor
    void aKeyForNamedOperationsCallsThoseAndNoOthers(Via door) {
        String key = instances().key(instance.id(), false, List.of("CreateOrganization"));

        assertThat(with(door, key, "CreateOrganization", "name", "Acme")).isNull();
        assertThat(with(door, key, "GetOrganizationSettings").code()).isEqualTo("authorization_invalid");
    }

    @ThroughEachDoor
    void aKeyReachesItsOwnInstanceOnly(Via door) {
        String other = instances().create().key();
        String organization = instance.organization();

        assertThat(with(door, other, "GetOrganization", "organization_id", organization)
                        .code())
                .isEqualTo("resource_not_found");
    }

    @ThroughEachDoor
    void theOperatorIsNobodyInAnInstance(Via door) {
        assertThat(with(door, Instances.OPERATOR_TOKEN, "GetOrganizationSettings")
                        .code())
                .isEqualTo("authorization_invalid");
    }

    @Test
    void aSecretKeyIsNoOperator() {
        for (String operation : GrpcDoor.methods().keySet()) {
            if (GrpcDoor.isOfOperator(GrpcDoor.methods().get(operation))) {
                Refused refused = with(Via.GRPC, instance.key(), operation);

                assertThat(refused).as(operation).isNotNull();
                assertThat(refused.code()).as(operation).isEqualTo("authorization_invalid");
                assertThat(graphQl().has(operation))
                        .as("GraphQL has " + operation)
                        .isFalse();
            }
        }
    }

    @Test
    void anUnknownOperationIsNoLimit() {
        Refused refused = refusedAdmin(
                "CreateSecretKey", "instance_id", instance.id(), "name", "k", "operations", List.of("CreateInstance"));

        assertThat(refused.code()).isEqualTo("form_param_value_invalid");
        assertThat(refused.param()).isEqualTo("operations");
    }

    @Test
    void instancesAreListedInTheOrderOfTheirCreation() {
        String id = Instances.unique("ins_mine");
        admin("CreateInstance", "name", "mine", "id", id);

        List<String> all = new ArrayList<>();
        String token = "";
        do {
            Listed page =
                    grpc().list(Instances.OPERATOR_TOKEN, "ListInstances", args("page_size", 500, "page_token", token));
            page.items().forEach(item -> all.add(item.get("id").asText()));
            token = page.next();
        } while (!token.isEmpty());

        assertThat(all).doesNotHaveDuplicates().containsSubsequence(instance.id(), id);
        assertThat(refusedAdmin("CreateInstance", "name", "mine", "id", id).code())
                .isEqualTo("form_identifier_exists");
    }

    @Test
    void whatIsUnknownIsNotFound() {
        assertThat(refusedAdmin("CreateSecretKey", "instance_id", "ins_none", "name", "k")
                        .meta())
                .containsEntry("resource", "instance");
        assertThat(refusedAdmin("ListSecretKeys", "instance_id", "ins_none").meta())
                .containsEntry("resource", "instance");
        assertThat(refusedAdmin("RevokeSecretKey", "instance_id", instance.id(), "secret_key_id", "key_none")
                        .meta())
                .containsEntry("resource", "secret_key");
        assertThat(refusedAdmin("DeleteTokenIssuer", "instance_id", instance.id(), "token_issuer_id", "iss_none")
                        .meta())
                .containsEntry("resource", "token_issuer");
    }

    @Test
    void anIssuerIsRegisteredChangedAndRemoved() {
        String issuer = "https://" + Instances.unique("i") + ".example.com";
        JsonNode created = admin(
                "CreateTokenIssuer",
                "instance_id",
                instance.id(),
                "issuer",
                issuer,
                "jwks_uri",
                issuer + "/jwks",
                "audience",
                "api");
        String id = created.get("id").asText();

        JsonNode updated =
                admin("UpdateTokenIssuer", "instance_id", instance.id(), "token_issuer_id", id, "audience", "");
        for (String operation : List.of("UpdateTokenIssuer", "DeleteTokenIssuer")) {
            assertThat(refusedAdmin(
                                    operation,
                                    "instance_id",
                                    instance.id(),
                                    "token_issuer_id",
                                    id,
                                    "etag",
                                    created.get("etag").asText())
                            .code())
                    .as(operation)
                    .isEqualTo("conflict");
        }

        assertThat(created.get("audience").asText()).isEqualTo("api");
        assertThat(updated.has("audience")).isFalse();
        assertThat(admin("UpdateTokenIssuer", "instance_id", instance.id(), "token_issuer_id", id, "audience", ""))
                .as("nothing is changed")
                .isEqualTo(updated);
        assertThat(updated.get("jwksUri").asText()).isEqualTo(issuer + "/jwks");
        assertThat(refusedAdmin("CreateTokenIssuer", "instance_id", instance.id(), "issuer", issuer, "jwks_uri", issuer)
                        .param())
                .isEqualTo("issuer");
        assertThat(refusedAdmin(
                                "CreateTokenIssuer",
                                "instance_id",
                                instance.id(),
                                "issuer",
                                "other",
                                "jwks_uri",
                                "file:///etc/passwd")
                        .code())
                .isEqualTo("form_param_format_invalid");
        admin(
                "DeleteTokenIssuer",
                "instance_id",
                instance.id(),
                "token_issuer_id",
                id,
                "etag",
                updated.get("etag").asText());
        assertThat(grpc().list(Instances.OPERATOR_TOKEN, "ListTokenIssuers", args("instance_id", instance.id()))
                        .items())
                .isEmpty();
    }

    @Test
    void aRepeatedMutationIsMadeOnceAndAnsweredAlike() {
        Map<String, Map<String, Object>> mutations = new LinkedHashMap<>();
        mutations.put("CreateInstance", args("name", "mine"));
        mutations.put("CreateSecretKey", args("instance_id", instance.id(), "name", "backend"));
        mutations.put("RevokeSecretKey", args("instance_id", instance.id(), "secret_key_id", keyId()));
        mutations.put(
                "CreateTokenIssuer",
                args("instance_id", instance.id(), "issuer", Instances.unique("https://i"), "jwks_uri", "http://i/"));
        mutations.put(
                "UpdateTokenIssuer",
                args("instance_id", instance.id(), "token_issuer_id", issuerId(), "audience", "api"));
        mutations.put("DeleteTokenIssuer", args("instance_id", instance.id(), "token_issuer_id", issuerId()));
        assertThat(mutations).containsOnlyKeys(mutationsOfTheOperator());

        mutations.forEach((operation, arguments) -> {
            arguments.put("request_id", Instances.unique("request"));
            JsonNode first = grpc().call(Instances.OPERATOR_TOKEN, operation, arguments);
            String written = instancesKeysAndIssuers();

            JsonNode second = grpc().call(Instances.OPERATOR_TOKEN, operation, arguments);

            assertThat(instancesKeysAndIssuers()).as(operation).isEqualTo(written);
            if (operation.equals("CreateSecretKey")) {
                assertThat(first.get("secret").asText()).startsWith("sk_");
                assertThat(second.get("secret").asText()).isEmpty();
                assertThat(second.get("key")).isEqualTo(first.get("key"));
            } else {
                assertThat(second).as(operation).isEqualTo(first);
            }
            arguments.put("instance_id", "ins_other");
            arguments.put("name", "other");
            arguments
                    .keySet()
                    .removeIf(name ->
                            GrpcDoor.methods().get(operation).getInputType().findFieldByName(name) == null);
            assertThat(catchThrowableOfType(
                                    Refused.class, () -> grpc().call(Instances.OPERATOR_TOKEN, operation, arguments))
                            .param())
                    .as(operation)
                    .isEqualTo("request_id");
        });
    }

    @Test
    void ofAnAnswerThatIsKeptTheSecretIsNoPart() {
        JsonNode created = admin(
                "CreateSecretKey",
                "instance_id",
                instance.id(),
                "name",
                "backend",
                "request_id",
                Instances.unique("request"));

        assertThat(TestDatabase.query("SELECT to_jsonb(r)::text AS row FROM request_record r")
                        .toString())
                .contains(created.at("/key/id").asText())
                .doesNotContain(created.get("secret").asText());
    }

    private static Set<String> mutationsOfTheOperator() {
        return GrpcDoor.methods().values().stream()
                .filter(GrpcDoor::isOfOperator)
                .map(MethodDescriptor::getName)
                .filter(name -> !name.startsWith("List"))
                .collect(Collectors.toSet());
    }

    private static String instancesKeysAndIssuers() {
        return TestDatabase.query("""
                        SELECT (SELECT json_agg(i ORDER BY id) FROM instance i)::text AS instances,
                            (SELECT json_agg(k ORDER BY id) FROM secret_key k)::text AS keys,
                            (SELECT json_agg(t ORDER BY id) FROM token_issuer t)::text AS issuers
                        """).toString();
    }

    private String keyId() {
        return admin("CreateSecretKey", "instance_id", instance.id(), "name", "k")
                .at("/key/id")
                .asText();
    }

    private String issuerId() {
        String issuer = Instances.unique("https://i");
        return admin("CreateTokenIssuer", "instance_id", instance.id(), "issuer", issuer, "jwks_uri", "http://i/")
                .get("id")
                .asText();
    }

    private static JsonNode admin(String operation, Object... arguments) {
        return grpc().call(Instances.OPERATOR_TOKEN, operation, args(arguments));
    }

    private static Refused refusedAdmin(String operation, Object... arguments) {
        return catchThrowableOfType(Refused.class, () -> admin(operation, arguments));
    }

    private static Refused with(Via door, String credential, String operation, Object... arguments) {
        return catchThrowableOfType(Refused.class, () -> door.call(credential, operation, args(arguments)));
    }
}
