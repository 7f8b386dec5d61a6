package cachefiles.app.command;

import cachefiles.daemon.core.SupervisorCore.Handles;

/// What becomes of the daemon's descriptors when it dies.
final class HandlesName extends Word<Handles> {
    HandlesName() {
        super(Handles.class);
    }
}
