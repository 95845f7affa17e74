#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packets of others through the translator. NLAB_VECTORS is the folder that
# holds siit-pktgen/; by default one beside the tree. The data is no part of
# the tree.
. "$(dirname "${BASH_SOURCE[0]}")/packet/packet.sh"

NLAB_VECTORS=${NLAB_VECTORS:-$selftests/../../shared/vectors}/siit-pktgen
export NLAB_VECTORS
[[ -d $NLAB_VECTORS/sender && -d $NLAB_VECTORS/receiver ]] ||
	skip_all "no test data in $NLAB_VECTORS"

packet_cases vectors
