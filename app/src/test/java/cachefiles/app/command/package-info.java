@org.jspecify.annotations.NullMarked
package cachefiles.app.command;
