package dev.membership.local;

import dev.membership.v1.CheckPermissionRequest;
import java.nio.ByteBuffer;

/** What is printed when everything is up: where the service is, who may call it, and calls to paste. */
final class Welcome {
    private Welcome() {}

    static String addresses(Settings settings) {
        return """

                The service is up; Ctrl-C ends it.
                  GraphQL     http://127.0.0.1:%d/graphql
                  gRPC        127.0.0.1:%d (plaintext)
                  health      http://127.0.0.1:%d/q/health
                  metrics     http://127.0.0.1:%3$d/q/metrics
                """.formatted(settings.httpPort(), settings.grpcPort(), settings.managementPort());
    }

    static String database(LocalPostgres postgres) {
        return """
                  PostgreSQL  %s (login %s, password in %s)
                """.formatted(postgres.url(), LocalPostgres.USER, postgres.passwordFile());
    }

    static String demo(Settings settings, DemoState state, DemoIssuer issuer) {
        String organization = state.get(DemoState.ORGANIZATION);
        String member = state.get(DemoState.MEMBER);
        CheckPermissionRequest check = CheckPermissionRequest.newBuilder()
                .setOrganizationId(organization)
                .setUserId(member)
                .setPermission("org:invoices:read")
                .build();
        return """

                The demo instance: paste the three callers first.
                  # a backend: may do everything in the instance
                SECRET=%s
                  # an admin of Northwind Logistics (valid for 12 hours)
                ADMIN=%s
                  # a plain member of it
                MEMBER=%s

                Calls to paste:
                  # the organization with its 2,000 members, as a backend
                %s
                  # its first members, as its admin
                %s
                  # one more member, added by the admin
                %s
                  # the same by a plain member: refused
                %s
                  # may the plain member manage members?
                %s
                  # gRPC: may that member read invoices?
                %s
                  # the same with nothing but curl: the call's bytes are written out
                %s
                """.formatted(
                        state.get(DemoState.SECRET_KEY),
                        issuer.token(state.get(DemoState.ADMIN)),
                        issuer.token(member),
                        graphql(settings, "SECRET", """
                                { getOrganization(id: "%s") { id name membersCount } }""".formatted(organization)),
                        graphql(settings, "ADMIN", """
                                { listMemberships(organizationId: "%s", first: 5) { totalCount \
                                nodes { role publicUserData { identifier firstName } } } }""".formatted(organization)),
                        graphql(settings, "ADMIN", addition(state)),
                        graphql(settings, "MEMBER", addition(state)),
                        graphql(settings, "SECRET", """
                                { checkPermission(organizationId: "%s", userId: "%s", \
                                permission: "org:sys_memberships:manage") { allowed reason } }""".formatted(organization, member)),
                        grpcurl(settings, check),
                        grpcWithCurl(settings, check));
    }

    private static String addition(DemoState state) {
        return """
                mutation { createMembership(organizationId: "%s", userId: "%s", role: "org:member") { id role } }""".formatted(state.get(DemoState.ORGANIZATION), state.get(DemoState.NEWCOMER));
    }

    private static String graphql(Settings settings, String caller, String query) {
        return """
                curl -s http://127.0.0.1:%d/graphql -H "authorization: Bearer $%s" -H 'content-type: application/json' \
                -d '{"query": "%s"}'; echo""".formatted(settings.httpPort(), caller, query.replace("\"", "\\\""));
    }

    private static String grpcurl(Settings settings, CheckPermissionRequest check) {
        return """
                grpcurl -plaintext -H "authorization: Bearer $SECRET" -import-path '%s/proto/src/main/proto' \
                -proto membership/v1/membership.proto -d '{"organization_id": "%s", "user_id": "%s", \
                "permission": "%s"}' 127.0.0.1:%d membership.v1.MembershipService/CheckPermission""".formatted(
                        settings.root(),
                        check.getOrganizationId(),
                        check.getUserId(),
                        check.getPermission(),
                        settings.grpcPort());
    }

    /** A gRPC call is an HTTP/2 request whose body is a zero, the message's length in four bytes, and the message. */
    private static String grpcWithCurl(Settings settings, CheckPermissionRequest check) {
        byte[] message = check.toByteArray();
        byte[] body = ByteBuffer.allocate(5 + message.length)
                .put((byte) 0)
                .putInt(message.length)
                .put(message)
                .array();
        StringBuilder text = new StringBuilder();
        for (byte value : body) {
            boolean plain = Character.isLetterOrDigit(value) || value == '_' || value == ':';
            text.append(plain ? String.valueOf((char) value) : "\\%03o".formatted(value & 0xff));
        }
        return """
                printf '%s' | curl -s --http2-prior-knowledge -H "authorization: Bearer $SECRET" \
                -H 'content-type: application/grpc' -H 'te: trailers' --data-binary @- \
                http://127.0.0.1:%d/membership.v1.MembershipService/CheckPermission | od -c""".formatted(text, settings.grpcPort());
    }
}
