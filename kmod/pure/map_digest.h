/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Digest of a table of maps: the sum of a hash of each map. A sum knows no
 * order and can be kept while maps come and go.
 */
#ifndef NLAB_PURE_MAP_DIGEST_H
#define NLAB_PURE_MAP_DIGEST_H

#include <nlab/env.h>

/* Zero for an empty table. */
struct map_digest {
	u64 lane[2];
};

enum { MAP_DIGEST_BYTES = 16 };

/**
 * struct map_digest_pair - what of a map is hashed
 * @outside: 16 bytes if @nat66, else 4
 * @inside: 16 bytes
 * @outside_len: prefix length
 * @inside_len: prefix length
 * @nat66: IPv6<->IPv6
 * @overlap: may lie inside or contain another map
 */
struct map_digest_pair {
	const void *outside;
	const void *inside;
	u8 outside_len;
	u8 inside_len;
	bool nat66;
	bool overlap;
};

void map_digest_add(struct map_digest *sum, const struct map_digest_pair *pair);
void map_digest_sub(struct map_digest *sum, const struct map_digest_pair *pair);
/* As it is sent and printed: both numbers, the lowest byte first. */
void map_digest_bytes(u8 bytes[MAP_DIGEST_BYTES],
		      const struct map_digest *digest);

#endif
