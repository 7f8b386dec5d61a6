/// Traces: what the actors of a run did, one line a transition; told, drawn, and taken once more by the cores alone.
@NullMarked
package cachefiles.app.check.trace;

import org.jspecify.annotations.NullMarked;
