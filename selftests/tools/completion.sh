#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The bash completion offers what the tool knows, at every place of a line.
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=selftests/tools/tools.sh
. selftests/tools/tools.sh

# A tool that has two maps: completion asks it for nothing but text.
cat >"$work/nlabctl" <<END
#!/bin/bash
case \${*: -1} in
show-xlat) echo 'maps 2' ;;
show-maps)
	echo '203.0.113.10 2001:db8::10'
	echo '198.51.100.0/24 2001:db8:1::/120 overlap'
	;;
show-links)
	echo 'c0 x0@border owner lab'
	echo '    -> delay 1ms'
	;;
show-lab) echo 'small up nodes 2 links 1 processes 0' ;;
small)
	echo 'node r1 router'
	echo 'link r1:r2 10.0.0.1/30 r2:r1 10.0.0.2/30'
	;;
*) exec $nlabctl "\$@" ;;
esac
END
chmod 755 "$work/nlabctl"
PATH=$work:$PATH
touch "$work/my.maps"

# shellcheck source=tools/completion/nlabctl.bash
. tools/completion/nlabctl.bash

# offers LINE WORD...: completing LINE offers exactly these.
offers() {
	local COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
	local COMPREPLY=() want got

	shift
	_nlabctl
	want=$(printf '%s\n' "$@" | sort)
	got=$(printf '%s\n' "${COMPREPLY[@]}" | sort)
	[[ $got == "$want" ]] && return 0
	echo "line '$COMP_LINE' offers:" "$got"
	echo "wanted:" "$want"
	return 1
}

commands() { "$nlabctl" help keywords | awk '$1 == "command" { print $2 }'; }
settings() { "$nlabctl" help keywords | awk '$1 == "setting" { print $2 }'; }
options() { "$nlabctl" help keywords | awk '$1 == "option" { print $2; print $3 }'; }

mapfile -t all_commands < <(commands)
mapfile -t all_settings < <(settings)
mapfile -t all_options < <(options)

ktap_start
check 'commands' offers 'nlabctl ' "${all_commands[@]}"
check 'begin of a command' offers 'nlabctl show-' show-maps show-xlat show-stats \
	show-links show-lab show-announce
check 'command after options' offers 'nlabctl -j -n border sho' \
	show-maps show-xlat show-stats show-links show-lab show-announce
check 'options' offers 'nlabctl -' "${all_options[@]}"
check 'long option' offers 'nlabctl show-maps --j' --json
check 'settings' offers 'nlabctl set-xlat ' "${all_settings[@]}"
check 'value' offers 'nlabctl set-xlat mode ' auto forward direct
check 'second setting' offers 'nlabctl set-xlat mode auto hair' hairpin
check 'value after a negative number' \
	offers 'nlabctl set-xlat priority -450 local ' on off
check 'placeholders are not offered' offers 'nlabctl set-xlat tos ' copy
check 'overlap' offers 'nlabctl add-map 203.0.113.1 2001:db8::1 ' overlap
check 'addresses of maps' offers 'nlabctl del-map 203' 203.0.113.10
check 'addresses with colons' offers 'nlabctl del-map 2001:db8::1' 10
check 'addresses to test have no length' offers 'nlabctl test-map 198' ''
check 'settings to save' offers 'nlabctl save-maps ' settings
check 'links' offers 'nlabctl del-link ' c0 owner
check 'link to change' offers 'nlabctl set-link ' c0
check 'keys of links' offers 'nlabctl set-link c0 ge-' ge-enter ge-leave ge-loss
check 'keys of a new link' offers 'nlabctl add-link a b lo' loss loss-pattern loss-list
check 'words of a key' offers 'nlabctl set-link c0 loss 1% order ' keep free
check 'words of a new link' offers 'nlabctl add-link a b dir ' out in both
check 'help' offers 'nlabctl help set-x' set-xlat
check 'files of links' offers "nlabctl add-links $work/m" "$work/my.maps"
check 'files to load' offers "nlabctl load-maps $work/m" "$work/my.maps"
check 'files to compare' offers "nlabctl diff-maps $work/m" "$work/my.maps"
check 'formats to import' offers 'nlabctl import-maps ' jool tayga
check 'files to import' offers "nlabctl import-maps jool $work/m" "$work/my.maps"
check 'files to write' offers "nlabctl -m -o $work/m" "$work/my.maps"
check 'command after a file to write' offers 'nlabctl -o f show-st' show-stats
check 'labs' offers 'nlabctl destroy ' small
check 'nodes of labs' offers 'nlabctl exec ' r1 small/r1
check 'links of a lab' offers 'nlabctl capture small r' r1:r2 r2:r1
check 'nodes of one lab' offers 'nlabctl traffic small ' r1
check 'words of traffic' offers 'nlabctl traffic small r1 r1 ' rate time tcp udp
check 'forms of a report' offers 'nlabctl report small ' text json html
check 'formats of labs' offers 'nlabctl import-lab ' graphml mininet
check 'topologies' offers 'nlabctl import-lab mininet ' minimal single linear tree
check 'files of GraphML' offers "nlabctl import-lab graphml $work/m" "$work/my.maps"
check 'files of labs' offers "nlabctl apply $work/m" "$work/my.maps"
check 'kinds of links of labs' offers 'nlabctl apply -l ' nlink veth+netem
check 'batch files' offers "nlabctl -b $work/m" "$work/my.maps"
ktap_end
