package org.kdive.qmp;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Where a monitor is, as a user writes it: {@code unix:PATH}, {@code tcp:HOST:PORT} or {@code HOST:PORT}. */
public final class QmpEndpoint {
    // Linux sockaddr_un: sun_path has 108 bytes with the terminating zero (unix(7)).
    private static final int LONGEST_UNIX_PATH_BYTES = 107;

    private QmpEndpoint() {}

    /** {@link QmpFailure.Unreachable} if it is spelled wrong. A name is resolved when connecting, not here. */
    public static SocketAddress parse(String text) {
        if (text.startsWith("unix:")) {
            String path = text.substring("unix:".length());
            if (path.isEmpty()) {
                throw unreachable(text, "no path after unix:");
            }
            return UnixDomainSocketAddress.of(path);
        }
        String rest = text.startsWith("tcp:") ? text.substring("tcp:".length()) : text;
        int colon = rest.lastIndexOf(':');
        if (colon < 0) {
            throw unreachable(text, "expected unix:PATH, tcp:HOST:PORT or HOST:PORT");
        }
        String host = rest.substring(0, colon).replaceAll("^\\[(.*)]$", "$1");
        int port = portIn(rest.substring(colon + 1));
        if (port < 1 || port > 65535) {
            throw unreachable(text, "expected a port from 1 to 65535 after the last colon");
        }
        return InetSocketAddress.createUnresolved(host.isEmpty() ? "localhost" : host, port);
    }

    /** The spelling {@link #parse} takes. */
    public static String describe(SocketAddress address) {
        if (address instanceof UnixDomainSocketAddress unix) {
            return "unix:" + unix.getPath();
        }
        if (address instanceof InetSocketAddress inet) {
            String host = inet.getHostString();
            return "tcp:" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + inet.getPort();
        }
        return address.toString();
    }

    /** Why the kernel will not take this address at all; empty if it may. */
    public static Optional<String> findObstacle(SocketAddress address) {
        if (address instanceof UnixDomainSocketAddress unix) {
            int bytes = unix.getPath().toString().getBytes(StandardCharsets.UTF_8).length;
            if (bytes > LONGEST_UNIX_PATH_BYTES) {
                return Optional.of("the path has %d bytes, a unix socket allows %d; use a shorter directory"
                        .formatted(bytes, LONGEST_UNIX_PATH_BYTES));
            }
        }
        return Optional.empty();
    }

    private static int portIn(String digits) {
        return digits.matches("[0-9]{1,5}") ? Integer.parseInt(digits) : -1;
    }

    private static QmpException unreachable(String text, String why) {
        return new QmpException(new QmpFailure.Unreachable(text, why));
    }
}
