/// What a load does: profiles, sizes, which object is read next, and when. Pure.
@NullMarked
package cachefiles.app.load.plan;

import org.jspecify.annotations.NullMarked;
