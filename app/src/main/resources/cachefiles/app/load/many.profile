# A million small objects, all of them open, read here and there.
objects = 1000000
object-size = 4k
readers = 64
rate = 2000
access = uniform
duration = 60s
prepare = open
passivate = never
crash = poisson:5s
