#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A changed file changes only what differs, and a change that fails changes
# nothing.
#
#	h1 ---- r1 ---- h2
#
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/lab.sh
. "$(dirname "$0")/../lab.sh"

lab_test
write_lab one 10.1.0.0/16 2001:db8:1::/48
nlabctl apply -q "$work/one.yaml" || bail_out "no lab"

# changed SED: the file with a change, in $work/new.yaml.
changed() { sed "$1" "$work/one.yaml" >"$work/new.yaml"; }
apply_new() { nlabctl apply "$@" "$work/new.yaml"; }

index_of() { in_lab "$1" cat "/sys/class/net/$2/ifindex"; }
addresses() {
	local node

	for node in h1 r1 h2; do
		in_lab "$node" ip -4 -br addr show up || return
	done
}
shows() { nlabctl -n one.h1 -j show-links r1 | gojq -e ".[0] | $1"; }
delay_of() { nlabctl -n one.h1 -j show-links r1 | gojq '.[0].dir.delay'; }
reaches() { in_lab h1 ping -c 1 -W "$patience" "$1"; }

# same_device COMMAND...: the device and what runs in the node stay.
same_device() {
	local before after

	before=$(index_of h1 r1; in_lab h2 cat /run/marker) || return
	"$@" || return
	after=$(index_of h1 r1; in_lab h2 cat /run/marker)
	[[ $after = "$before" ]]
}

service_pids() { cat /sys/fs/cgroup/nlab/one/h2/sleeper/cgroup.procs; }

service_is_new() {
	local before

	before=$(service_pids)
	apply_new && [[ -n $(service_pids) && $(service_pids) != "$before" ]]
}

in_lab h2 sh -c 'echo kept >/run/marker'
changed 's/delay: 1ms/delay: 7ms/'
check "a dry run prints the difference" equal \
	"~ link h1:r1 r1:h1 out delay 7ms in delay 7ms" apply_new --dry-run
check "and changes nothing" equal 1000000 delay_of
check "the delay is changed live" same_device apply_new
check "to what the file says" equal 7000000 delay_of

changed 's/, delay: 1ms/, limit-packets: 5/'
check "a parameter that is gone has its default" same_device apply_new
check "again" equal 0 delay_of

# What the link does by itself.
changed 's/, delay: 1ms/, schedule: 0 delay 6ms, out: {trace: 1 2}/'
check "a schedule and a trace are a difference" equal \
	"~ link h1:r1 r1:h1 out limit-packets 1000 in limit-packets 1000
~ link h1:r1 r1:h1 out schedule new out trace new in schedule new" \
	apply_new --dry-run
check "they come live" same_device apply_new
check "both ways, and one" shows '[.dir, ."peer-dir"] |
	map([.delay, .schedule.steps, .trace.count]) ==
	[[6000000, 1, 2], [6000000, 1, null]]'
check "and are no difference any more" equal "" apply_new --dry-run
check "the lab shows them" equal '    -> schedule trace' \
	grep -m 1 -e '->' <(nlabctl show-lab one)
cp "$work/new.yaml" "$work/other.yaml"
sed -i 's/0 delay 6ms/10ms delay 4ms/; s/trace: 1 2/table: -1 1, distribution: table/' \
	"$work/new.yaml"
check "others take their place" same_device apply_new
check "a table comes with its distribution" wait_for 10 shows '
	.dir.distribution == "table" and .dir.trace == null and
	([.dir, ."peer-dir"] | all(.delay == 4000000))'
cp "$work/other.yaml" "$work/new.yaml"
sed -i 's/0 delay 6ms/"0 carrier up, 1ms carrier up"/; s/, 1ms/\\n1ms/' "$work/new.yaml"
check "what the module refuses is said with its line" refused 2 \
	"new.yaml:16:5: link h1:r1 r1:h1 out schedule changed out trace new out table none in schedule changed: schedule: carrier steps within 10 ms" \
	apply_new
check "and nothing has changed" shows '.dir.trace == null and
	.dir.distribution == "table" and .dir.schedule.steps == 1'
changed ''
apply_new -q
check "without them the link goes on" shows '[.dir, ."peer-dir"] |
	all(.schedule == null and .trace == null and .delay == 1000000)'

cp "$work/one.yaml" "$work/new.yaml"
sed -i '/^  r1: router/a \ \ h3: {routes: [{to: default, via: 10.1.0.9}]}' \
	"$work/new.yaml"
echo '  - {ends: [r1, h3]}' >>"$work/new.yaml"
check "a node and a link are added" same_device apply_new
check "and can be reached" wait_for 10 reaches 10.1.0.10
check "the others still are" reaches 10.1.0.6

changed ''
check "and removed again" same_device apply_new
check "with its namespace" fails test -e /run/netns/one.h3
check "the others are still reached" reaches 10.1.0.6

changed 's/ends: \[r1, h2\]/ends: ["r1:new", h2]/'
check "a device of another name is another link" apply_new
check "over which the routes lead again" wait_for 10 reaches 10.1.0.6
changed ''
apply_new -q
check "and back" wait_for 10 reaches 10.1.0.6

changed 's/sleep 1000/sleep 1001/'
check "a changed service is started anew" service_is_new
changed 's/of one/of new/'
check "a changed file is written" apply_new
check "into the node" equal "of new" in_lab h1 cat /etc/lab-name

changed 's/via: 10.1.0.2/via: 192.0.2.9/; s/delay: 1ms/delay: 9ms/'
check "a change that fails says why and where" \
	refused 2 "new.yaml:6:9: route h1 default via 192.0.2.9" apply_new
check "and is taken back" equal 1000000 delay_of
check "in all" wait_for 10 reaches 10.1.0.6
# Addresses of the pool move on by one link, and h1's route leads nowhere.
changed 's/^links:/&\n  - {ends: [r1, h3]}/; s/^  r1: router/&\n  h3:/'
before=$(addresses)
check "a change that moves addresses of other links is refused" \
	refused 2 "route h1 default via 10.1.0.2" apply_new
check "and each address is where it was" equal "$before" addresses
in_lab h1 ip link add taken type dummy
changed ''
printf '  - {ends: ["h1:%s", "h2:%s"]}\n' one two taken four >>"$work/new.yaml"
check "of many links, the one that can't be is named" \
	refused 2 "new.yaml:19:5: link h1:taken h2:four: a device of this name" \
	apply_new
check "the others are not there" fails in_lab h2 ip link show two
check "the device that was is" in_lab h1 ip link show taken
changed ''
sed -i 's/\(  - {ends: \[\)r1, h2\]/\1r1, {node: h2, addresses: [192.0.2.9\/24, 192.0.2.9\/24]}]/' \
	"$work/new.yaml"
check "of many requests, the one that is refused" \
	refused 2 "new.yaml:17:5: address h2:r1 192.0.2.9/24: " apply_new
changed ''
apply_new -q
check "the lab works on" reaches 10.1.0.6
nlabctl destroy one
check "nothing is left" nothing_left
ktap_end
