# Short names for what one would otherwise have to look up. `mvn verify` is the whole check and needs none of this.
MVN ?= mvn -B -ntp

.PHONY: help build test format warnings

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /	/' | expand -t 16

build: ## compile and package, without tests and checks
	$(MVN) -Dfast -DskipTests package

test: ## everything that has to hold: the same as `mvn verify`
	$(MVN) verify

format: ## format all Java sources
	$(MVN) -q -N verify -Dformat=write

warnings: ## list the warnings of all modules at once, where `mvn verify` ends at the first
	$(MVN) -DskipTests clean test-compile -Dwerror=-g
