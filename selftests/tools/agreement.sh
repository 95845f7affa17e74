#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The keywords of the usage, the manual pages and the specification are the
# same, and the manual pages are well-formed. (The completion has no keywords
# of its own; completion.sh tests it.)
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=selftests/tools/tools.sh
. selftests/tools/tools.sh

spec=Documentation/netlink/specs/nlab.yaml
man=tools/man

keywords() { "$nlabctl" help keywords | awk -v kind="$1" '$1 == kind { print $2 }'; }

# Attributes of a set of the specification, one a line.
spec_attributes() {
	python3 - "$spec" "$1" <<-'END'
		import sys, yaml
		spec = yaml.safe_load(open(sys.argv[1]))
		for s in spec["attribute-sets"]:
		    if s["name"] == sys.argv[2]:
		        print(*[a["name"] for a in s["attributes"]
		                if a["name"] != "pad"], sep="\n")
	END
}

# Values that an attribute of the settings may have by the specification.
spec_values() {
	python3 - "$spec" "$1" <<-'END'
		import sys, yaml
		spec = yaml.safe_load(open(sys.argv[1]))
		enums = {d["name"]: [e["name"] if isinstance(e, dict) else e
		                     for e in d["entries"]]
		         for d in spec["definitions"] if d["type"] == "enum"}
		xlat = next(s for s in spec["attribute-sets"]
		            if s["name"] == "xlat")
		for a in xlat["attributes"]:
		    if a["name"] == sys.argv[2] and "enum" in a:
		        print(*enums[a["enum"]], sep="\n")
	END
}

# same WHAT1 WHAT2: two lists, whatever their order.
same() {
	diff <(sort "$1") <(sort "$2")
}

# Terms that a page explains: the first word of each .It Cm.
terms() {
	awk '$1 == ".It" && $2 == "Cm" { print $3 }' "$@"
}

settings_of_spec() {
	# Addresses with a length are one setting; the last four are read only.
	spec_attributes xlat | sed -e '/-len$/d' -e 's/-addr$//' \
		-e '/^maps$/d' -e '/^generation$/d' \
		-e '/^maps-version$/d' -e '/^maps-digest$/d' >"$work/spec"
	keywords setting >"$work/tool"
	same "$work/spec" "$work/tool"
}

values_of_spec() {
	local key words

	while read -r _ key words; do
		[[ $words != *[A-Z]* && $words != *..* && $words != 'off on' ]] ||
			continue
		same <(spec_values "$key") <(tr ' ' '\n' <<<"$words") || return
	done < <("$nlabctl" help keywords | grep '^setting')
}

# The page names the values of a setting in the same order as the usage.
values_in_page() {
	local key words word line

	while read -r _ key words; do
		line=$(grep "^\.It Cm $key " "$man/nlabctl-xlat.8") || return
		for word in $words; do
			grep -qw -- "$word" <<<"$line" && continue
			echo "value $word of $key is not in the page: $line"
			return 1
		done
	done < <("$nlabctl" help keywords | grep '^setting')
}

commands_in_page() {
	keywords command >"$work/tool"
	sed -n '/^.Sh COMMANDS/,/^.Sh OPTIONS/p' "$man"/nlabctl.8 >"$work/page"
	terms "$work/page" >"$work/terms"
	same "$work/tool" "$work/terms"
}

# Each command is explained in the page of its group, with all its arguments.
commands_in_groups() {
	local name args page word

	while read -r _ name args; do
		[[ $name == help ]] && continue
		page=$(grep -l -m1 -x "\.Cm $name" "$man"/nlabctl-[a-z]*.8 | head -n 1) ||
			{ echo "no synopsis of $name"; return 1; }
		for word in $(tr -c 'A-Za-z-' ' ' <<<"$args"); do
			[[ $word == -* ]] && continue
			sed -n '/^.Sh SYNOPSIS/,/^.Sh DESCRIPTION/p' "$page" |
				grep -A4 -x "\.Cm $name" | grep -qw -- "$word" &&
				continue
			echo "$page: no $word in the synopsis of $name"
			return 1
		done
	done < <("$nlabctl" help keywords | grep '^command')
}

options_in_page() {
	"$nlabctl" help keywords | awk '$1 == "option" {
		print $2, substr($3, 3) }' >"$work/tool"
	awk '$1 == ".It" && $2 == "Fl" && $4 == "," { print "-" $3, substr($6, 2) }' \
		"$man"/nlabctl.8 >"$work/page"
	same "$work/tool" "$work/page"
}

usage_has_all() {
	local word

	"$nlabctl" help >"$work/usage"
	for word in $(keywords command) $(keywords setting) \
		$("$nlabctl" help keywords | awk '$1 == "option" { print $3 }'); do
		grep -qw -e "$word" "$work/usage" && continue
		echo "not in the usage: $word"
		return 1
	done
}

