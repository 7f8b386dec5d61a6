/// The load generator's shell, under a virtual clock.
package cachefiles.app.load;
