/// What the tests of every module share: they see it as the test jar of `kernel-actors`.
package cachefiles.testing;
