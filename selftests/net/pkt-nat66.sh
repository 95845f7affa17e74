#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# IPv6 to IPv6: host pairs and prefix pairs (RFC 6296), the latter also against
# the kernel's own NPT target. The packets stand in packet/cases_nat66.py.
. "$(dirname "${BASH_SOURCE[0]}")/packet/packet.sh"

packet_cases nat66
