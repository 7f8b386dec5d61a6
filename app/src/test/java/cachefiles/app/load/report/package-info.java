/// Logs, reports, and what is required of a load.
package cachefiles.app.load.report;
