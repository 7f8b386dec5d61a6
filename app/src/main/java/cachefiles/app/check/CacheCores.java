package cachefiles.app.check;

import cachefiles.app.check.trace.Recorder;
import cachefiles.kernel.cache.CacheAction;
import cachefiles.kernel.cache.CacheCommand;
import cachefiles.kernel.cache.CacheCore;
import cachefiles.kernel.cache.CacheEvent;
import cachefiles.kernel.cache.CacheState;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.Errno;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// The cache's core above a [Kernel].
final class CacheCores implements Ensemble.Cache {
    /// Who speaks to the device for the cache.
    static final String NAME = "cache";

    /// The volume whose files the text commands name.
    private static final String VOLUME = "volume";

    private final Kernel kernel;
    private final Consumer<String> happened;
    private final @Nullable Recorder recorder;
    private final CacheState state = new CacheState();
    private final Map<Long, Consumer<Errno>> asks = new HashMap<>();
    private long tickets;
    private Errno directory = Errno.OK;

    /// @param recorder takes down the steps; null for none
    CacheCores(Kernel kernel, Consumer<String> happened, @Nullable Recorder recorder) {
        this.kernel = kernel;
        this.happened = happened;
        this.recorder = recorder;
    }

    @Override
    public void ask(LongFunction<CacheCommand> make, @Nullable Cookie cookie, Consumer<Errno> done) {
        asks.put(++tickets, done);
        tell(make.apply(tickets));
    }

    @Override
    public void tell(CacheCommand command) {
        var before = state.life();
        var decision = CacheCore.decide(state, command);
        decision.events().forEach(event -> CacheCore.evolve(state, event));
        if (recorder != null) {
            recorder.stepped(state, command, decision);
        }
        Words.moved(before, state.life()).ifPresent(happened);
        decision.actions().forEach(this::perform);
        if (decision.events().contains(new CacheEvent.DeviceOpened())
                && kernel.device().isDead()) {
            kernel.newDevice();
        }
    }

    @Override
    public void directory(Errno found) {
        directory = found;
    }

    /// A look-up has ended.
    void lookedUp(Cookie cookie, Errno errno) {
        tell(new CacheCommand.LookedUp(cookie, errno));
    }

    /// Nothing is left of the object.
    void released(Cookie cookie) {
        tell(new CacheCommand.Withdrawn(cookie));
    }

    private void perform(CacheAction action) {
        Words.of(action).ifPresent(happened);
        switch (action) {
            case CacheAction.Complete(var ticket, var errno) -> complete(ticket, errno);
            case CacheAction.CheckDirectory _ -> tell(new CacheCommand.DirectoryChecked(directory));
            case CacheAction.FlushAll _ -> kernel.call(NAME, new DeviceCall.Close());
            case CacheAction.RefuseOperations _ -> kernel.refuse(Errno.ENOBUFS);
            case CacheAction.CheckInUse(var ticket, _, var name) ->
                complete(ticket, kernel.place(Cookie.of(VOLUME, name)).inUse());
            case CacheAction.CullFile(var ticket, _, var name) ->
                complete(ticket, kernel.place(Cookie.of(VOLUME, name)).cull());
            case CacheAction.StartLookUp(var cookie, _) -> kernel.acquire(cookie);
            case CacheAction.Withdraw(var cookie) -> kernel.release(cookie, false);
            case CacheAction.ReleaseDirectory _,
                    CacheAction.WakePollers _,
                    CacheAction.SetFull _,
                    CacheAction.PassOn _ -> {} // said in words
        }
    }

    private void complete(long ticket, Errno errno) {
        Objects.requireNonNull(asks.remove(ticket), "a ticket of ours").accept(errno);
    }
}
