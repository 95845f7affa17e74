#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Random and mutated packets through this translator and through Jool, with
# the same maps and settings; every byte that comes out is compared. What may
# differ, and why, is in ../net/packet/jool_differences.py.
#
#	NLAB_JOOL		folder of ../bench/jool.sh
#	NLAB_RANDOM_PACKETS	how many, 1000 unless told
#	NLAB_RANDOM_SEED	repeats a run
. "$(dirname "${BASH_SOURCE[0]}")/../net/packet/packet.sh"

[[ -e ${NLAB_JOOL:-}/jool_siit.ko ]] || skip_all "no Jool in NLAB_JOOL"
for module in jool_common jool_siit; do
	[[ -d /sys/module/$module ]] || insmod "$NLAB_JOOL/$module.ko" ||
		skip_all "$module.ko of Jool does not load on this kernel"
done
packet_cases jool
