.PHONY: build test
build:
	mvn -B -Dfast -DskipTests package
test:
	mvn -B verify
