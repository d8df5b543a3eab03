package dev.membership.service.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

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

    /** @return the status of the answer, of which the rest is still to be read, and not for longer than this for each part */
    public static int status(Socket socket, Duration longest) throws IOException {
        socket.setSoTimeout((int) longest.toMillis());
        byte[] start = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
        String line = new String(start, StandardCharsets.US_ASCII);
        return Integer.parseInt(line.substring(line.indexOf(' ') + 1));
    }
}
