/// The program: its way in. Everything else lies in the packages below.
@NullMarked
package cachefiles.app;

import org.jspecify.annotations.NullMarked;
