package dev.membership.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyTest {
    /** A change that a policy must refuse; names of objects as in the overlay. */
    record Breach(Policy policy, String overlay, String kind, String name, String pointer, String value) {
        Breach(Policy policy, String kind, String pointer, String value) {
            this(policy, "production", kind, "membership", pointer, value);
        }
    }

    private static final String POD = "/spec/template/spec";
    private static final String CONTAINER = POD + "/containers/0";

    static final List<Breach> BREACHES = List.of(
            new Breach(Policy.PODS_ARE_RESTRICTED, "Deployment", POD + "/securityContext/runAsNonRoot", "false"),
            new Breach(Policy.PODS_ARE_RESTRICTED, "Deployment", POD + "/securityContext/seccompProfile", ""),
            new Breach(Policy.PODS_ARE_RESTRICTED, "Deployment", POD + "/hostNetwork", "true"),
            new Breach(Policy.PODS_ARE_RESTRICTED, "Deployment", POD + "/volumes/-", "{name: x, hostPath: {path: /}}"),
            new Breach(
                    Policy.PODS_ARE_RESTRICTED, "Deployment", CONTAINER + "/securityContext/capabilities/add", "[X]"),
            new Breach(Policy.PODS_ARE_RESTRICTED, "Deployment", CONTAINER + "/securityContext/privileged", "true"),
            new Breach(
                    Policy.PODS_ARE_RESTRICTED,
                    "production",
                    "Job",
                    "membership-migration",
                    CONTAINER + "/securityContext",
                    ""),
            new Breach(
                    Policy.PODS_ARE_RESTRICTED,
                    "development",
                    "StatefulSet",
                    "postgresql",
                    CONTAINER + "/securityContext/readOnlyRootFilesystem",
                    "false"),
            new Breach(
                    Policy.PODS_ARE_RESTRICTED,
                    "Namespace",
                    "/metadata/labels/pod-security.kubernetes.io~1enforce",
                    "baseline"),
            new Breach(Policy.NOTHING_IS_OUTSIDE_THE_NAMESPACE, "Service", "/metadata/namespace", "default"),
            new Breach(Policy.PODS_HAVE_NO_TOKEN, "Deployment", POD + "/automountServiceAccountToken", ""),
            new Breach(Policy.PODS_HAVE_NO_TOKEN, "ServiceAccount", "/automountServiceAccountToken", "true"),
            new Breach(
                    Policy.SECRETS_ARE_FILES,
                    "Deployment",
                    CONTAINER + "/env/-",
                    "{name: X, valueFrom: {secretKeyRef: {name: y, key: z}}}"),
            new Breach(Policy.SECRETS_ARE_FILES, "Deployment", CONTAINER + "/envFrom/-", "{secretRef: {name: y}}"),
            new Breach(
                    Policy.SECRETS_ARE_FILES,
                    "Deployment",
                    CONTAINER + "/env/-",
                    "{name: MEMBERSHIP_DB_PASSWORD, value: x}"),
            new Breach(Policy.SECRETS_ARE_FILES, "Deployment", CONTAINER + "/volumeMounts/0/mountPath", "/secrets"),
            new Breach(Policy.IMAGES_ARE_NAMED_EXACTLY, "Deployment", CONTAINER + "/image", "membership:latest"),
            new Breach(Policy.IMAGES_ARE_NAMED_EXACTLY, "Deployment", CONTAINER + "/image", "membership"),
            new Breach(Policy.IMAGES_ARE_NAMED_EXACTLY, "Deployment", CONTAINER + "/image", "membership:another"),
            new Breach(
                    Policy.IMAGES_ARE_NAMED_EXACTLY,
                    "production",
                    "Cluster",
                    "membership-database",
                    "/spec/imageName",
                    "ghcr.io/cloudnative-pg/postgresql:18-standard-bookworm"),
            new Breach(
                    Policy.IMAGES_ARE_NAMED_EXACTLY,
                    "development",
                    "StatefulSet",
                    "postgresql",
                    CONTAINER + "/image",
                    "docker.io/library/postgres:18-bookworm"),
            new Breach(Policy.RESOURCES_ARE_BOUNDED, "Deployment", CONTAINER + "/resources/limits/memory", ""),
            new Breach(Policy.RESOURCES_ARE_BOUNDED, "Deployment", CONTAINER + "/resources/requests/cpu", ""),
            new Breach(Policy.PODS_ARE_PROBED, "Deployment", CONTAINER + "/startupProbe", ""),
            new Breach(
                    Policy.PODS_ARE_PROBED, "Deployment", CONTAINER + "/livenessProbe/httpGet/path", "/q/health/ready"),
            new Breach(Policy.REPLICAS_SURVIVE_THE_LOSS_OF_ONE, "HorizontalPodAutoscaler", "/spec/minReplicas", "1"),
            new Breach(Policy.REPLICAS_SURVIVE_THE_LOSS_OF_ONE, "PodDisruptionBudget", "/spec/maxUnavailable", "3"),
            new Breach(Policy.REPLICAS_SURVIVE_THE_LOSS_OF_ONE, "PodDisruptionBudget", "/spec/maxUnavailable", "0"),
            new Breach(Policy.REPLICAS_SURVIVE_THE_LOSS_OF_ONE, "Deployment", "/spec/replicas", "3"),
            new Breach(Policy.REPLICAS_SURVIVE_THE_LOSS_OF_ONE, "Deployment", POD + "/topologySpreadConstraints/0", ""),
            new Breach(Policy.A_ROLL_OUT_LOSES_NO_CALL, "Deployment", POD + "/terminationGracePeriodSeconds", "30"),
            new Breach(
                    Policy.A_ROLL_OUT_LOSES_NO_CALL, "Deployment", "/spec/strategy/rollingUpdate/maxUnavailable", ""),
            new Breach(Policy.ONLY_THE_JOB_MIGRATES, "Deployment", CONTAINER + "/env/0/value", "'true'"),
            new Breach(
                    Policy.ONLY_THE_JOB_MIGRATES,
                    "production",
                    "Job",
                    "membership-migration",
                    CONTAINER + "/envFrom/0/configMapRef/name",
                    "membership"),
            new Breach(Policy.POOLS_FIT_INTO_THE_DATABASE, "HorizontalPodAutoscaler", "/spec/maxReplicas", "9"),
            new Breach(
                    Policy.POOLS_FIT_INTO_THE_DATABASE,
                    "production",
                    "Cluster",
                    "membership-database",
                    "/spec/postgresql/parameters/max_connections",
                    "'100'"),
            new Breach(
                    Policy.POOLS_FIT_INTO_THE_DATABASE,
                    "development",
                    "StatefulSet",
                    "postgresql",
                    CONTAINER + "/args/1",
                    "max_connections=50"),
            new Breach(
                    Policy.POOLS_FIT_INTO_THE_DATABASE,
                    "managed",
                    "NetworkPolicy",
                    "membership-database",
                    "/metadata/annotations/membership.dev~1max-connections",
                    "'100'"),
            new Breach(
                    Policy.THE_DATABASE_KNOWS_ALL_LETTERS,
                    "production",
                    "Cluster",
                    "membership-database",
                    "/spec/bootstrap/initdb/localeCType",
                    ""),
            new Breach(
                    Policy.THE_DATABASE_KNOWS_ALL_LETTERS,
                    "production",
                    "Cluster",
                    "membership-database",
                    "/spec/bootstrap/initdb/builtinLocale",
                    "C"),
            new Breach(
                    Policy.THE_DATABASE_KNOWS_ALL_LETTERS,
                    "development",
                    "StatefulSet",
                    "postgresql",
                    CONTAINER + "/env/3/value",
                    "--locale=C"),
            new Breach(Policy.SELECTORS_FIND_THEIR_PODS, "Service", "/spec/selector/app.kubernetes.io~1name", "other"),
            new Breach(Policy.SELECTORS_FIND_THEIR_PODS, "Service", "/spec/selector/app.kubernetes.io~1component", ""),
            new Breach(
                    Policy.SELECTORS_FIND_THEIR_PODS,
                    "PodMonitor",
                    "/spec/selector/matchLabels/app.kubernetes.io~1component",
                    "services"),
            new Breach(
                    Policy.SELECTORS_FIND_THEIR_PODS,
                    "production",
                    "NetworkPolicy",
                    "membership-clients",
                    "/spec/podSelector/matchLabels/app.kubernetes.io~1name",
                    "other"),
            new Breach(Policy.PORTS_HAVE_THE_SAME_NAME_EVERYWHERE, "Service", "/spec/ports/0/targetPort", "web"),
            new Breach(Policy.PORTS_HAVE_THE_SAME_NAME_EVERYWHERE, "Deployment", CONTAINER + "/ports/2/name", "admin"),
            new Breach(
                    Policy.PORTS_HAVE_THE_SAME_NAME_EVERYWHERE,
                    "PodMonitor",
                    "/spec/podMetricsEndpoints/0/port",
                    "metrics"),
            new Breach(
                    Policy.NETWORK_IS_CLOSED_BUT_FOR_WHAT_IS_NAMED,
                    "production",
                    "NetworkPolicy",
                    "default-deny",
                    "/spec/policyTypes/1",
                    ""),
            new Breach(
                    Policy.NETWORK_IS_CLOSED_BUT_FOR_WHAT_IS_NAMED,
                    "production",
                    "NetworkPolicy",
                    "membership-clients",
                    "/spec/ingress/0/ports/-",
                    "{port: management}"),
            new Breach(
                    Policy.NETWORK_IS_CLOSED_BUT_FOR_WHAT_IS_NAMED,
                    "production",
                    "NetworkPolicy",
                    "membership-clients",
                    "/spec/ingress/0/from",
                    ""),
            new Breach(
                    Policy.NETWORK_IS_CLOSED_BUT_FOR_WHAT_IS_NAMED,
                    "production",
                    "NetworkPolicy",
                    "membership-token-issuers",
                    "/spec/egress/0/to/0/ipBlock/except",
                    ""),
            new Breach(
                    Policy.NETWORK_IS_CLOSED_BUT_FOR_WHAT_IS_NAMED,
                    "production",
                    "NetworkPolicy",
                    "membership-traces",
                    "/spec/egress/0/ports",
                    ""),
            new Breach(
                    Policy.NETWORK_IS_CLOSED_BUT_FOR_WHAT_IS_NAMED,
                    "Service",
                    "/spec/ports/0/targetPort",
                    "management"),
            new Breach(
                    Policy.SETTINGS_ARE_KNOWN_TO_THE_SERVICE,
                    "Deployment",
                    CONTAINER + "/env/0/name",
                    "MEMBERSHIP_DB_MIGRATES"),
            new Breach(
                    Policy.SETTINGS_ARE_KNOWN_TO_THE_SERVICE,
                    "Deployment",
                    POD + "/volumes/0/projected/sources/0/secret/items/0/path",
                    "MEMBERSHIP_DB_USERNAME"));

    @ParameterizedTest
    @MethodSource("policiesOfOverlays")
    void holds(String overlay, Policy policy) {
        policy.check(Rendered.of(overlay));
    }

    @ParameterizedTest
    @FieldSource("BREACHES")
    void isNoticedWhenBroken(Breach breach) {
        Rendered broken = Rendered.of("overlays/" + breach.overlay())
                .with(breach.kind(), breach.name(), breach.pointer(), breach.value());
        assertThatThrownBy(() -> breach.policy().check(broken)).isInstanceOf(AssertionError.class);
    }

    @Test
    void everyPolicyIsBrokenOnce() {
        assertThat(BREACHES).extracting(Breach::policy).containsAll(EnumSet.allOf(Policy.class));
    }

    /** What is applied before the roll-out is the overlay, without what calls the database. */
    @ParameterizedTest
    @FieldSource("dev.membership.kubernetes.Rendered#MIGRATIONS")
    void theMigrationIsTheOverlayWithoutTheService(String migration) {
        Rendered overlay = Rendered.of(migration.replace("migration/", "overlays/"));
        assertThat(Rendered.of(migration).objects())
                .containsExactlyInAnyOrderElementsOf(overlay.objects().stream()
                        .filter(object -> !List.of("Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget")
                                .contains(Rendered.kind(object)))
                        .toList());
    }

    /** The service, its Job and the backups go to the new database; the old one is only what it is recovered from. */
    @Test
    void whatIsRecoveredIsProductionOnAnotherDatabase() {
        List<JsonNode> production = Rendered.of("overlays/production").objects();
        Rendered recovered = Rendered.of("overlays/recovered");
        assertThat(recovered.objects())
                .filteredOn(object -> !production.contains(object))
                .extracting(Rendered::kind)
                .containsExactlyInAnyOrder("Cluster", "ConfigMap", "Deployment", "Job", "ScheduledBackup");
        for (String kind : List.of("ConfigMap", "Deployment", "Job", "ScheduledBackup")) {
            assertThat(recovered.all(kind).toString()).doesNotContain("membership-database");
        }
        assertThat(recovered.one("Cluster", "membership-recovered").findValuesAsText("serverName"))
                .containsExactly("membership-database");
        assertThat(recovered.all("NetworkPolicy"))
                .allSatisfy(policy ->
                        assertThat(policy.findValues("cnpg.io/cluster")).isEmpty());
    }

    static Stream<Arguments> policiesOfOverlays() {
        return Rendered.OVERLAYS.stream()
                .flatMap(overlay -> Stream.of(Policy.values()).map(policy -> Arguments.of(overlay, policy)));
    }
}
