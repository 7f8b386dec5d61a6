/// The bug museum: what went wrong in Linux, found again in these cores with one guard taken out.
@NullMarked
package cachefiles.app.check.museum;

import org.jspecify.annotations.NullMarked;
