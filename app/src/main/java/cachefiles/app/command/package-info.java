/// The command line: one class a command. Data goes to standard output, everything else to standard error.
@NullMarked
package cachefiles.app.command;

import org.jspecify.annotations.NullMarked;
