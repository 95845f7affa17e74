# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# To be sourced: "remembering COMMAND..." runs COMMAND with compilers that give
# the object they gave the last time for the same text, warnings included, from
# the cache of the tests. Without ccache it just runs COMMAND. Dependency files
# then hold relative paths, which only kbuild and one-time builds can do with.

remembering() {
	local tree

	tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
	if ! command -v ccache >/dev/null || [[ ! -d /usr/lib/ccache ]]; then
		"$@"
		return
	fi
	# Another checkout of the same sources has other absolute paths.
	PATH=/usr/lib/ccache:$PATH CCACHE_BASEDIR=$tree CCACHE_NOHASHDIR=1 \
		CCACHE_DIR=${NLAB_CACHE:-${HOME:-/root}/.cache/nlab}/ccache "$@"
}
