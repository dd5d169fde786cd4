# roomkey: `make help` says what there is.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif
VERSION := 0.1.0
BUILD ?= build/release
DEMO_DIR ?= build/demo
DEMO_PORT ?= 8443
DEMO_ORIGINS ?= https://localhost:3000 http://localhost:3000 http://localhost:5173
DEMO_WORKERS ?= 2
DEMO_RATE_LIMIT ?= on
DEMO_STORE ?= sqlite
DEMO_WAITING_ROOM ?=
FUZZ_SECONDS ?= 60

PACKAGES_BUILD := g++ libfcgi-dev libjsoncpp-dev libssl-dev libsqlitecpp-dev libsqlite3-dev \
  libspdlog-dev libcli11-dev libcurl4-openssl-dev libpq-dev
PACKAGES_DEMO := ca-certificates nginx spawn-fcgi multiwatch curl openssl procps
PACKAGES_postgresql := postgresql libpq5
PACKAGES_CALL := janus libjs-janus-gateway libjs-webrtc-adapter iproute2
PACKAGES_CHECK := libcppunit-dev sqlite3 postgresql mandoc python3 python3-jwt python3-cryptography \
  python3-twilio
PACKAGES_BROWSER := chromium firefox-esr npm:nodejs npm:npm
PACKAGES_NPM := npm:nodejs npm:npm
PACKAGES_LINT := clang clang-format clang-tidy shellcheck
PACKAGES_BENCH := libbenchmark-dev wrk
PACKAGES_PEERS := npm:nodejs npm:npm python3-django python3-djangorestframework \
  python3-djangorestframework-simplejwt gunicorn python3-twilio
PACKAGES_CHAOS := faketime util-linux
PACKAGES_FAILOVER := patroni etcd-server python3-etcd
PACKAGES_SECURITY := testssl.sh bsdextrautils
PACKAGES_FUZZ := clang libclang-rt-14-dev
PACKAGES_DEB := dpkg-dev debhelper
PACKAGES_SBOM := reuse
PACKAGES_BARE := debootstrap systemd-container
# Root's: a machine of its own for the package. Elsewhere the suite says that it can't run.
PACKAGES_SYSTEMD := $(PACKAGES_DEB) lintian debootstrap systemd-container iproute2
# $(call with,SETS,TARGETS): installs what is missing of each PACKAGES_<set>, then makes the targets, if any.
define with
@sh tests/install_packages.sh $(foreach set,$(1),$(PACKAGES_$(set)))
$(if $(filter BROWSER,$(1)),@tests/debian_node.sh >/dev/null)
$(if $(2),+@$(MAKE) --no-print-directory $(2))
endef

CXX ?= g++
# Names and lines for a backtrace; all that a debugger could show more costs a third of the compile time.
OPTIMIZE ?= -O2 -g1
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Werror
HARDENING ?= -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
CPPFLAGS += -Iinclude -Isrc -DROOMKEY_VERSION='"$(VERSION)"' -isystem /usr/include/jsoncpp -isystem /usr/include/postgresql \
  -DSPDLOG_SHARED_LIB -DSPDLOG_COMPILED_LIB -DSPDLOG_FMT_EXTERNAL
CXXFLAGS += -std=c++20 $(OPTIMIZE) $(WARNINGS) $(HARDENING) $(SANITIZE)
LDFLAGS += -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(SANITIZE)
LIBS := -lfcgi -ljsoncpp -lcrypto -lSQLiteCpp -lsqlite3 -lspdlog -lfmt

