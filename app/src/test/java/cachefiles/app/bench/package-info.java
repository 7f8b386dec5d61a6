/// Benchmarks: `make bench` runs some, `make performance` all, and fills the tables of docs/performance.md.
package cachefiles.app.bench;
