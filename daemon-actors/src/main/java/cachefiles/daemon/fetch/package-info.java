/// Where bytes come from.
@NullMarked
package cachefiles.daemon.fetch;

import org.jspecify.annotations.NullMarked;
