#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The same packets and bytes as in the other tests of this kind, with rules on
# every hook, behind which it is translated; the kernel's forwarding sends.
. "$(dirname "${BASH_SOURCE[0]}")/packet/packet.sh"

need nft
packet_cases rules header46 header64 icmp46 icmp64 transport hairpin nat66
