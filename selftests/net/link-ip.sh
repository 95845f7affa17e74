#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Parameters of links in rtnetlink, by the plugin of ip: what it makes, changes
# and shows, and what is refused.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../link.sh
. "$selftests/link.sh"
need unshare nsenter
start_test
nodes client server

# Beside nlabctl in the tree; what is installed ip finds by itself.
plugin=$(dirname "$(command -v nlabctl)")
if [[ -e $plugin/link_nlink.so ]]; then
	export IP_LIB_DIR=$plugin
fi
ip link help nlink 2>&1 | grep -- "jitter-correlation" >/dev/null ||
	skip_all "ip does not find link_nlink.so"

c() { ip -n "$client" "$@"; }
shown() { c -d link show "$1" | sed -nE 's/^    nlink (.*) ?addrgenmode.*/\1/p' | sed 's/ $//'; }
is() { nlabctl -n "$client" -j show-links "$1" | gojq -e ".[0] | $2"; }

make() {
	c link add c0 type nlink delay 10ms rate 100mbit dir in loss 1% \
		peer name s0 mtu 1400 netns "$server" &&
		is c0 '.dir.delay == 10000000 and .dir.rate == 100000000 and
			.dir.loss == 0 and ."peer-dir".loss > 0.009 and
			."peer-dir".delay == 10000000 and ."peer-name" == "s0"' &&
		equal 1400 gojq '.[0].mtu' <(ip -n "$server" -j link show s0)
}

# Both ends, each in its own words.
shows() {
	equal "dir out rate 100mbit delay 10ms dir in rate 100mbit delay 10ms loss 1%" \
		shown c0 &&
		ip -n "$server" -d link show s0 | grep " nlink dir out .* loss 1% dir in "
}

alike() {
	c link set c0 type nlink dir in loss 0 &&
		equal "rate 100mbit delay 10ms" shown c0
}

all_words() {
	equal "" shown c1 && c link set c1 type nlink "${link_values[@]}" &&
		equal "${link_values[*]}" shown c1
}

json() {
	c -d -j link show c0 | gojq -e '.[0].linkinfo.info_data |
		.dir.delay == "10ms" and ."peer-dir".rate == "100mbit" and
		.dir."ge-loss" == "100%" and (.dir.seed | length) > 0'
}

# More than ip has room for would write behind its request.
too_much() {
	local pattern list

	printf -v pattern '%0256d' 1
	list=$(seq -s, 1 2 31)
	refused 1 "too many parameters" c link set c1 type nlink \
		loss-pattern "$pattern" loss-list "$list" rate 1gbit \
		delay 1s jitter 1ms limit-bytes 7 codel-target 1ms seed 8 \
		overhead 1 loss 1% corrupt 1% &&
		equal "${link_values[*]}" shown c1
}

# The other end of c2 belongs to somebody else.
inside() { nsenter -t "$stranger" --preserve-credentials -U -n "$@"; }

start "$client" unshare -Urn sleep 1000
stranger=$started
start "$client" nlabctl -j monitor
monitor=$started
events() { [[ $(gojq -r .event "$work/$monitor.log" | tr '\n' ' ') = "$1" ]]; }
wait_for 60 events "ready "

check "ip link add with parameters" make
check "ip -d link shows both directions" shows
check "ip link set changes one" alike
check "and says so to who listens" wait_for 60 events "ready link "
check "JSON" json
check "a link without parameters" c link add c1 type nlink peer name s1
check "all parameters, shown as they are read" all_words
check "more than fits is refused" too_much
check "unknown word" refused 1 "did you mean 'jitter'" \
	c link set c1 type nlink jiter 1ms
check "value missing" refused 1 "'delay' has no value" \
	c link set c1 type nlink delay
check "the kernel's reason" refused 2 "red-max must be above red-min" \
	c link set c1 type nlink delay 7ms red-min 90000
check "and nothing is changed" equal "${link_values[*]}" shown c1
check "no new link with it" refused 2 "red-max must be above red-min" \
	c link add c3 type nlink red-min 9 red-max 8 peer name s3
check "and nothing is left of it" fails c link show s3
check "a new peer for a link" refused 2 "stays the same for life" \
	c link set c1 type nlink peer name c0
check "a type for the peer" refused 1 "leave 'type veth' out" \
	c link add c4 type nlink peer name s4 type veth
if nlabctl add-link "c2@$client" "s2@$stranger"; then
	check "its own direction" inside ip link set s2 type nlink dir out delay 1ms
	check "that of the peer needs its privilege" refused 2 \
		"the peer is of another user namespace" \
		inside ip link set s2 type nlink dir in delay 1ms
	check "it has not changed" is c2 '.dir.delay == 0 and ."peer-dir".delay == 1000000'
else
	skip "privilege at the peer" "no user namespaces"
fi
ktap_end
