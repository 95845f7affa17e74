# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Completion of nlabctl for bash. All names come from the tool itself, so that
# they can't differ from it. Needs no bash-completion package.
#
# The line is split here, at blanks only: for the shell the colons of an IPv6
# address end words.

# Prints the words of lines "KIND NAME ..." of 'nlabctl help keywords'.
_nlabctl_names() {
	"$tool" help keywords 2>/dev/null | awk -v kind="$1" '
		$1 == kind && kind == "option" { print $2; print $3 }
		$1 == kind && kind != "option" { print $2 }'
}

# Prints the words that may be the value of setting $1; placeholders are in
# capitals or ranges and stand for something to be typed.
_nlabctl_values() {
	"$tool" help keywords 2>/dev/null | awk -v key="$1" '
		$1 == "setting" && $2 == key {
			for (i = 3; i <= NF; i++)
				if ($i !~ /^([A-Z]+|[0-9.]+)$/) print $i
		}'
}

# The same for key $1 of links.
_nlabctl_link_values() {
	"$tool" help keywords 2>/dev/null | awk -v key="$1" '
		$1 == "link-key" && $2 == key {
			for (i = 3; i <= NF; i++)
				if ($i !~ /^[A-Z]+$/) print $i
		}'
}

# The same for key $1 of set-announce.
_nlabctl_announce_values() {
	"$tool" help keywords 2>/dev/null | awk -v key="$1" '
		$1 == "announce-key" && $2 == key {
			for (i = 3; i <= NF; i++)
				if ($i !~ /^[A-Z,.]+$/) print $i
		}'
}

# Prints the devices of links that end in the namespace.
_nlabctl_links() {
	"$tool" "$@" show-links 2>/dev/null |
		awk '/^[^ ]/ && $1 !~ /@/ { print $1 }
			/^[^ ]/ && $2 !~ /@/ { print $2 }'
}

# Prints what may be the argument $1 behind the devices, by the last word $2.
_nlabctl_link_pair() {
	if (($1 % 2)); then
		_nlabctl_link_values "$2"
	else
		_nlabctl_names link-key
	fi
}

# Prints the prefixes of both sides, unless they are too many to choose from.
_nlabctl_maps() {
	local maps

	maps=$("$tool" "$@" show-xlat 2>/dev/null |
		awk '$1 == "maps" { print $2 }')
	[[ $maps ]] && ((maps <= 1000)) || return
	"$tool" "$@" show-maps 2>/dev/null |
		awk '{ print $1; print $2 }'
}

# Prints the names of labs.
_nlabctl_labs() {
	"$tool" show-lab 2>/dev/null | awk '{ print $1 }'
}

# Prints the nodes of all labs, with the name of the lab too.
_nlabctl_nodes() {
	local lab

	for lab in $(_nlabctl_labs); do
		"$tool" show-lab "$lab" 2>/dev/null | awk -v lab="$lab" '
			$1 == "node" { print $2; print lab "/" $2 }'
	done
}

# Prints the nodes of lab $1, and what its links are called.
_nlabctl_nodes_of() {
	"$tool" show-lab "$1" 2>/dev/null | awk '$1 == "node" { print $2 }'
}

_nlabctl_ports() {
	"$tool" show-lab "$1" 2>/dev/null | awk '$1 == "link" {
		for (i = 2; i <= NF; i++)
			if ($i !~ /\//) print $i }'
}

# Sets words[] to the words typed before the current one, without options, and
# netns[] to the option that names a namespace.
_nlabctl_words() {
	local i

	words=() netns=()
	for ((i = 1; i < ${#typed[@]}; i++)); do
		case ${typed[i]} in
		-n | --netns)
			((++i < ${#typed[@]})) && netns=(-n "${typed[i]}")
			;;
		-b | --batch | -o | --output | -l | --link) ((i++)) ;;
		-[0-9]*) words+=("${typed[i]}") ;;
		-?*) ;;
		*) words+=("${typed[i]}") ;;
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
	import-maps) ((n == 0)) && printf '%s\n' jool tayga ;;
	add-link) ((n >= 2)) && _nlabctl_link_pair "$n" "${words[n]}" ;;
	set-link)
		if ((n)); then
			_nlabctl_link_pair "$((n - 1))" "${words[n]}"
		else
			_nlabctl_links "${netns[@]}"
		fi
		;;
	del-link | show-links)
		((n == 0)) && _nlabctl_links "${netns[@]}" && echo owner
		;;
	destroy | show-lab) ((n == 0)) && _nlabctl_labs ;;
	exec | shell) ((n == 0)) && _nlabctl_nodes ;;
	wait)
		((n == 0)) && _nlabctl_labs
		((n == 1)) && echo up converged
		;;
	graph)
		((n == 0)) && _nlabctl_labs
		((n == 1)) && echo dot mermaid svg
		;;
	import-lab)
		((n == 0)) && printf '%s\n' graphml mininet
		((n == 1)) && printf '%s\n' minimal single linear tree
		((n >= 2 && n % 2 == 0)) && printf '%s\n' rate routing
		[[ ${words[n]} == routing ]] &&
			printf '%s\n' rip ripng ospf ospf6 isis bgp
		;;
	capture)
		((n == 0)) && _nlabctl_labs
		((n == 1)) && _nlabctl_ports "${words[1]}"
		;;
	traffic)
		case $n in
		0) _nlabctl_labs ;;
		1 | 2) _nlabctl_nodes_of "${words[1]}" ;;
		*)
			[[ ${words[n]} == @(rate|time) ]] ||
				printf '%s\n' rate time tcp udp
			;;
		esac
		;;
	report)
		((n == 0)) && _nlabctl_labs
		((n == 1)) && printf '%s\n' text json html
		;;
	set-announce)
		if ((n % 2)); then
			_nlabctl_announce_values "${words[n]}"
		else
			_nlabctl_names announce-key
		fi
		;;
	help) ((n == 0)) && _nlabctl_names command && echo keywords ;;
	esac
}

_nlabctl() {
	local line=${COMP_LINE:0:COMP_POINT} cur='' tool prev
	local typed words netns choices=''

	read -ra typed <<<"$line"
	tool=${typed[0]}
	if [[ $line != *[[:blank:]] ]]; then
		cur=${typed[-1]}
		unset 'typed[-1]'
	fi
	prev=${typed[-1]}
	_nlabctl_words
	COMPREPLY=()
	if [[ $prev == -l || $prev == --link ]]; then
		choices='nlink veth+netem'
	elif [[ $prev == @(-b|--batch|-o|--output) ]] ||
		[[ ${words[*]} == @(load-maps|diff-maps|add-links|import-maps\ *|import-lab\ graphml|check|apply|run|@(set-link\ *|add-link\ *\ *)\ @(schedule|trace)) && $cur != -?* ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
	elif [[ $prev == -n || $prev == --netns ]]; then
		choices=$(cd /run/netns 2>/dev/null && printf '%s\n' *)
	elif [[ $cur == -* ]]; then
		choices=$(_nlabctl_names option)
	elif ((!${#words[@]})); then
		choices=$(_nlabctl_names command)
	else
		choices=$(_nlabctl_argument)
	fi
	mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$cur")
	# The shell replaces only what stands behind the last colon.
	if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then
		COMPREPLY=("${COMPREPLY[@]#"${cur%"${cur##*:}"}"}")
	fi
}

complete -o filenames -F _nlabctl nlabctl
