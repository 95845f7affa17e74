#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What is behind the headers, byte by byte: checksums right and wrong, UDP
# without checksum, other protocols. The packets stand in
# packet/cases_transport.py.
. "$(dirname "${BASH_SOURCE[0]}")/packet/packet.sh"

packet_cases transport
