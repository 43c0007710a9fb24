# Targets are verbs; `make` builds and runs the fast tests.  See README.md.
BUILD  ?= build
ifeq ($(origin CC),default)
CC     := gcc
endif
WARN   := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
          -Wswitch-enum -Werror
OPT    ?= -O2 -g
SAN    ?=
CFLAGS := -std=c17 -D_GNU_SOURCE $(WARN) $(OPT) -fno-omit-frame-pointer $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=undefined)
VERSION := 0.1.0
PREFIX ?= /usr/local

# ---- what each folder may include besides itself: arrows point down only ----
E := emulator
USES_$E/proto    := $E/base
USES_$E/io       := $E/base $E/proto
USES_$E/auth     := $E/base
USES_$E/config   := $E/base
USES_$E/talk     := $E/base $E/proto $E/io $E/auth $E/config
USES_$E/line     := $(USES_$E/talk)
USES_$E/steps    := $(USES_$E/talk) $E/talk $E/line
USES_$E/journey  := $E/base $E/io $E/auth $E/config $E/line $E/steps
USES_$E/phone    := $(USES_$E/journey) $E/journey $E/farm
USES_$E/farm     := $E/base $E/io $E/config
USES_$E/report   := $E/base $E/io $E/config $E/farm
USES_$E/cli      := $(USES_$E/phone) $E/proto $E/phone $E/report harness/sim
USES_harness/serve := $E/base $E/proto $E/config
USES_harness/auth  := $E/base harness/serve
USES_harness/pool  := $E/base $E/proto $E/io $E/config harness/serve harness/auth
USES_harness/sim   := $E/base $E/proto $E/io $E/auth $E/config harness/serve
FARM_DIRS := $(addprefix $E/,base proto io auth config talk line steps journey phone farm report cli)
SIM_DIRS  := harness/serve harness/sim
POOL_DIRS := harness/auth harness/pool
USES_tests := $(FARM_DIRS) $(SIM_DIRS) $(POOL_DIRS) tests/fake

LIBS := -luv -lmbedtls -lmbedx509 -lmbedcrypto -lcurl -lgssapi_krb5 -lkrb5 -lk5crypto -lcom_err -lyaml \
        -lcares -llber -lexpat -ljansson -lz -lm -lpthread -lmicrohttpd
POOL_LIBS := -lgnutls

