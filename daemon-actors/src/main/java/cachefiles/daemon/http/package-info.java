/// What an HTTP server's answer means, and when it is asked again: rules without a connection.
@NullMarked
package cachefiles.daemon.http;

import org.jspecify.annotations.NullMarked;
