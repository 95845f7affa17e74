#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# IPv6 to IPv4, byte by byte: header, extension headers, hop limit, fragments,
# MTU (RFC 7915 section 5). The packets stand in packet/cases_header64.py.
. "$(dirname "${BASH_SOURCE[0]}")/packet/packet.sh"

packet_cases header64
