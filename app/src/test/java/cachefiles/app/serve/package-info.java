@NullMarked
package cachefiles.app.serve;

import org.jspecify.annotations.NullMarked;
