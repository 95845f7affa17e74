#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Which addresses become which, and which packets are left alone. The packets
# stand in packet/cases_address.py.
. "$(dirname "${BASH_SOURCE[0]}")/packet/packet.sh"

packet_cases address
