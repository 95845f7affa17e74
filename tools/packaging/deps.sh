#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Install the Debian packages that LIST... name and that are missing; on other
# distributions, print them. A list has lines "NAME [| OTHER]  # why"; a reason
# that begins with "daemon:" marks a package whose service must not run here.
# One dpkg-query is all that happens when nothing is missing.
set -u -o pipefail

die() {
	printf 'deps: %s\n' "$*" >&2
	exit 1
}

# Prints "NAME|OTHER" per wanted package, without comments and blanks.
read_lists() {
	local list

	for list in "$@"; do
		# A list that another part of the tree provides may be absent
		# from a partial checkout; that part then needs nothing.
		[[ -e $list ]] || continue
		sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$list"
	done | sort -u
}

# Sets missing[] to the entries of wanted[] of which no choice is installed.
find_missing() {
	local -A have=()
	local status name names entry choice choices

	mapfile -t names < <(printf '%s\n' "${wanted[@]}" | tr '|' '\n')
	while read -r status name; do
		[[ $status == ?i ]] && have[$name]=1
	done < <(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' \
		"${names[@]}" 2>/dev/null)

	missing=()
	for entry in "${wanted[@]}"; do
		IFS='|' read -ra choices <<<"$entry"
		for choice in "${choices[@]}"; do
			[[ -n ${have[$choice]-} ]] && continue 2
		done
		missing+=("$entry")
	done
}

# Sets install[] to the first choice that apt can install for each missing[].
choose() {
	local entry choice choices

	install=()
	for entry in "${missing[@]}"; do
		IFS='|' read -ra choices <<<"$entry"
		for choice in "${choices[@]}"; do
			if apt-cache show --no-all-versions "$choice" \
					>/dev/null 2>&1; then
				install+=("$choice")
				continue 2
			fi
		done
		return 1
	done
}

# A machine that builds nlab must not find itself running a web or ssh server
# because of it: policy-rc.d holds them back now, and guard_units later.
guard_services() {
	local policy=/usr/sbin/policy-rc.d

	[[ -e $policy ]] && return
	trap '"${root[@]}" rm -f /usr/sbin/policy-rc.d' EXIT
	trap 'exit 130' INT TERM
	printf '#!/bin/sh\n# Temporary, by "make deps" of nlab.\nexit 101\n' |
		"${root[@]}" tee $policy >/dev/null
	"${root[@]}" chmod 755 $policy
}

# Disables the units of the daemons just installed, for the next boot.
guard_units() {
	local daemons units

	command -v systemctl >/dev/null || return 0
	mapfile -t daemons < <(printf '%s\n' "${install[@]}" |
		grep -xFf <(sed -n 's/^\([a-z0-9.+-]*\)[[:space:]]*# daemon:.*/\1/p' \
			"${lists[@]}" 2>/dev/null))
	((${#daemons[@]})) || return 0
	mapfile -t units < <(dpkg-query -L "${daemons[@]}" 2>/dev/null |
		sed -nE 's#^(/usr)?/lib/systemd/system/([^@/]*\.(service|socket))$#\2#p' |
		sort -u)
	((${#units[@]})) || return 0
	"${root[@]}" systemctl disable "${units[@]}" >/dev/null 2>&1 || :
}

apt_install() {
	"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
		--no-install-recommends -o Dpkg::Use-Pty=0 \
		-o Dpkg::Options::=--force-confold "${install[@]}" >"$log" 2>&1
}

apt_update() {
	echo '  APT     update'
	"${root[@]}" apt-get update -qq >"$log" 2>&1 ||
		echo "deps: apt-get update reported errors, going on" >&2
}

lists=("$@")
mapfile -t wanted < <(read_lists "${lists[@]}")
((${#wanted[@]})) || exit 0

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
	echo "deps: not a Debian system, install what corresponds to these yourself:"
	printf '  %s\n' "${wanted[@]//|/ or }"
	exit 0
fi

find_missing
((${#missing[@]})) || exit 0

root=()
if ((EUID)); then
	command -v sudo >/dev/null ||
		die "these packages are missing, install them as root: ${missing[*]//|*/}"
	root=(sudo)
fi
log=$(mktemp) || exit 1
guard_services

updated=
if ! choose; then
	apt_update
	updated=1
	choose || die "no package found for: ${missing[*]}"
fi
echo "  APT     install ${install[*]}"
if ! apt_install; then
	# Old package lists name versions that the archive no longer has.
	if [[ -z $updated ]]; then
		apt_update
		choose && apt_install
	else
		false
	fi || {
		tail -n 20 "$log" >&2
		rm -f "$log"
		die "could not install: ${install[*]}"
	}
fi
rm -f "$log"
guard_units
