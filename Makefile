# The front door of the package.
#
#   make run        build, and see a daemon at work: a real job, and one whose client is killed
#   make check      all tests, as continuous integration runs them
#   make simulate   the engine alone, in made-up worlds: WORLDS=1000, SEED=n, STEPS=n
#   make costs      what a job costs, in system calls, allocations and instructions, against its limits
#   make torture    real builds ended at random, in every way: ROUNDS=50, QUICK=1, SEED=n
#   make soak       clients of all kinds come, go and misbehave at random: MINUTES=60, SEED=n
#   make bench      how fast it is, as ratios to the least in C: QUICK=1, ONLY=NAME
#   make mutation   faults put into the code, one at a time, that a test has to catch: ONLY=text
#   make faults     every system call of jobd fails, one at a time, in every way: ONLY=text
#   make fuzz       what reads the bytes of others, with input made up: MINUTES=10
#   make coverage   which parts of the code the tests run
#   make check-sanitizers  the tests under ThreadSanitizer and AddressSanitizer
#   make install    into $(DESTDIR)$(PREFIX); make uninstall takes it away again
#   make format     lay out the code; make lint only looks
#   make deps       what is missing of Debian's packages: installed for root, named for others
#   make clean      remove what was built

PREFIX ?= /usr/local
DESTDIR ?=
BINDIR ?= $(PREFIX)/bin
DATADIR ?= $(PREFIX)/share
UNITDIR ?= $(PREFIX)/lib/systemd/system
MANDIR ?= $(DATADIR)/man
USERUNITDIR ?= $(PREFIX)/lib/systemd/user

# Empty where what is missing is for others to install: `make install DEPS=`.
DEPS ?= deps
SWIFT ?= swift
# Further options for every `swift` command.
SWIFTFLAGS ?=
SCRATCH ?= .build
INSTALL ?= install
# Empty to keep the symbols: `make install STRIP=`.
STRIP ?= strip

swift_options = --scratch-path $(SCRATCH) $(SWIFTFLAGS)
# An installed program looks for libraries nowhere but where the system keeps them.
release_options = $(swift_options) --configuration release --disable-local-rpath
release = $(SCRATCH)/release
debug = $(SCRATCH)/debug
python = $(SCRATCH)/python
formatted = Package.swift Sources Tests

# A command that fails before a pipe fails the rule.
SHELL = /bin/bash
.SHELLFLAGS = -o pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: all bench build check check-sanitizers clean costs coverage deps faults faults-check
.PHONY: format fuzz fuzz-build fuzz-check install lint manuals mutation mutation-check run simulate soak
.PHONY: soak-check system-check test tidy torture uninstall

all: build

deps:
	@scripts/deps run

build: $(DEPS)
	$(SWIFT) build $(release_options) --product jobd
	$(SWIFT) build $(release_options) --product jobctl

run: build
	@scripts/demo $(release)

## Tests: the quick ones first.

check: lint tidy manuals test simulate mutation-check fuzz-check costs faults-check soak-check system-check
	@echo "make check: ok"

format:
	$(SWIFT) format --in-place --recursive --parallel $(formatted)

lint:
	$(SWIFT) format lint --strict --recursive --parallel $(formatted)

tidy:
	@scripts/tidy

# In two processes: Swift Testing's exit tests wait for any child, and a daemon that an integration test
# has not reaped yet would hold them up.
tested = JOBD_TEST_PYTHON=$(abspath $(python)/bin/python3)

test: $(python)/ready
	scripts/deps check
	WORLDS=10 $(tested) $(SWIFT) test $(swift_options) --skip IntegrationTests
	$(tested) $(SWIFT) test $(swift_options) --skip-build --filter IntegrationTests

# A thousand worlds are a million jobs. One alone is replayed by its seed, as a failure says.
WORLDS ?= $(if $(SEED),1,1000)
simulate:
	WORLDS=$(WORLDS) $(if $(SEED),SEED=$(SEED)) $(if $(STEPS),STEPS=$(STEPS)) \
		$(SWIFT) test $(swift_options) --filter SimulationTests 2>&1 | grep -v '^◇\|^✔ Test case'

# Counts, not times: the same on a busy machine.
costs: build
	@scripts/deps check
	@Tests/costs/costs $(SCRATCH)/costs $(release)

# The installed package under a service manager of its own, which is booted for the purpose.
system-check: build
	@rm -rf $(SCRATCH)/install
	@$(MAKE) --no-print-directory install DESTDIR=$(abspath $(SCRATCH))/install PREFIX=/usr STRIP= >/dev/null
	Tests/lab/system-check $(SCRATCH)/install

