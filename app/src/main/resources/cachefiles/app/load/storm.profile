# Thousands of readers wait for a slow origin while the daemon dies again and again: storms of restores.
objects = 10000
object-size = 64k
readers = 4000
rate = closed
access = uniform
origin-latency = 20ms
read-ahead = 0
duration = 20s
crash = every:500ms
