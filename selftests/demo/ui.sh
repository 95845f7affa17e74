# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# How the demo looks: titles, commands as they could be typed, their output,
# and whether it is what it should be. Read by story.sh, which sets $work.
#
# Little else than bash is run here: in an emulated machine each program start
# takes a tenth of a second.
# shellcheck disable=SC2154

bold='' dim='' green='' red='' plain=''
if [ -n "${NLAB_DEMO_COLOR-}" ]; then
	bold=$'\e[1m' dim=$'\e[2m' green=$'\e[32m' red=$'\e[1;31m' plain=$'\e[0m'
fi

steps=0 failed=0 step_failed=0 step_begin=0 output=''

now_ms() { printf '%s' "$((${EPOCHREALTIME/[.,]/} / 1000))"; }

seconds_since() {
	local ms=$(($(now_ms) - $1))

	printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100))
}

end_step() {
	((steps)) || return 0
	if ((step_failed)); then
		((failed++))
		printf '%s  FAILED  (%s)%s\n' "$red" "$(seconds_since "$step_begin")" "$plain"
	else
		printf '%s  ok  (%s)%s\n' "$green" "$(seconds_since "$step_begin")" "$plain"
	fi
}

# step TITLE [LINE...]: what comes next, and what there is to see.
step() {
	end_step
	((++steps))
	step_failed=0
	step_begin=$(now_ms)
	printf '\n%s%d. %s%s\n' "$bold" "$steps" "$1" "$plain"
	shift
	[ $# = 0 ] || printf "   $dim%s$plain\n" "$@"
}

problem() {
	step_failed=1
	printf '%s  not as expected: %s%s\n' "$red" "$1" "$plain"
}

# Prints file $1 indented, long lines folded between words to 80 columns.
show() {
	local line part

	while IFS= read -r line || [ -n "$line" ]; do
		line=${line//$'\t'/    }
		while [ ${#line} -gt 77 ]; do
			part=${line:0:77}
			[[ $part != *[!\ ]\ * ]] || part=${part% *}
			printf '   %s\n' "$part"
			line="    ${line:${#part}}"
		done
		printf '   %s\n' "$line"
	done <"$1"
}

# run COMMAND: prints it, runs it, prints its output and keeps it in $output.
# Exit status other than 0 is a failure of the step.
run() {
	local rc=0

	printf '%s$ %s%s\n' "$bold" "$1" "$plain"
	eval "$1" >"$work/out" 2>&1 || rc=$?
	show "$work/out"
	output=$(<"$work/out")
	[ $rc = 0 ] || problem "exit status $rc"
	return 0
}

# want REGEX MEANING: the last output has to match.
want() { [[ $output =~ $1 ]] || problem "$2"; }

# Nothing ever comes out of this; it is there to wait on without a program.
exec {never}<> <(:)

# wait_for SECONDS COMMAND...: until the command succeeds.
wait_for() {
	local end=$((SECONDS + $1))

	shift
	until "$@" >/dev/null 2>&1; do
		((SECONDS < end)) || return 1
		read -r -t 0.1 -u "$never" || :
	done
}

finish_story() {
	end_step
	if ((failed)); then
		printf '\n%sStep %d FAILED%s (%s in this machine)\n' "$red" \
			"$steps" "$plain" "$(seconds_since "$1")"
		return 1
	fi
	printf '\n%sEverything worked: %d steps%s (%s in this machine)\n' \
		"$green" "$steps" "$plain" "$(seconds_since "$1")"
}
