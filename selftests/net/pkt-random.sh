#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Random and mutated packets through both directions: what comes out is well
# formed, checksums that were right stay right, and what loses nothing is the
# same after there and back. NLAB_RANDOM_PACKETS is their number,
# NLAB_RANDOM_SEED repeats a run.
. "$(dirname "${BASH_SOURCE[0]}")/packet/packet.sh"

packet_cases random
