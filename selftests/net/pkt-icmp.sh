#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# ICMP both ways, byte by byte: types, codes, errors with the packets inside
# them, RFC 4884, RFC 6791. The packets stand in packet/cases_icmp46.py and
# packet/cases_icmp64.py.
. "$(dirname "${BASH_SOURCE[0]}")/packet/packet.sh"

packet_cases icmp46 icmp64