# Real builds and nasty jobs, ended at random moments in every way there is. Not part of `check`, as
# all of it takes most of an hour.
ROUNDS ?= 50
torture: build
	Tests/torture/torture --rounds $(ROUNDS) $(if $(QUICK),--quick) $(if $(SEED),--seed $(SEED)) \
		$(release)

# One jobd, and clients of all kinds. What is seen of it when a check fails is left in $(SCRATCH)/soak.
soak_programs = $(SCRATCH)/release $(SCRATCH)/soak
soak: MINUTES = 60
soak: build $(python)/ready
	Tests/soak/soak --minutes $(MINUTES) $(if $(SEED),--seed $(SEED)) $(if $(CLIENT),--client $(CLIENT)) \
		$(if $(DOCUMENT),--document docs/testing.md) $(soak_programs)

# Minutes of ten seconds: whether the soak itself is sound.
soak-check: build $(python)/ready
	Tests/soak/soak --minutes 2 --minute 10 --seed 1 $(soak_programs)

# Benchmarks/README.md lists the names for ONLY. Only what was measured in full is published.
bench: build
	@scripts/deps bench
	@$(MAKE) --no-print-directory -C Benchmarks OUT=$(abspath $(SCRATCH))/bench
	@Benchmarks/bench $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY)) $(if $(QUICK)$(ONLY),,--publish) \
		$(SCRATCH)/bench $(release)

# Does a test see each fault? In `check` those of the engine, whose tests take seconds.
mutation:
	Tests/mutation/mutation --only '$(ONLY)' --document docs/testing.md $(SCRATCH)/mutation

mutation-check:
	Tests/mutation/mutation --suite JobEngineTests $(SCRATCH)/mutation

