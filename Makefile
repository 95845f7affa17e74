# SPDX-License-Identifier: GPL-2.0
#
# Kernel module (Kbuild, kmod/, include/) and tools of nlab. Everything built
# goes under build/. "make help" lists targets and variables.

VERSION := $(shell sed -n 's/.*NLAB_VERSION[[:space:]]*"\(.*\)".*/\1/p' kmod/version.h)
RELEASE := $(shell uname -r)

V ?= 0
PREFIX ?= /usr/local
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
COMPDIR ?= $(PREFIX)/share/bash-completion/completions
UNITDIR ?= $(PREFIX)/lib/systemd/system
NETWORKDDIR ?= $(PREFIX)/lib/systemd/networkd.conf.d
RTPROTODIR ?= $(PREFIX)/share/iproute2/rt_protos.d
# The only folder in which Debian's ip looks for plugins, whatever PREFIX is.
IPLIBDIR ?= /usr/lib/$(shell $(CC) -print-multiarch 2>/dev/null)/ip
KDIR ?= /lib/modules/$(RELEASE)/build
MODDIR ?= build/kmod

# LLVM=1 means the same to the kernel's build system and to the tools.
ifneq ($(LLVM),)
ifeq ($(origin CC),default)
CC := clang$(filter -%,$(LLVM))
endif
endif

ifeq ($(V),0)
Q := @
MAKEFLAGS += --no-print-directory
say = @printf '  %-7s %s\n'
else
Q :=
say = @:
endif

PKG := tools/packaging
UNITS := nlab.service nlabd.service nlab-exporter.service
BUILD_LISTS := $(PKG)/deps.build
TEST_LISTS := $(BUILD_LISTS) $(PKG)/deps.test selftests/vm/packages

# Kbuild gets only what was asked for: an unset CC there means the compiler of
# its choice, and ARCH=um differs from an empty ARCH.
kbuild_vars := $(foreach v,ARCH CROSS_COMPILE LLVM W C CF CHECK,$(if $($(v)),$(v)='$($(v))'))
kernel_cc := $(if $(filter default,$(origin CC)),,$(CC))
kbuild_vars += $(if $(kernel_cc),CC='$(kernel_cc)')

tool_vars := CC='$(CC)' V=$(V)

# Without headers of the running kernel plain "make" is still of use; who names
# a KDIR or the target wants the module and gets an error.
ifneq ($(wildcard $(KDIR)/Makefile),)
all: tools modules
else ifneq ($(origin KDIR),file)
all: tools modules
else
all: tools
	@sh $(PKG)/no-headers.sh '$(KDIR)' '$(RELEASE)'
endif

# The lock is for tests that ask for the same module at the same time.
modules:
	@test -e '$(KDIR)/Makefile' || { \
		sh $(PKG)/no-headers.sh '$(KDIR)' '$(RELEASE)' >&2; exit 1; }
	+$(Q)mkdir -p '$(dir $(MODDIR))' && exec 9>'$(MODDIR).lock' && \
		{ flock 9 2>/dev/null || :; } && \
		bash $(PKG)/sync-module.sh . '$(MODDIR)' '$(realpath $(KDIR)) $(ARCH) $(LLVM) $(CC)' && \
		kdir=$$(bash $(PKG)/clang-kdir.sh '$(KDIR)' '$(abspath $(MODDIR)).kdir' '$(kernel_cc)') && \
		$(MAKE) -C "$$kdir" M='$(abspath $(MODDIR))' V=$(V) $(kbuild_vars) modules

tools: build-env
	+$(Q)$(MAKE) $(if $(filter 0,$(V)),-s) -C tools $(tool_vars)

# A machine without compiler or libraries deserves a better word than the
# first failing command's.
build-env:
	@command -v $(firstword $(CC)) >/dev/null && \
	 pkg-config --exists jansson libmnl yaml-0.1 2>/dev/null || { \
		echo "nlab: compiler or libraries are missing: run 'make deps' first" >&2; \
		exit 1; }

# Who gave no -j to what only has to be there soon gets all processors.
jobs = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

check: test-deps
	+$(Q)$(MAKE) $(jobs) tools
	+$(Q)T='$(T)' K='$(K)' bash selftests/check.sh

check-long: test-deps
	+$(Q)$(MAKE) $(jobs) tools
	+$(Q)T='$(T)' bash selftests/check-long.sh

bench: test-deps
	+$(Q)$(MAKE) $(jobs) tools
	+$(Q)T='$(T)' K='$(K)' bash selftests/bench/bench.sh

fuzz: test-deps
	+$(Q)T='$(T)' bash selftests/fuzz/fuzz.sh

# The virtual machine's script builds what it needs.
demo: demo-deps
	$(if $(filter host,$(DEMO)),+$(Q)$(MAKE) $(jobs) tools)
	+$(Q)DEMO='$(DEMO)' K='$(K)' bash selftests/demo/demo.sh

# Its clock is the machine's: an emulated processor misses the hellos of OSPF.
demo-ospf: demo-deps
	@bash $(PKG)/deps.sh selftests/demo/packages-ospf
	+$(Q)$(MAKE) $(jobs) -s -C selftests
	+$(Q)STORY=story-ospf.sh DEMO='$(DEMO)' K='$(or $(K),uml)' bash selftests/demo/demo.sh

deps:
	@bash $(PKG)/deps.sh $(TEST_LISTS) $(PKG)/deps.deb

