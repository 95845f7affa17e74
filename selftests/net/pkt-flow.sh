#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the translator remembers of packets that went before never outlives the
# settings, maps, addresses and routes that it came from.
. "$(dirname "${BASH_SOURCE[0]}")/packet/packet.sh"

packet_cases flow
