/* SPDX-License-Identifier: GPL-2.0 */
/* What tells one table of maps from another. A part of parse.h. */
#ifndef NLAB_LIB_DIGEST_H
#define NLAB_LIB_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

struct nlab_err;
struct nlab_map;
struct nlab_word;

#define NLAB_DIGEST_BYTES	16
#define NLAB_DIGEST_TEXT	(2 * NLAB_DIGEST_BYTES + 1)

/**
 * struct nlab_digest - Sum of a hash of each map; zero for none.
 * @lane: Both halves.
 */
struct nlab_digest {
	uint64_t lane[2];
};

/**
 * struct nlab_identity - Which maps a table has.
 * @version: Number that the operator gave them; 0 for none.
 * @digest: Of the maps, whatever their order.
 */
struct nlab_identity {
	uint64_t version;
	struct nlab_digest digest;
};

void nlab_digest_add(struct nlab_digest *digest, const struct nlab_map *map);
/* Digest of the maps that were added since it was @before. */
struct nlab_digest nlab_digest_since(const struct nlab_digest *now,
				     const struct nlab_digest *before);
bool nlab_digest_equal(const struct nlab_digest *a,
		       const struct nlab_digest *b);
void nlab_digest_bytes(uint8_t bytes[NLAB_DIGEST_BYTES],
		       const struct nlab_digest *digest);
void nlab_digest_from(struct nlab_digest *digest,
		      const uint8_t bytes[NLAB_DIGEST_BYTES]);
/* Write it into NLAB_DIGEST_TEXT bytes. Returns @buf. */
const char *nlab_digest_text(char *buf, const struct nlab_digest *digest);
int nlab_digest_parse(struct nlab_digest *digest, struct nlab_word word,
		      struct nlab_err *err);
/* Versions are 1..INT64_MAX, so that JSON holds them. */
int nlab_version_parse(uint64_t *version, struct nlab_word word,
		       struct nlab_err *err);
/* Write it, or "none", into NLAB_VALUE_TEXT bytes. Returns @buf. */
const char *nlab_version_text(char *buf, uint64_t version);

#endif