# What makes the calls fail is a tracer in C. The short part has one error for each call of a few acts.
injector = $(SCRATCH)/faults/injector
$(injector): $(wildcard Tests/faults/injector/*)
	@scripts/deps faults
	@mkdir -p $(@D)
	cc -O2 -Wall -Wextra -Werror -o $@ $(filter %.c,$^) -ldw

faults: build $(injector)
	Tests/faults/faults --only '$(ONLY)' --document docs/testing.md $(injector) $(release)

faults-check: build $(injector)
	Tests/faults/faults --quick $(injector) $(release)

# libFuzzer on what reads the bytes of others. What it finds is left in $(SCRATCH)/fuzz/found.
fuzz_targets = calls files framing interface jobs json output replies
fuzz_program = $(SCRATCH)/fuzz/debug/fuzz
MINUTES ?= 10

fuzz-build:
	JOBD_FUZZ=1 $(SWIFT) build --scratch-path $(SCRATCH)/fuzz $(SWIFTFLAGS) \
		--sanitize fuzzer --sanitize address -Xswiftc -sanitize=fuzzer,address -Xswiftc -O --product fuzz
	@mkdir -p $(fuzz_targets:%=$(SCRATCH)/fuzz/corpus/%) $(SCRATCH)/fuzz/found

# $(call fuzz,TARGET,OPTIONS): what is new is kept in the first corpus, and the one of the repository as it is.
# Leaks aren't looked for: Swift tags pointers, and what is tagged isn't seen to be referred to.
fuzz = ASAN_OPTIONS=detect_leaks=0 FUZZ_TARGET=$(1) $(fuzz_program) $(2) -dict=Tests/fuzz/words -artifact_prefix=$(SCRATCH)/fuzz/found/$(1)- \
	-timeout=10

fuzz: fuzz-build
	$(foreach target,$(fuzz_targets),$(call fuzz,$(target),-max_total_time=$$((60 * $(MINUTES)))) \
		$(SCRATCH)/fuzz/corpus/$(target) Tests/fuzz/corpus/$(target) &&) true

# The same inputs every time.
FUZZ_RUNS ?= 100000
fuzz-check: fuzz-build
	@rm -rf $(SCRATCH)/fuzz/check && mkdir -p $(fuzz_targets:%=$(SCRATCH)/fuzz/check/%)
	$(foreach target,$(fuzz_targets),$(call fuzz,$(target),-seed=1 -runs=$(FUZZ_RUNS) -verbosity=0) \
		$(SCRATCH)/fuzz/check/$(target) Tests/fuzz/corpus/$(target) &&) true

coverage: $(python)/ready
	$(tested) scripts/coverage $(SCRATCH)/coverage docs/testing.md

# Each in a build of its own. docs/testing.md says what is left out, and why.
# $(call sanitized,SANITIZER,TESTS,OPTIONS)
sanitized = ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=suppressions=$(CURDIR)/Tests/sanitizers/thread WORLDS=1 $(tested) \
	$(SWIFT) test $(SWIFTFLAGS) --scratch-path $(SCRATCH)/$(1) --sanitize $(1) $(3) --filter '$(2)'
# The C is what children run until they execute a program, on a copy of a memory in which another thread may
# hold a lock of ThreadSanitizer's: they would wait for it for ever.
uninstrumented = -Xcc -fno-sanitize=thread -Xcc -DCLINUX_IS_IN_SANITIZED
# How large the daemon is, a limit that AddressSanitizer sets itself, and a machine without the /proc that it needs.
of_its_size = --skip 'IntegrationTests.(LeakTests/(early|longMessages)|LongCommandTests/memory|UsageTests/peakResident|BackpressureTests/heldUp|CleanStartTests/limits|JobctlRunTests/withoutProc)'
check-sanitizers: $(python)/ready
	$(call sanitized,thread,^(JobDaemon|JobEngine|JobProtocol|LinuxProcess|Varlink)Tests,$(uninstrumented))
	$(call sanitized,address,^(JobDaemon|JobEngine|JobProtocol|LinuxProcess|Varlink)Tests)
	$(call sanitized,address,^IntegrationTests) $(of_its_size)

manuals: build
	@scripts/check-manuals $(release)

# Clients of the protocol that others wrote, in an environment of their own.
$(python)/ready: Tests/python-requirements.txt
	@scripts/deps check
	python3 -m venv --clear $(python)
	$(python)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

## Installation

programs = jobd jobctl
units = jobd.service jobd.socket
bash_completion = $(DATADIR)/bash-completion/completions/jobctl
zsh_completion = $(DATADIR)/zsh/site-functions/_jobctl
fish_completion = $(DATADIR)/fish/vendor_completions.d/jobctl.fish

# $(call install_made,COMMAND,FILE): FILE is what COMMAND prints.
install_made = $(1) | $(INSTALL) -D -m 644 /dev/stdin $(DESTDIR)$(2)
install_unit = $(call install_made,sed 's|/usr/bin/|$(BINDIR)/|' $(1),$(2))

install: build
	$(INSTALL) -d $(DESTDIR)$(BINDIR)
	$(INSTALL) -m 755 $(programs:%=$(release)/%) $(DESTDIR)$(BINDIR)
	$(if $(STRIP),$(STRIP) $(programs:%=$(DESTDIR)$(BINDIR)/%))
	$(call install_unit,systemd/system/jobd.service,$(UNITDIR)/jobd.service)
	$(call install_unit,systemd/system/jobd.socket,$(UNITDIR)/jobd.socket)
	$(call install_unit,systemd/user/jobd.service,$(USERUNITDIR)/jobd.service)
	$(call install_unit,systemd/user/jobd.socket,$(USERUNITDIR)/jobd.socket)
	$(INSTALL) -D -m 644 -t $(DESTDIR)$(DATADIR)/varlink Sources/JobProtocol/io.jobd.varlink
	$(INSTALL) -D -m 644 -t $(DESTDIR)$(MANDIR)/man1 packaging/man/jobctl.1
	$(INSTALL) -D -m 644 -t $(DESTDIR)$(MANDIR)/man8 packaging/man/jobd.8
	$(call install_made,$(release)/jobctl --generate-completion-script bash,$(bash_completion))
	$(call install_made,$(release)/jobctl --generate-completion-script zsh,$(zsh_completion))
	$(call install_made,$(release)/jobctl --generate-completion-script fish,$(fish_completion))

uninstall:
	rm -f $(programs:%=$(DESTDIR)$(BINDIR)/%)
	rm -f $(units:%=$(DESTDIR)$(UNITDIR)/%) $(units:%=$(DESTDIR)$(USERUNITDIR)/%)
	rm -f $(DESTDIR)$(DATADIR)/varlink/io.jobd.varlink
	rm -f $(DESTDIR)$(MANDIR)/man1/jobctl.1 $(DESTDIR)$(MANDIR)/man8/jobd.8
	rm -f $(addprefix $(DESTDIR),$(bash_completion) $(zsh_completion) $(fish_completion))

clean:
	rm -rf $(SCRATCH)
