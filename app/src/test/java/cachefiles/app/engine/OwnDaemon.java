package cachefiles.app.engine;

import cachefiles.kernel.uapi.AnonymousFd;
import cachefiles.kernel.uapi.Codec;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.DevicePort;
import cachefiles.kernel.uapi.DeviceReply;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// A daemon of a test's own, on a thread of its own: it takes the device over from the engine's daemon, as a second
/// process might, and serves as upstream's good daemon does. Tests override what is to be faulty.
class OwnDaemon implements AutoCloseable {
    private final DevicePort device;
    private final Path origin;
    private final Thread thread = Thread.ofPlatform().name("own-daemon").unstarted(this::run);
    private final Semaphore readable = new Semaphore(1);
    private final CompletableFuture<Long> incarnation = new CompletableFuture<>();

    /// @param origin the directory that it serves from, by the objects' keys
    OwnDaemon(DevicePort device, Path origin) {
        this.device = device;
        this.origin = origin;
    }

    /// Takes over; what waits is served.
    OwnDaemon start() throws InterruptedException, ExecutionException {
        device.call(new DeviceCall.TakeOver(false), reply -> {
            if (reply instanceof DeviceReply.TookOver(var given)) {
                incarnation.complete(given);
            } else {
                readable.release();
            }
        });
        Eventually.of(incarnation);
        ask(new DeviceCall.Restore());
        thread.start();
        return this;
    }

    void open(Request.Open request, AnonymousFd fd) throws DeviceException {
        copen(request, fd, content(fd).length);
    }

    void read(Request.Read request, AnonymousFd fd) throws DeviceException {
        fill(request, fd);
        cread(request, fd);
    }

    void close(Request.Close request, AnonymousFd fd) {
        ask(new DeviceCall.CloseHandle(fd.incarnation(), fd.handle()));
    }

    final Errno copen(Request.Open request, AnonymousFd fd, long size) {
        return ask(new DeviceCall.Copen(fd.incarnation(), request.msgId(), fd.handle(), size, ""));
    }

    final Errno cread(Request.Read request, AnonymousFd fd) {
        return ask(new DeviceCall.Cread(fd.incarnation(), request.msgId(), fd.handle(), Errno.OK));
    }

    /// Writes what `request` asks for.
    final void fill(Request.Read request, AnonymousFd fd) throws DeviceException {
        var content = content(fd);
        int start = (int) request.range().offset();
        int length = (int) Math.min(request.range().length(), content.length - start);
        fd.write(ByteBuffer.wrap(content, start, length).slice(), start);
    }

    private byte[] content(AnonymousFd fd) {
        try {
            return Files.readAllBytes(origin.resolve(fd.handle().cookie().key().toString()));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void run() {
        try {
            while (true) {
                readable.acquire();
                serveAll();
            }
        } catch (InterruptedException _) {
            // closed
        }
    }

    private void serveAll() {
        while (reply(new DeviceCall.Fetch(incarnation.join(), 0, Codec.MAX_BYTES))
                instanceof DeviceReply.Message message) {
            var fd = message.fd();
            try {
                switch (message.request()) {
                    case Request.Open open -> open(open, fd);
                    case Request.Read read -> read(read, fd);
                    case Request.Close close -> close(close, fd);
                }
            } catch (DeviceException _) {
                // upstream's daemon drops the request: it stays out
            }
        }
    }

    private Errno ask(DeviceCall call) {
        return reply(call) instanceof DeviceReply.Done(_, var errno) ? errno : Errno.EIO;
    }

    private DeviceReply reply(DeviceCall call) {
        var reply = new CompletableFuture<DeviceReply>();
        device.call(call, reply::complete);
        return reply.orTimeout(Eventually.LONG.toSeconds(), TimeUnit.SECONDS).join();
    }

    /// It serves no more. The device does not notice: it is dead when another takes over, which fences it.
    @Override
    public void close() {
        thread.interrupt();
    }
}