MAINS := src/cli/main.cpp src/worker/main.cpp
SOURCES := $(filter-out $(MAINS),$(shell find src -name '*.cpp'))
TESTS := $(shell find tests -name node_modules -prune -o -name '*_test.cpp' -print)
object = $(patsubst %.cpp,$(BUILD)/%.o,$(1))
# Each folder's sources are compiled as one: most of the time went to the headers that every file includes.
joined = $(sort $(patsubst %/,$(BUILD)/%/folder.o,$(dir $(1))))
DRIVERS := $(patsubst sql/%/,%,$(wildcard sql/*/))
OBJECTS := $(call joined,$(SOURCES)) $(DRIVERS:%=$(BUILD)/migrations/%.o)
TEST_OBJECTS := $(call joined,$(TESTS)) $(call object,tests/unit_main.cpp)

# Where `make install` puts things; DESTDIR goes before all of them.
PREFIX ?= /usr
SYSCONFDIR ?= /etc
# Debian 12's systemd packages still have their units in /lib.
UNITDIR ?= $(if $(filter /usr,$(PREFIX)),/lib,$(PREFIX)/lib)/systemd/system
DEB_VERSION ?= $(VERSION)
DEB_DIR ?= build
NPM_DIR ?= build

.PHONY: all build help packages demo demo-call demo-stop check check-bare browsers sanitize lint bench bench-call bench-peers bench-postgresql bench-scale chaos soak security fuzz \
  fuzzers install deb sbom npm clean FORCE
all: ## installs what is missing and builds
	$(call with,BUILD,build)
build: $(BUILD)/roomkey $(BUILD)/roomkey-fcgi

packages: ## installs what any target here but bench-peers and chaos's failover needs and is missing
	$(call with,BUILD DEMO CALL CHECK BROWSER LINT BENCH CHAOS SECURITY FUZZ SYSTEMD)
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 20

demo: ## runs the whole thing on this machine and fetches a token (DEMO_DIR, DEMO_PORT, DEMO_STORE, ...)
	$(call with,BUILD DEMO $(DEMO_STORE),build)
	@BIN_DIR=$(BUILD) DEMO_STORE='$(DEMO_STORE)' DEMO_DIR='$(DEMO_DIR)' DEMO_PORT='$(DEMO_PORT)' DEMO_ORIGINS='$(DEMO_ORIGINS)' \
	  DEMO_WORKERS='$(DEMO_WORKERS)' DEMO_RATE_LIMIT='$(DEMO_RATE_LIMIT)' \
	  DEMO_WAITING_ROOM='$(DEMO_WAITING_ROOM)' demo/demo.sh start
demo-call: export DEMO_CALL := on
demo-call: ## the same, with Debian's Janus: a real call between two browsers
	$(call with,BUILD DEMO CALL $(DEMO_STORE),build)
	@BIN_DIR=$(BUILD) DEMO_STORE='$(DEMO_STORE)' DEMO_DIR='$(DEMO_DIR)' DEMO_PORT='$(DEMO_PORT)' DEMO_ORIGINS='$(DEMO_ORIGINS)' \
	  DEMO_WORKERS='$(DEMO_WORKERS)' DEMO_RATE_LIMIT='$(DEMO_RATE_LIMIT)' \
	  DEMO_WAITING_ROOM='$(DEMO_WAITING_ROOM)' demo/demo.sh start
demo-stop: ## ends the demo
	@DEMO_DIR='$(DEMO_DIR)' demo/demo.sh stop

check: ## installs what is missing, builds, runs every test
	$(call with,BUILD DEMO CALL CHECK BROWSER SYSTEMD,build $(BUILD)/unit-tests)
	@BIN_DIR=$(BUILD) tests/run.sh unit install vendor browser e2e 'cli&' 'systemd&'

check-bare: ## the README's commands, from a fresh clone in a Debian with nothing but git and make (root)
	$(call with,BARE)
	@/usr/bin/python3 tests/systemd/bare.py

browsers: ## every test of the browser's part that Firefox can run, in Firefox as well (8 minutes)
	$(call with,BUILD DEMO CHECK BROWSER,build)
	@BROWSERS_WHOLE=1 BIN_DIR=$(BUILD) tests/run.sh browser

# One build serves the tests and the fuzzers. It is clang's: libFuzzer comes with it, and g++ 12 warns of
# std::regex under the sanitizers.
SANITIZE_CXX ?= clang++
SANITIZED = @$(MAKE) --no-print-directory BUILD=build/sanitize CXX='$(SANITIZE_CXX)' OPTIMIZE='-O0 -g1' \
  HARDENING=-fPIE HEADERS=tests/sanitizers/headers.hpp \
  SANITIZE='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all \
    -fsanitize-ignorelist=tests/sanitizers/checked_elsewhere.txt \
    -fsanitize-coverage-ignorelist=tests/sanitizers/not_traced.txt'
# Not under sanitizers: what waits or runs the command over and over. SANITIZE_SHORT=1 leaves to the unit
# tests, too, what takes no foreign bytes or takes them as another does that is kept, what mostly waits, and
# the store on PostgreSQL.
UNSANITIZED := demo load setup setup_accounts setup_refusal setup_store setup_terminal owner web check metrics memory \
  $(if $(SANITIZE_SHORT),audit backup bearer_algorithms callback_completing callback_order callback_participants \
    callback_signature callback_unseen cut disk guests guests_door keys limits live_ad_hoc live_faults live_removal \
    live_rest_rooms live_unseen livekit livekit_rooms machine postgresql postgresql_faults postgresql_roles provider_move \
    proxy pseudonym refusal_answers refusal_order removal room stand_in store stream_answers stream_calls stream_call_and_key \
    stream_configuration stream_events stream_names stream_tokens stream_unseen sync unread waiting warnings witness \
    worker_configuration)
sanitize: ## unit, CLI and the worker's end-to-end tests under AddressSanitizer and UBSan (SANITIZE_SHORT=1)
	$(call with,BUILD DEMO CHECK FUZZ)
	+$(SANITIZED) build build/sanitize/unit-tests
	@BIN_DIR=build/sanitize E2E_SHORT=1 E2E_SKIP='$(UNSANITIZED)' $(if $(SANITIZE_SHORT),WITHOUT_POSTGRESQL=1 \
	  CLI_SKIP='audit audit_key demo export guests providers prune records rooms usage waiting') tests/run.sh unit e2e 'cli&'
fuzz: ## each fuzzer for FUZZ_SECONDS (60), under the sanitizers
	$(call with,BUILD CHECK FUZZ)
	+$(SANITIZED) fuzzers
	@FUZZ_SECONDS='$(FUZZ_SECONDS)' tests/fuzz/run.sh build/sanitize
FUZZERS := $(patsubst tests/fuzz/%_fuzz.cpp,$(BUILD)/%-fuzz,$(wildcard tests/fuzz/*_fuzz.cpp))
fuzzers: $(FUZZERS)

lint: ## formatting, clang-tidy, shellcheck, and which room may see which (LINT_DEEP=1)
	$(call with,BUILD CHECK LINT)
	@CPPFLAGS='$(subst ','"'"',$(CPPFLAGS))' tests/lint/lint.sh

bench: ## speed of the token route beside a bare responder and nginx alone, and which goals it meets
	$(call with,BUILD DEMO BENCH,build $(BUILD)/bare-responder $(BUILD)/bench-parts $(BUILD)/bench-scale)
	@BIN_DIR=$(BUILD) /usr/bin/python3 tests/bench/bench.py

bench-peers: ## the same route in Django and in Node, beside roomkey's
	$(call with,BUILD DEMO BENCH PEERS,build)
	@tests/bench/peers/install.sh
	@BIN_DIR=$(BUILD) /usr/bin/python3 tests/bench/peers.py

chaos: ## harm done on purpose: what clients see, what is lost, how long it takes (CHAOS_SHORT=1)
	$(call with,BUILD DEMO CHECK CHAOS $(if $(filter 1,$(CHAOS_SHORT)),,FAILOVER),build)
	@BIN_DIR=$(BUILD) /usr/bin/python3 tests/chaos/run.py

soak: ## half load with restarts: memory, descriptors and WAL stay flat (SOAK_MINUTES=30)
	$(call with,BUILD DEMO CHECK,build)
	@BIN_DIR=$(BUILD) /usr/bin/python3 tests/chaos/soak.py

security: ## TLS by testssl.sh, what the time of refusals tells, secrets in memory, attacks (7 minutes)
	$(call with,BUILD DEMO CHECK SECURITY,build)
	@BIN_DIR=$(BUILD) tests/run.sh tls timing memory attack

bench-postgresql: ## the token route on PostgreSQL at 2, 4 and 8 workers, beside pgbench and SQLite
	$(call with,BUILD DEMO CHECK BENCH,build)
	@BIN_DIR=$(BUILD) /usr/bin/python3 tests/bench/on_postgresql.py

bench-call: ## what each call costs the machine's Janus: its CPU with 1, 2 and 3 calls of two (4 minutes)
	$(call with,BUILD DEMO CALL BROWSER,build)
	@BIN_DIR=$(BUILD) tests/bench/calls.sh

bench-scale: ## the same in-process, from 100 appointments to 1,000,000 and 10,000,000 events
	$(call with,BUILD,$(BUILD)/bench-scale)
	@folder=$$(mktemp -d) && { $(BUILD)/bench-scale "$$folder"; status=$$?; rm -rf "$$folder"; exit $$status; }

install: build ## puts what is built in its places (DESTDIR, PREFIX=/usr)
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' SYSCONFDIR='$(SYSCONFDIR)' UNITDIR='$(UNITDIR)' \
	  BIN_DIR='$(BUILD)' systemd/install.sh
deb: ## installs what is missing, builds, and makes build/roomkey_<version>_<arch>.deb
	$(call with,BUILD DEB,build)
	@VERSION='$(DEB_VERSION)' DEB_DIR='$(DEB_DIR)' debian/build.sh
sbom: ## the package, and what is in it (SPDX) and was used to build it (.buildinfo)
	$(call with,BUILD DEB SBOM,build)
	@VERSION='$(DEB_VERSION)' DEB_DIR='$(DEB_DIR)' debian/build.sh
	@VERSION='$(DEB_VERSION)' DEB_DIR='$(DEB_DIR)' debian/sbom.sh
npm: ## makes build/roomkey-<version>.tgz of roomkey.js and its types, for bundlers
	$(call with,NPM)
	@VERSION='$(VERSION)' NPM_DIR='$(NPM_DIR)' npm/pack.sh

clean: ## removes what was built (the demo's folder too: stop it first)
	rm -rf build

LIBRARY := $(BUILD)/libroomkey.a
$(BUILD)/roomkey: $(call object,src/cli/main.cpp) $(LIBRARY)
$(BUILD)/roomkey-fcgi: $(call object,src/worker/main.cpp) $(LIBRARY)
$(BUILD)/unit-tests: $(TEST_OBJECTS) $(LIBRARY)
$(BUILD)/unit-tests: override LIBS += -lcppunit
$(BUILD)/bench-parts: $(BUILD)/tests/bench/parts.o $(LIBRARY)
$(BUILD)/bench-parts: override LIBS += -lbenchmark -pthread
$(BUILD)/bench-scale: $(BUILD)/tests/bench/scale.o $(LIBRARY)
$(FUZZERS): $(BUILD)/%-fuzz: $(BUILD)/tests/fuzz/%_fuzz.o $(LIBRARY)
$(FUZZERS): override LDFLAGS += -fsanitize=fuzzer
$(addprefix $(BUILD)/,roomkey roomkey-fcgi unit-tests bench-parts bench-scale) $(FUZZERS):
	@echo "  link  $@"
	@$(CXX) $(LDFLAGS) -o $@ $^ $(LIBS)
$(LIBRARY): $(OBJECTS)
	@rm -f $@ && ar rcs $@ $^

# Compiled in half the time, and no faster when run.
$(TEST_OBJECTS): private override OPTIMIZE = -O0 -g1
$(TEST_OBJECTS): private override HARDENING = -fPIE
$(BUILD)/tests/%.o: private CPPFLAGS += -Itests
$(BUILD)/bare-responder: tests/bench/bare_responder.c
	@mkdir -p $(@D)
	@$(CC) -O2 -Wall -Wextra -Werror -o $@ $< -lfcgi -lsqlite3

# HEADERS, if any, are compiled once for all (clang's way).
PRECOMPILED := $(HEADERS:%=$(BUILD)/headers.pch)
COMPILE = $(CXX) $(CPPFLAGS) $(CXXFLAGS) $(PRECOMPILED:%=-include-pch %) -MMD -MP -c -o $@ $<
$(BUILD)/headers.pch: $(HEADERS)
	@mkdir -p $(@D)
	@$(CXX) $(CPPFLAGS) $(CXXFLAGS) -MMD -MP -x c++-header -o $@ $<
$(BUILD)/%.o: %.cpp $(PRECOMPILED)
	@mkdir -p $(@D)
	@echo "  c++   $<"
	@$(COMPILE)
.SECONDARY: $(patsubst %.o,%.cpp,$(call joined,$(SOURCES) $(TESTS)))
# Written where it changes alone: a copy of the tree (`make deb`) has nothing to do over again.
$(BUILD)/%/folder.cpp: FORCE
	@mkdir -p $(@D)
	@list() { printf '#include "%s"\n' $(sort $(filter $(SOURCES) $(TESTS),$(wildcard $*/*.cpp))); }; \
	  list | cmp -s - $@ || list >$@
