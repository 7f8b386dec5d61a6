/// Tests of the project's own rules: which package may see which, how files look, what the build promises.
package cachefiles.app.frame;
