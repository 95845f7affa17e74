#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Hosts behind the translator that reach each other through their IPv4
# addresses (RFC 7757 section 4). The packets stand in packet/cases_hairpin.py.
. "$(dirname "${BASH_SOURCE[0]}")/packet/packet.sh"

packet_cases hairpin