settings_in_page() {
	same <(keywords setting) <(terms "$man"/nlabctl-xlat.8)
}

link_keys_of_spec() {
	{ spec_attributes link-dir | grep -v '^stats$'; echo owner; echo dir; } |
		sort >"$work/spec"
	keywords link-key >"$work/tool"
	same "$work/spec" "$work/tool"
}

link_keys_in_page() {
	same <(keywords link-key) <(terms "$man"/nlabctl-link.8)
}

announce_keys_of_spec() {
	# what the agent and drain set, and what is read only
	spec_attributes announce | grep -vxE \
		'drained|healthy|faults|up|reasons|agent-age' >"$work/spec"
	keywords announce-key >"$work/tool"
	same "$work/spec" "$work/tool"
}

announce_keys_in_page() {
	same <(keywords announce-key) <(terms "$man"/nlabctl-announce.8)
}

announce_reasons_in_page() {
	python3 - "$spec" >"$work/spec" <<-'END'
		import sys, yaml
		spec = yaml.safe_load(open(sys.argv[1]))
		for d in spec["definitions"]:
		    if d["name"] == "announce-reason":
		        print(*[e["name"] for e in d["entries"]], sep="\n")
	END
	same "$work/spec" <(awk '$1 == ".It" && $2 == "Em" { print $3 }' \
		"$man"/nlabctl-announce.8)
}

link_counters_in_page() {
	local name

	for name in $(spec_attributes link-stats); do
		grep -qw -- "$name" <(sed -n '/^.Sh COUNTERS/,/^.Sh JSON/p' \
			"$man"/nlabctl-link.8) && continue
		echo "no counter $name"
		return 1
	done
}

counters_in_page() {
	same <(spec_attributes stats) <(terms "$man"/nlabctl-stats.8)
}

# What load-maps may meet, and monitor may print.
lines_in_page() {
	local word

	for word in set include version digest map-static map66-static \
		mapping-prefix; do
		grep -q "^\.It Cm $word " "$man"/nlab-maps.5 || return
	done
}

events_in_page() {
	python3 - "$spec" >"$work/spec" <<-'END'
		import sys, yaml
		spec = yaml.safe_load(open(sys.argv[1]))
		print(*[o["name"][:-4] for o in spec["operations"]["list"]
		        if o["name"].endswith("-ntf")], "ready", "lost", sep="\n")
	END
	same "$work/spec" <(terms "$man"/nlabctl-monitor.8)
}

lint() {
	local out

	# Whether pages of other packages are installed is not ours; those of
	# our own are checked by references().
	out=$(mandoc -T lint -W style "$man/$1" 2>&1 |
		grep -v -e 'outdated mandoc.db' -e 'referenced manual not found')
	[[ -z $out ]] || { echo "$out"; return 1; }
}

# References to our own pages lead somewhere.
references() {
	local name section

	while read -r _ name section _; do
		[[ $name == nlab* ]] || continue
		[[ -e "$man"/$name.$section ]] && continue
		echo "no page $name($section)"
		return 1
	done < <(grep -h '^\.Xr ' "$man"/*.[578])
}

ktap_start
check 'usage names everything' usage_has_all
check 'commands of nlabctl.8' commands_in_page
check 'options of nlabctl.8' options_in_page
check 'synopses of the groups' commands_in_groups
check 'settings of nlabctl-xlat.8' settings_in_page
check 'values of nlabctl-xlat.8' values_in_page
check 'keys of nlabctl-link.8' link_keys_in_page
check 'keys of nlabctl-announce.8' announce_keys_in_page
check 'lines of nlab-maps.5' lines_in_page
check 'references between pages' references
if python3 -c 'import yaml' 2>/dev/null; then
	check 'settings of the specification' settings_of_spec
	check 'values of the specification' values_of_spec
	check 'counters of nlabctl-stats.8' counters_in_page
	check 'keys of links' link_keys_of_spec
	check 'keys of set-announce' announce_keys_of_spec
	check 'reasons of nlabctl-announce.8' announce_reasons_in_page
	check 'counters of nlabctl-link.8' link_counters_in_page
	check 'events of nlabctl-monitor.8' events_in_page
else
	for name in settings values 'keys of links' 'keys of set-announce' reasons counters events; do
		skip "$name of the specification" 'no python3-yaml'
	done
fi
for page in "$man"/*.[578]; do
	page=${page##*/}
	if command -v mandoc >/dev/null; then
		check "lint $page" lint "$page"
	else
		skip "lint $page" 'no mandoc'
	fi
done
ktap_end
