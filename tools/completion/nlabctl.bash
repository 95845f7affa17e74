# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Completion of nlabctl for bash. All names come from the tool itself, so that
# they can't differ from it. Needs no bash-completion package.

# Prints the words of lines "KIND NAME ..." of 'nlabctl help keywords'.
_nlabctl_names() {
	"${COMP_WORDS[0]}" help keywords 2>/dev/null | awk -v kind="$1" '
		$1 == kind && kind == "option" { print $2; print $3 }
		$1 == kind && kind != "option" { print $2 }'
}

# Prints the words that may be the value of setting $1; placeholders are in
# capitals or ranges and stand for something to be typed.
_nlabctl_values() {
	"${COMP_WORDS[0]}" help keywords 2>/dev/null | awk -v key="$1" '
		$1 == "setting" && $2 == key {
			for (i = 3; i <= NF; i++)
				if ($i !~ /^([A-Z]+|[0-9.]+)$/) print $i
		}'
}

# Prints the prefixes of both sides, unless they are too many to choose from.
_nlabctl_maps() {
	local maps

	maps=$("${COMP_WORDS[0]}" "$@" show-xlat 2>/dev/null |
		awk '$1 == "maps" { print $2 }')
	[[ $maps ]] && ((maps <= 1000)) || return
	"${COMP_WORDS[0]}" "$@" show-maps 2>/dev/null |
		awk '{ print $1; print $2 }'
}

# Sets words[] to the words typed before the current one, without options, and
# netns[] to the option that names a namespace.
_nlabctl_words() {
	local i

	words=() netns=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-n | --netns)
			((++i < COMP_CWORD)) && netns=(-n "${COMP_WORDS[i]}")
			;;
		-b | --batch) ((i++)) ;;
		-[0-9]*) words+=("${COMP_WORDS[i]}") ;;
		-?*) ;;
		*) words+=("${COMP_WORDS[i]}") ;;
		esac
	done
}

_nlabctl_argument() {
	local n=$((${#words[@]} - 1))

	case ${words[0]} in
	set-xlat)
		if ((n % 2)); then
			_nlabctl_values "${words[n]}"
		else
			_nlabctl_names setting
		fi
		;;
	add-map) ((n == 2)) && echo overlap ;;
	del-map | show-maps) ((n == 0)) && _nlabctl_maps "${netns[@]}" ;;
	test-map) ((n == 0)) && _nlabctl_maps "${netns[@]}" | grep -v / ;;
	save-maps) ((n == 0)) && echo settings ;;
	help) ((n == 0)) && _nlabctl_names command && echo keywords ;;
	esac
}

_nlabctl() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local words netns choices

	_nlabctl_words
	COMPREPLY=()
	case $prev in
	-n | --netns)
		choices=$(cd /run/netns 2>/dev/null && printf '%s\n' *)
		;;
	-b | --batch)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	*)
		if [[ $cur == -* && ${words[0]-} != set-xlat ]]; then
			choices=$(_nlabctl_names option)
		elif ((!${#words[@]})); then
			choices=$(_nlabctl_names command)
		elif [[ ${words[0]} == load-maps ]]; then
			((${#words[@]} == 1)) &&
				mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			return
		else
			choices=$(_nlabctl_argument)
		fi
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$cur")
	# The shell takes a colon for the end of a word and keeps what is before.
	if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then
		COMPREPLY=("${COMPREPLY[@]#"${cur%"${cur##*:}"}"}")
	fi
}

complete -o filenames -F _nlabctl nlabctl
