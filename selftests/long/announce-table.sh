#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# announce-table.sh LOG...: what announce-ospf.sh and announce-withdraw.sh printed,
# as tables for Documentation/deployment.rst.
set -u

# Fields of each case, with the form and the timers of its run in front.
cases() {
	awk '
	# What stands behind a word, where that comes first.
	function value(word) {
		match($0, " " word " [^ ]+")
		return substr($0, RSTART + length(word) + 2, RLENGTH - length(word) - 2)
	}
	{ sub(/^[ \t]+/, "") }
	/^(not )?ok [0-9]+ - two translators are announced \(/ {
		setup = $0
		sub(/.*\(/, "", setup)
		gsub(/[,)]/, "", setup)
	}
	/^# [^ ]+ lost [0-9]+ of .* target / {
		target = $0
		sub(/.* target /, "", target)
		print setup "|" $2 "|" value("lost") "|" value("of") "|" \
			value("gap") "|" value("tcp-broken") "|" \
			value("shares") "|" target
	}' "$@"
}

withdrawals() {
	awk '{ sub(/^[ \t]+/, "") }
	/^# [^ ]+ +carrier [0-9/]+ IPv4 [0-9/]+ IPv6 [0-9/]+$/ {
		print $2 "|" $4 "|" $6 "|" $8
	}' "$@"
}

# table HEADER: a simple table of reStructuredText, of lines with "|" between the
# fields; nothing if there is none.
table() {
	awk -F '|' -v header="$1" '
	function put(line,  f, i, n, out) {
		n = split(line, f, "|")
		out = ""
		for (i = 1; i <= n; i++)
			out = out sprintf("%-" width[i] "s ", f[i])
		sub(/ +$/, "", out)
		print out
	}
	function rule(  i, s, out) {
		out = ""
		for (i = 1; i <= columns; i++) {
			s = sprintf("%" width[i] "s", "")
			gsub(/ /, "=", s)
			out = out (i > 1 ? " " : "") s
		}
		print out
	}
	function measure(line,  f, i) {
		columns = split(line, f, "|")
		for (i = 1; i <= columns; i++)
			if (length(f[i]) > width[i])
				width[i] = length(f[i])
	}
	BEGIN { measure(header) }
	{ lines[NR] = $0; measure($0) }
	END {
		if (!NR)
			exit
		rule(); put(header); rule()
		for (i = 1; i <= NR; i++)
			put(lines[i])
		rule()
		print ""
	}'
}

cases "$@" | table "set-up|case|lost|of|gap, ms|broken|shares|target"
withdrawals "$@" | table "cause|carrier|IPv4|IPv6"
