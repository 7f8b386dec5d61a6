# The reference's Stress section: scans in aligned chunks 1, in odd ones 2, one random read 3, one object dropped 1, all
# dropped 2 (clean pages, and the caches of directories), memory compacted 1; a rest of up to half a second before each.
objects = 2000
object-size = ~16k..4M
readers = 256
rate = closed
access = uniform
mix = aligned:1,unaligned:2,random:3,drop:1,drop-all:2,compact:1
block = 4k..256k*3,256k..4M*1
think = 500ms
duration = 30s
crash = poisson:1s
