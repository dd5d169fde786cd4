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

PACKAGES_BUILD := g++ libfcgi-dev libjsoncpp-dev libssl-dev libsqlitecpp-dev libsqlite3-dev \
  libspdlog-dev libcli11-dev libcurl4-openssl-dev
PACKAGES_DEMO := ca-certificates nginx spawn-fcgi multiwatch curl openssl procps
PACKAGES_CHECK := libcppunit-dev sqlite3 python3 python3-jwt python3-cryptography python3-twilio
PACKAGES_BROWSER := chromium npm:nodejs npm:npm
PACKAGES_LINT := clang-format clang-tidy shellcheck
PACKAGES_BENCH := libbenchmark-dev wrk
# $(call ensure,PACKAGES): installs what is missing.
ensure = @sh tests/install_packages.sh $(1)

CXX ?= g++
OPTIMIZE ?= -O2 -g
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Werror
HARDENING ?= -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
CPPFLAGS += -Iinclude -DROOMKEY_VERSION='"$(VERSION)"' -isystem /usr/include/jsoncpp \
  -DSPDLOG_SHARED_LIB -DSPDLOG_COMPILED_LIB -DSPDLOG_FMT_EXTERNAL
CXXFLAGS += -std=c++20 $(OPTIMIZE) $(WARNINGS) $(HARDENING) $(SANITIZE)
LDFLAGS += -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(SANITIZE)
LIBS := -lfcgi -ljsoncpp -lcrypto -lSQLiteCpp -lsqlite3 -lspdlog -lfmt -lcurl

ROOMS := base crypto access provider store http handlers cli
MAINS := src/roomkey_main.cpp src/roomkey_fcgi_main.cpp
SOURCES := $(filter-out $(MAINS),$(wildcard src/*.cpp)) $(foreach r,$(ROOMS),$(wildcard src/$(r)/*.cpp))
TESTS := $(wildcard tests/*_test.cpp) $(foreach r,$(ROOMS),$(wildcard tests/$(r)/*_test.cpp))
object = $(patsubst %.cpp,$(BUILD)/%.o,$(1))
OBJECTS := $(call object,$(SOURCES)) $(BUILD)/migrations.o
TEST_OBJECTS := $(call object,$(TESTS) tests/unit_main.cpp)

.PHONY: all build help demo demo-stop check sanitize lint bench clean
all: ## installs what is missing and builds
	$(call ensure,$(PACKAGES_BUILD))
	@$(MAKE) --no-print-directory build
build: $(BUILD)/roomkey $(BUILD)/roomkey-fcgi

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 20

demo: ## runs the whole thing on this machine and fetches a token (DEMO_DIR, DEMO_PORT, ...)
	$(call ensure,$(PACKAGES_BUILD) $(PACKAGES_DEMO))
	@$(MAKE) --no-print-directory build
	@BIN_DIR=$(BUILD) DEMO_DIR='$(DEMO_DIR)' DEMO_PORT='$(DEMO_PORT)' DEMO_ORIGINS='$(DEMO_ORIGINS)' \
	  DEMO_WORKERS='$(DEMO_WORKERS)' DEMO_RATE_LIMIT='$(DEMO_RATE_LIMIT)' nginx/demo.sh start
demo-stop: ## ends the demo
	@DEMO_DIR='$(DEMO_DIR)' nginx/demo.sh stop

check: ## installs what is missing, builds, runs every test
	$(call ensure,$(PACKAGES_BUILD) $(PACKAGES_DEMO) $(PACKAGES_CHECK) $(PACKAGES_BROWSER))
	@$(MAKE) --no-print-directory build $(BUILD)/unit-tests
	@BIN_DIR=$(BUILD) tests/run.sh unit cli vendor browser e2e

sanitize: ## unit, CLI and end-to-end tests under AddressSanitizer and UBSan
	$(call ensure,$(PACKAGES_BUILD) $(PACKAGES_DEMO) $(PACKAGES_CHECK))
	@$(MAKE) --no-print-directory BUILD=build/sanitize OPTIMIZE='-O1 -g' HARDENING=-fPIE \
	  SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer' \
	  build build/sanitize/unit-tests
	@BIN_DIR=build/sanitize tests/run.sh unit cli e2e

lint: ## formatting, clang-tidy, shellcheck, and which room may see which
	$(call ensure,$(PACKAGES_BUILD) $(PACKAGES_CHECK) $(PACKAGES_LINT))
	@CPPFLAGS='$(subst ','"'"',$(CPPFLAGS))' tests/lint/lint.sh

bench: ## speed of the token route beside a bare responder and nginx alone; parts in-process
	$(call ensure,$(PACKAGES_BUILD) $(PACKAGES_DEMO) $(PACKAGES_BENCH))
	@$(MAKE) --no-print-directory build $(BUILD)/bare-responder $(BUILD)/bench-parts
	@BIN_DIR=$(BUILD) /usr/bin/python3 tests/bench/bench.py

clean: ## removes what was built (the demo's folder too: stop it first)
	rm -rf build

$(BUILD)/roomkey: $(call object,src/roomkey_main.cpp) $(BUILD)/libroomkey.a
	@echo "  link  $@"
	@$(CXX) $(LDFLAGS) -o $@ $^ $(LIBS)
$(BUILD)/roomkey-fcgi: $(call object,src/roomkey_fcgi_main.cpp) $(BUILD)/libroomkey.a
	@echo "  link  $@"
	@$(CXX) $(LDFLAGS) -o $@ $^ $(LIBS)
$(BUILD)/unit-tests: $(TEST_OBJECTS) $(BUILD)/libroomkey.a
	@echo "  link  $@"
	@$(CXX) $(LDFLAGS) -o $@ $^ $(LIBS) -lcppunit
$(BUILD)/bench-parts: $(BUILD)/tests/bench/parts.o $(BUILD)/libroomkey.a
	@echo "  link  $@"
	@$(CXX) $(LDFLAGS) -o $@ $^ $(LIBS) -lbenchmark -pthread
$(BUILD)/bare-responder: tests/bench/bare_responder.c
	@mkdir -p $(@D)
	@$(CC) -O2 -Wall -Wextra -Werror -o $@ $< -lfcgi -lsqlite3
$(BUILD)/libroomkey.a: $(OBJECTS)
	@rm -f $@ && ar rcs $@ $^

$(BUILD)/%.o: %.cpp
	@mkdir -p $(@D)
	@echo "  c++   $<"
	@$(CXX) $(CPPFLAGS) $(CXXFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/migrations.o: $(BUILD)/migrations.cpp
	@$(CXX) $(CPPFLAGS) -Isrc/store $(CXXFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/migrations.cpp: $(sort $(wildcard sql/*.sql)) Makefile
	@mkdir -p $(@D)
	@{ echo '#include <array>'; echo '#include "migrations.hpp"'; \
	  echo 'namespace roomkey::store {'; \
	  echo 'std::span<const std::string_view> migrations() {'; \
	  echo 'static constexpr std::array<std::string_view, $(words $(wildcard sql/*.sql))> kTexts{'; \
	  for f in $(sort $(wildcard sql/*.sql)); do echo 'R"sql('; cat $$f; echo ')sql",'; done; \
	  echo '}; return kTexts; } }'; } > $@
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