FORCE:
$(BUILD)/%/folder.o: private CPPFLAGS += -I.
$(BUILD)/%/folder.o: $(BUILD)/%/folder.cpp $(PRECOMPILED)
	@echo "  c++   $*/"
	@$(COMPILE)
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

$(DRIVERS:%=$(BUILD)/migrations/%.o): %.o: %.cpp $(PRECOMPILED)
	@$(COMPILE)
# The scripts of each driver of the store, in the order of their numbers.
.SECONDARY: $(DRIVERS:%=$(BUILD)/migrations/%.cpp)
.SECONDEXPANSION:
$(DRIVERS:%=$(BUILD)/migrations/%.cpp): $(BUILD)/migrations/%.cpp: $$(sort $$(wildcard sql/$$*/*.sql)) Makefile
	@mkdir -p $(@D)
	@{ echo '#include <array>'; echo '#include "store/driver/$*/migrations.hpp"'; \
	  echo 'namespace roomkey::store::driver::$* {'; \
	  echo 'std::span<const std::string_view> migrations() {'; \
	  echo 'static constexpr std::array<std::string_view, $(words $(wildcard sql/$*/*.sql))> kTexts{'; \
	  for f in $(sort $(wildcard sql/$*/*.sql)); do echo 'R"sql('; cat $$f; echo ')sql",'; done; \
	  echo '}; return kTexts; } }'; } > $@
