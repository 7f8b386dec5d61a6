# A first look: ten seconds, a thousand objects, a crash every half a second.
objects = 1000
object-size = ~16k..1M
readers = 32
rate = 500
access = zipf
duration = 10s
crash = poisson:500ms
