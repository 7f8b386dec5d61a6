package cachefiles.app.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// One connection that asks again and again and throws away what comes. It costs little: one buffer, one thread, no
/// copies but the kernel's.
final class LoopClient implements AutoCloseable {
    private static final Pattern HEAD = Pattern.compile(
            "HTTP/1\\.1 20[06] .*?\\r\\nContent-Length: (\\d+)\\r\\n.*", Pattern.DOTALL | Pattern.CASE_INSENSITIVE);

    private final URI below;
    private final SocketChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(256 * 1024);

    /// @param below the address of all that is asked for
    LoopClient(URI below) throws IOException {
        this.below = below;
        this.channel = SocketChannel.open(new InetSocketAddress(below.getHost(), below.getPort()));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    /// @param range such as `0-99`; empty for all
    /// @return bytes of the body
    long get(String key, String range) throws IOException {
        var request = "GET " + below.getRawPath() + key + " HTTP/1.1\r\nHost: " + below.getAuthority() + "\r\n"
                + (range.isEmpty() ? "" : "Range: bytes=" + range + "\r\n") + "\r\n";
        channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
        buffer.clear();
        int end = -1;
        while (end < 0) {
            fill();
            end = endOfHead();
        }
        var bytes = new byte[end];
        buffer.get(0, bytes);
        var head = HEAD.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
        if (!head.matches()) {
            throw new IOException(key + ": " + new String(bytes, StandardCharsets.ISO_8859_1));
        }
        long length = Long.parseLong(head.group(1));
        long left = length - (buffer.position() - end);
        while (left > 0) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), left));
            fill();
            left -= buffer.position();
        }
        return length;
    }

    private void fill() throws IOException {
        if (channel.read(buffer) < 0) {
            throw new EOFException("the server closed the connection");
        }
    }

    /// Behind the empty line; -1 if that has not come.
    private int endOfHead() {
        for (int at = 3; at < buffer.position(); at++) {
            if (buffer.get(at) == '\n' && buffer.get(at - 2) == '\n') {
                return at + 1;
            }
        }
        return -1;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
