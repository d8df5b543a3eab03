package dev.membership.service.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A GraphQL request of which not all comes. */
public final class UnfinishedPost {
    private UnfinishedPost() {}

    /**
     * @param header one more, which says how long the body will be or asks for something
     * @param begun what comes of the body
     */
    public static Socket to(ServiceProcess service, String key, String header, String begun) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.httpPort());
        socket.getOutputStream().write("""
                        POST /graphql HTTP/1.1\r
                        Host: localhost\r
                        Authorization: Bearer %s\r
                        Content-Type: application/json\r
                        %s\r
                        \r
                        %s""".formatted(key, header, begun).getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
