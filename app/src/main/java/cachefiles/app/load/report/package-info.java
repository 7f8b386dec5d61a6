/// What a load found: its log, and what is made of the log alone. Pure.
@NullMarked
package cachefiles.app.load.report;

import org.jspecify.annotations.NullMarked;
