# More than the origin can give: 64 requests at a time, 10 ms each, are 6,400 a second; asked for are 64,000.
objects = 1000000
object-size = 4k
readers = 20000
rate = 64000
access = sequential
origin-latency = 10ms
read-ahead = 0
duration = 60s
crash = poisson:10s