test-deps:
	@bash $(PKG)/deps.sh $(TEST_LISTS)

# Fewer than the tests need: a first look shall not wait for compilers.
demo-deps:
	@bash $(PKG)/deps.sh $(BUILD_LISTS) selftests/demo/packages selftests/vm/packages

regen:
	$(Q)bash tools/spec/regen.sh

# The module is installed where it was built for the kernel that it says.
install: install-tools $(if $(wildcard $(MODDIR)/nlab.ko),install-modules)
uninstall: uninstall-tools uninstall-modules

install-tools: tools
	$(Q)install -d '$(DESTDIR)$(SBINDIR)' '$(DESTDIR)$(COMPDIR)'
	$(say) INSTALL '$(SBINDIR)/nlabctl'
	$(Q)install -m 755 build/tools/nlabctl '$(DESTDIR)$(SBINDIR)/nlabctl'
	$(say) INSTALL '$(SBINDIR)/nlabd'
	$(Q)install -m 755 build/tools/nlabd '$(DESTDIR)$(SBINDIR)/nlabd'
	$(Q)test ! -x build/tools/nlab-exporter || \
		install -m 755 build/tools/nlab-exporter '$(DESTDIR)$(SBINDIR)/nlab-exporter'
	$(say) INSTALL '$(IPLIBDIR)/link_nlink.so'
	$(Q)install -D -m 644 build/tools/link_nlink.so '$(DESTDIR)$(IPLIBDIR)/link_nlink.so'
	$(say) INSTALL '$(UNITDIR)'
	$(Q)install -d '$(DESTDIR)$(UNITDIR)'
	$(Q)for unit in $(UNITS); do \
		sed 's|@SBINDIR@|$(SBINDIR)|' "$(PKG)/systemd/$$unit" \
		  >"$(DESTDIR)$(UNITDIR)/$$unit" && \
		chmod 644 "$(DESTDIR)$(UNITDIR)/$$unit" || exit 1; done
	$(Q)install -D -m 644 $(PKG)/systemd/networkd.conf '$(DESTDIR)$(NETWORKDDIR)/nlab.conf'
	$(Q)install -D -m 644 $(PKG)/iproute2/nlab.conf '$(DESTDIR)$(RTPROTODIR)/nlab.conf'
	$(say) INSTALL '$(COMPDIR)/nlabctl'
	$(Q)install -m 644 tools/completion/nlabctl.bash '$(DESTDIR)$(COMPDIR)/nlabctl'
	$(say) INSTALL '$(MANDIR)'
	$(Q)for page in tools/man/*.[1-8]; do \
		install -D -m 644 "$$page" \
		  "$(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}" || exit 1; done

# In a staging folder, our own folders go too when they are empty.
uninstall-tools:
	$(Q)rm -f '$(DESTDIR)$(SBINDIR)/nlabctl' '$(DESTDIR)$(COMPDIR)/nlabctl' \
		'$(DESTDIR)$(SBINDIR)/nlabd' '$(DESTDIR)$(SBINDIR)/nlab-exporter' \
		'$(DESTDIR)$(NETWORKDDIR)/nlab.conf' \
		'$(DESTDIR)$(RTPROTODIR)/nlab.conf' '$(DESTDIR)$(IPLIBDIR)/link_nlink.so' \
		$(foreach unit,$(UNITS),'$(DESTDIR)$(UNITDIR)/$(unit)')
	$(Q)for page in tools/man/*.[1-8]; do \
		rm -f "$(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}"; done
	$(if $(DESTDIR),$(Q)cd '$(DESTDIR)' && for dir in '$(SBINDIR)' '$(COMPDIR)' \
		'$(UNITDIR)' '$(NETWORKDDIR)' '$(RTPROTODIR)' '$(IPLIBDIR)' \
		$(foreach n,1 2 3 4 5 6 7 8,'$(MANDIR)/man$(n)'); do \
		test ! -d ".$$dir" || rmdir -p --ignore-fail-on-non-empty ".$$dir" 2>/dev/null || :; done)

install-modules:
	@test -e '$(MODDIR)/nlab.ko' || { \
		echo "nlab: no $(MODDIR)/nlab.ko: run 'make modules' first" >&2; exit 1; }
	$(Q)bash $(PKG)/install-module.sh '$(MODDIR)/nlab.ko' '$(DESTDIR)'

uninstall-modules:
	$(Q)bash $(PKG)/install-module.sh -r '$(DESTDIR)'

dkms-install:
	$(Q)bash $(PKG)/dkms.sh install '$(VERSION)'

dkms-uninstall:
	$(Q)bash $(PKG)/dkms.sh uninstall '$(VERSION)'

dist:
	$(Q)bash $(PKG)/dist.sh '$(VERSION)' build

deb:
	@bash $(PKG)/deps.sh $(BUILD_LISTS) $(PKG)/deps.deb
	$(Q)bash $(PKG)/deb.sh '$(VERSION)' build/deb

clean:
	$(say) CLEAN build
	$(Q)rm -rf build

help:
	@sed -e '/^#/d' $(PKG)/help.txt

.PHONY: all modules tools build-env check check-long bench fuzz demo demo-ospf deps \
	test-deps demo-deps regen install uninstall install-tools uninstall-tools \
	install-modules uninstall-modules dkms-install dkms-uninstall dist deb \
	clean help
