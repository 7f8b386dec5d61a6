# T08: a kernel is compiled by 32 jobs over a source tree that is in the cache: many readers, small files, read whole.
objects = 60000
object-size = ~5k..150k
readers = 32
rate = closed
access = zipf:0.7
mix = aligned
block = 128k
read-ahead = 0
duration = 30s
crash = poisson:2s
