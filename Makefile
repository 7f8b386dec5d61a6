# Short names for what one would otherwise have to look up. `mvn verify` is the whole check and needs none of this.
MVN ?= mvn -B -ntp
# What `make bench` runs, and how: a part of the benchmarks' names, then JMH's options.
BENCH ?= .*
# Which packages `make mutation` changes; all, if none is named.
PARTS ?=
# How many objects `make scale` fills.
OBJECTS ?= 1000000

.PHONY: help build test quick format warnings bench performance scale ratios verification kill mutation long clean

help: ## this list
	@sed -nE 's/^([a-z]+):.*## (.*)/\1	\2/p' $(MAKEFILE_LIST) | expand -t 12

build: ## compile and package; no tests, no checks
	$(MVN) -Dfast -DskipTests package

test: ## everything that has to hold: the same as `mvn verify`
	$(MVN) verify

quick: ## the tests alone, without formatting, Error Prone and NullAway
	$(MVN) -Dfast test

format: ## format all Java sources
	$(MVN) -q -N verify -Dformat=write

warnings: ## list the warnings of all modules at once, where `mvn verify` ends at the first
	$(MVN) -DskipTests clean test-compile -Dwerror=-g

bench: ## run benchmarks: make bench BENCH='Hits -f 1 -wi 1'
	$(MVN) -q -Dfast -DskipTests -Dbench='$(BENCH)' package

performance: ## run all benchmarks and write the tables of docs/performance.md
	$(MVN) -q -Dfast -DskipTests -Dbench.main=cachefiles.app.bench.Performance -Dbench=docs/performance.md package

scale: ## fill a million objects (OBJECTS), kill the process, start on what it left, and write that table of docs/performance.md
	$(MVN) -q -Dfast -DskipTests -Dbench.main=cachefiles.app.bench.Performance -Dbench.jvm=-Dscale=$(OBJECTS) -Dbench='docs/performance.md scale' package

ratios: ## measure `serve` beside its origin and write that table of docs/performance.md
	$(MVN) -q -Dfast -DskipTests -Dbench.main=cachefiles.app.bench.Performance -Dbench='docs/performance.md ratios' package

verification: ## explore all presets and write the table of docs/verification.md (half an hour)
	$(MVN) -q -Dfast -DskipTests -Dbench.main=cachefiles.app.check.explore.Verification -Dbench.jvm='-Xmx16g -XX:+UseParallelGC' -Dbench=docs/verification.md package

mutation: ## change the cores and write docs/mutation.md: which changes no test notices; PARTS='kernel.reader' runs one part
	$(MVN) -q -Dfast -DskipTests -Dmutation='docs/mutation.md $(PARTS)' process-test-classes

kill: ## kill -9 a serving process 100 times under load, with either journal, and look at what it left
	$(MVN) -Dfast -Dkills=100 -Dtest=KillTest -Dsurefire.failIfNoSpecifiedTests=false test

long: ## the tests that take too long for every build, those tagged `long`
	$(MVN) -Dfast -Dgroups=long -DexcludedGroups= verify

clean: ## remove everything built, the launcher's build too
	$(MVN) -q clean
