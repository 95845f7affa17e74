#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# IPv4 to IPv6, byte by byte: header, options, TTL, fragments, MTU (RFC 7915
# section 4). The packets stand in packet/cases_header46.py.
. "$(dirname "${BASH_SOURCE[0]}")/packet/packet.sh"

packet_cases header46
