#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Buffers of every shape through the hooks: GSO, checksums to be completed,
# tags, pages, lists; nothing but the kernel's health is looked at.
# NLAB_RANDOM_SECONDS is how long, NLAB_RANDOM_SEED repeats a run.
. "$(dirname "${BASH_SOURCE[0]}")/packet/packet.sh"
need ethtool nft

packet_cases fuzz
