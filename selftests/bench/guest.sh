#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Inside the test kernel: makes it ready for a measurement and runs one of the
# programs beside this file.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
prog=$1
shift
if [ -n "${NLAB_BENCH_JOOL:-}" ]; then
	insmod "$NLAB_BENCH_JOOL/jool_common.ko"
	insmod "$NLAB_BENCH_JOOL/jool_siit.ko"
fi
exec python3 -B "$here/$prog" "$@"
