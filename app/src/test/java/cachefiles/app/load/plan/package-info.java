/// Profiles, sizes, and what readers do.
package cachefiles.app.load.plan;
