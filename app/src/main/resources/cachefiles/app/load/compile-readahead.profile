# T09: as compile, and 2 MiB are fetched at a time where the file has them.
objects = 60000
object-size = ~5k..150k
readers = 32
rate = closed
access = zipf:0.7
mix = aligned
block = 4k
read-ahead = 2M
duration = 30s
crash = poisson:2s
