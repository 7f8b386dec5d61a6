package cachefiles.app.crash;

import cachefiles.kernel.uapi.Faults.InjectedCrash;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;

/// Keeps quiet about failures that were made on purpose, which Akka reports each time.
public final class InjectedCrashFilter extends Filter<ILoggingEvent> {
    private static final String ON_PURPOSE = InjectedCrash.class.getName();

    @Override
    public FilterReply decide(ILoggingEvent event) {
        for (IThrowableProxy thrown = event.getThrowableProxy(); thrown != null; thrown = thrown.getCause()) {
            if (thrown.getClassName().equals(ON_PURPOSE)) {
                return FilterReply.DENY;
            }
        }
        return FilterReply.NEUTRAL;
    }
}
