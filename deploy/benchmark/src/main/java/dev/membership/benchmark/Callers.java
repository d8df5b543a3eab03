package dev.membership.benchmark;

import com.google.gson.Gson;
import dev.membership.benchmark.Calls.Kind;
import dev.membership.v1.ListMembershipsRequest;
import dev.membership.v1.MembershipServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Takes one command a line and answers each with one line of JSON, so that one warm process serves a whole benchmark:
 *
 * <pre>
 * prepare OPERATOR_TOKEN
 * use SECRET_KEY
 * run KIND POPULATION CALLERS CONNECTIONS SECONDS [NAME=VALUE ...]
 * token POPULATION SKIP [ORDER_BY]        the page token that lies behind so many rows
 * </pre>
 */
public final class Callers {
    private static final Gson JSON = new Gson();

    private final int port;
    private final Calls calls = new Calls();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private String secretKey = "";

    private Callers(int port) {
        this.port = port;
    }

    /** @param arguments the port of the service's gRPC door, on this machine */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Callers callers = new Callers(Integer.parseInt(arguments[0]));
        var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            System.out.println(callers.answer(line.split(" ")));
        }
    }

    private String answer(String[] command) throws InterruptedException {
        return switch (command[0]) {
            case "prepare" -> {
                Preparation made = Preparation.make(channels(1).getFirst(), command[1]);
                secretKey = made.secretKey();
                yield JSON.toJson(Map.of("instance", made.instance(), "secret_key", secretKey));
            }
            case "use" -> {
                secretKey = command[1];
                yield "{}";
            }
            case "run" -> run(command);
            case "token" -> JSON.toJson(Map.of("token", token(command)));
            default -> throw new IllegalArgumentException(command[0]);
        };
    }

    private String run(String[] command) throws InterruptedException {
        Map<String, String> options = new LinkedHashMap<>();
        for (int i = 6; i < command.length; i++) {
            String[] option = command[i].split("=", 2);
            options.put(option[0], option[1]);
        }
        Load.Outcome outcome = new Load(calls, secretKey)
                .run(
                        Kind.valueOf(command[1].toUpperCase(Locale.ROOT)),
                        Population.valueOf(command[2].toUpperCase(Locale.ROOT)),
                        options,
                        Integer.parseInt(command[3]),
                        Double.parseDouble(command[5]),
                        channels(Integer.parseInt(command[4])));
        return JSON.toJson(Map.of(
                "calls",
                outcome.latency().getTotalCount(),
                "seconds",
                outcome.seconds(),
                "p50_ms",
                outcome.latency().getValueAtPercentile(50) / 1e3,
                "p99_ms",
                outcome.latency().getValueAtPercentile(99) / 1e3,
                "failures",
                outcome.failures(),
                "first_failure",
                outcome.firstFailure()));
    }

    private String token(String[] command) {
        return MembershipServiceGrpc.newBlockingStub(channels(1).getFirst())
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(Preparation.headers(secretKey)))
                .listMemberships(ListMembershipsRequest.newBuilder()
                        .setOrganizationId(Population.valueOf(command[1].toUpperCase(Locale.ROOT))
                                .organizationId())
                        .setPageSize(50)
                        .setSkip(Integer.parseInt(command[2]))
                        .setOrderBy(command.length > 3 ? command[3] : "")
                        .build())
                .getNextPageToken();
    }

    private List<ManagedChannel> channels(int count) {
        while (channels.size() < count) {
            channels.add(NettyChannelBuilder.forAddress("127.0.0.1", port)
                    .usePlaintext()
                    .directExecutor()
                    .build());
        }
        return channels.subList(0, count);
    }
}
