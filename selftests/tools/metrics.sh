#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Example alerts and dashboard: well-formed, the alerts fire when they should,
# and both use only metrics that nlabctl prints.
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=selftests/tools/tools.sh
. selftests/tools/tools.sh

rules=Documentation/examples/prometheus/nlab.rules.yml
dashboard=Documentation/examples/grafana/nlab.json

# Names of our metrics that are asked for, one a line.
asked() {
	grep -ohE '\bnlab_(xlat|announce)_[a-z0-9_]+' "$1" | sort -u
}

# The program has the name of a family as a string of its own.
known() {
	local name family

	asked "$1" >"$work/asked"
	(($(wc -l <"$work/asked") >= 4)) || { echo "asks for nearly nothing"; return 1; }
	while read -r name; do
		family=${name%_total}
		grep -qF "\"${family%_info}\"" tools/nlabctl/metrics.c && continue
		echo "no metric $name"
		return 1
	done <"$work/asked"
}

# Every reason in the rules is one of a counter.
reasons() {
	local reason

	while read -r reason; do
		grep -q "name: drop-$reason\$" Documentation/netlink/specs/nlab.yaml &&
			continue
		echo "no counter drop-$reason"
		return 1
	done < <(sed -nE 's/.*reason!?="([a-z0-9-]+)".*/\1/p' "$rules")
}

panels() {
	gojq -e '.title and .schemaVersion and (.panels | length > 5) and
		all(.panels[]; .title and .gridPos and
			(.targets | length > 0 and all(.[]; .expr != ""))) and
		([.panels[].id] | length == (unique | length))' "$dashboard" >/dev/null
}

# promtool reads each question of the dashboard, with Grafana's variables
# filled in, as the expression of a rule.
questions() {
	gojq '{ groups: [ { name: "dashboard", rules: [ .panels[].targets[].expr |
		gsub("\\$__rate_interval"; "5m") | gsub("\\$(job|node)"; ".*") |
		. ] | unique | to_entries | map({ record: "x:y\(.key)",
			expr: .value }) } ] }' "$dashboard" >"$work/rules.yml" ||
		return
	promtool check rules "$work/rules.yml"
}

ktap_start
check 'metrics of the rules' known "$rules"
check 'metrics of the dashboard' known "$dashboard"
check 'reasons of the rules' reasons
if command -v gojq >/dev/null; then
	check 'panels of the dashboard' panels
else
	skip 'panels of the dashboard' 'no gojq'
fi
if command -v promtool >/dev/null && command -v gojq >/dev/null; then
	check 'rules are well-formed' promtool check rules "$rules"
	check 'alerts fire when they should' \
		promtool test rules "${rules%.yml}.test.yml"
	check 'questions of the dashboard' questions
else
	skip 'rules and questions' 'no promtool or gojq'
fi
ktap_end
