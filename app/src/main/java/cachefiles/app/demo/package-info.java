/// The demo: many readers read real files through the cache while its daemon is crashed over and over.
@NullMarked
package cachefiles.app.demo;

import org.jspecify.annotations.NullMarked;