objs  = $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(addsuffix /*.c,$1)))
MAINS := $(BUILD)/$E/cli/main.o $(BUILD)/harness/pool/main.o
FARM_OBJS := $(filter-out $(MAINS),$(call objs,$(FARM_DIRS))) $(BUILD)/gen/profile_files.o $(BUILD)/gen/page_files.o
POOL_OBJS := $(filter-out $(MAINS),$(call objs,$(POOL_DIRS)))
TESTS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/test_*.c tests/steps/test_*.c \
         tests/journey/test_*.c tests/scenarios/test_*.c tests/pool/test_*.c tests/lab/test_*.c))
FAST  := $(filter-out $(BUILD)/tests/pool/% $(BUILD)/tests/scenarios/% $(BUILD)/tests/lab/%,$(TESTS))

DEBS  := gcc make pkg-config libc6-dev libuv1-dev libmbedtls-dev libcurl4-openssl-dev libkrb5-dev \
         libyaml-dev libcmocka-dev libc-ares-dev libldap-dev libexpat1-dev libjansson-dev zlib1g-dev \
         libmicrohttpd-dev libgnutls28-dev krb5-kdc krb5-admin-server util-linux libjs-d3
TEST_DEBS := iproute2 clang clang-format clang-tidy libclang-rt-14-dev tshark openssl universal-ctags python3 \
             chromium prometheus libxml2-utils python3-jsonschema python3-yaml man-db groff

.DEFAULT_GOAL := check
.PHONY: build check oom test demo lint asan tsan fuzz cover deps ready clean install format bench lab lab-down deb
.SECONDARY:
.DELETE_ON_ERROR:

# Installs what is missing; as root, or with sudo.  A removed package may still be known.
ready:
	@have=$$(dpkg-query -W -f='$${db:Status-Status}\n' $(DEBS) 2>/dev/null | grep -cx installed); \
	[ "$$have" -ge $(words $(DEBS)) ] || $(MAKE) --no-print-directory deps

deps:
	sh .ci/deps.sh $(DEBS) $(TEST_DEBS)

build: ready $(BUILD)/cx700farm $(BUILD)/cx700pool

$(BUILD)/%.o: %.c | ready
	@mkdir -p $(@D)
	@echo '  CC  $<'
	@$(CC) $(CFLAGS) -DVERSION='"$(VERSION)"' -MMD -MP $(addprefix -I,$(*D) $(USES_$(*D))) -c $< -o $@

$(BUILD)/tests/%.o: tests/%.c | ready
	@mkdir -p $(@D)
	@echo '  CC  $<'
	@$(CC) $(CFLAGS) -Wno-missing-prototypes -MMD -MP -include tests/fake/oom.h $(addprefix -I,$(@D:$(BUILD)/%=%) $(USES_tests)) -c $< -o $@

# Profiles, templates and the report's page travel inside the program.
D3 := /usr/share/javascript/d3/d3.min.js
$(D3): | ready ;
$(BUILD)/gen/profile_files.c: $(wildcard $E/profiles/*.yaml $E/profiles/templates/*)
$(BUILD)/gen/page_files.c: $(D3) $(wildcard $E/report/page/*)
$(BUILD)/gen/%.c: $E/embed.sh
	@mkdir -p $(@D)
	@sh $< $* $(filter-out $<,$^) >$@
$(BUILD)/gen/%.o: $(BUILD)/gen/%.c | ready
	@$(CC) $(CFLAGS) -MMD -MP -I$E/base -c $< -o $@

$(BUILD)/farm.a: $(FARM_OBJS)
$(BUILD)/pool.a: $(POOL_OBJS)
$(BUILD)/sim.a: $(call objs,$(SIM_DIRS))
$(BUILD)/fake.a: $(call objs,tests/fake)
$(addprefix $(BUILD)/,farm.a pool.a sim.a fake.a):
	@rm -f $@; ar rcs $@ $^

$(BUILD)/cx700farm: $(BUILD)/$E/cli/main.o $(BUILD)/farm.a $(BUILD)/sim.a
	@echo '  LD  $@'
	@$(CC) $(CFLAGS) -o $@ -Wl,--start-group $^ -Wl,--end-group $(LIBS)
$(BUILD)/cx700pool: $(BUILD)/harness/pool/main.o $(BUILD)/pool.a $(BUILD)/sim.a $(BUILD)/farm.a
	@echo '  LD  $@'
	@$(CC) $(CFLAGS) -o $@ $^ $(POOL_LIBS) $(LIBS)
$(BUILD)/tests/%: $(BUILD)/tests/%.o $(BUILD)/fake.a $(BUILD)/pool.a $(BUILD)/sim.a $(BUILD)/farm.a
	@echo '  LD  $@'
	@$(CC) $(CFLAGS) -o $@ -Wl,--start-group $^ -Wl,--end-group -lcmocka $(POOL_LIBS) $(LIBS)

# ---- tests -------------------------------------------------------------------
check: ready $(FAST) $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/fuzz/*.c))
	sh tests/run.sh $(FAST)
oom: ready $(FAST)
	sh tests/oom.sh $(FAST)
test: ready build $(TESTS)
	sh tests/run.sh $(TESTS)

# 1,000 phones from power-on to updated firmware, against the embedded pool.
demo: build
	$(BUILD)/cx700farm run scenarios/demo.yaml -o out/demo

# The suite and 200 whole boots under the sanitizers.
asan:
	$(MAKE) BUILD=build/asan SAN=address,undefined OPT='-O1 -g' test
	$(MAKE) BUILD=build/asan SAN=address,undefined OPT='-O1 -g' build
	build/asan/cx700farm run scenarios/first_boot.yaml -n 200 -o out/asan

# The fast tests and 20 whole boots on two threads under the race detector.
tsan: export TSAN_OPTIONS := suppressions=$(CURDIR)/tests/tsan.supp
tsan:
	$(MAKE) BUILD=build/tsan SAN=thread OPT='-O1 -g' check build
	build/tsan/cx700farm run scenarios/first_boot.yaml -n 20 -t 2 -o out/tsan

lint:  ; sh tests/lint/lint.sh
fuzz:  ; sh tests/fuzz/fuzz.sh
cover: ; sh tests/cover.sh build/cover

install: build ; sh $E/install/install.sh $(BUILD) $(VERSION) $(DESTDIR)$(PREFIX)
deb:     build ; sh $E/install/deb.sh $(BUILD) $(VERSION)

# A real pool in network namespaces: Samba, Kea, chrony, Apache, Kamailio.  Needs root.
lab lab-down: build ; sh harness/lab/lab.sh $(if $(filter lab,$@),up,down)
# This comes with later work; it fails rather than pretends.
bench: ; @echo "make $@: not in this version" >&2; exit 2

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

clean:
	rm -rf build

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
