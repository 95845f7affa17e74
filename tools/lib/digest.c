// SPDX-License-Identifier: GPL-2.0
/* Digest of maps, by the same code as in the module, and its text. Pure. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../kmod/pure/map_digest.h"
#include "parse.h"

static struct map_digest_pair pair_of(const struct nlab_map *map)
{
	bool nat66 = map->outside.family == AF_INET6;

	return (struct map_digest_pair){
		.outside = nat66 ? (const void *)&map->outside.v6 :
				   &map->outside.v4,
		.inside = &map->inside.v6,
		.outside_len = map->outside.len,
		.inside_len = map->inside.len,
		.nat66 = nat66,
		.overlap = map->overlap,
	};
}

void nlab_digest_add(struct nlab_digest *digest, const struct nlab_map *map)
{
	struct map_digest_pair pair = pair_of(map);
	struct map_digest sum;

	memcpy(sum.lane, digest->lane, sizeof(sum.lane));
	map_digest_add(&sum, &pair);
	memcpy(digest->lane, sum.lane, sizeof(sum.lane));
}

struct nlab_digest nlab_digest_since(const struct nlab_digest *now,
				     const struct nlab_digest *before)
{
	return (struct nlab_digest){ {
		now->lane[0] - before->lane[0],
		now->lane[1] - before->lane[1],
	} };
}

bool nlab_digest_equal(const struct nlab_digest *a, const struct nlab_digest *b)
{
	return a->lane[0] == b->lane[0] && a->lane[1] == b->lane[1];
}

void nlab_digest_bytes(uint8_t bytes[NLAB_DIGEST_BYTES],
		       const struct nlab_digest *digest)
{
	struct map_digest sum;

	memcpy(sum.lane, digest->lane, sizeof(sum.lane));
	map_digest_bytes(bytes, &sum);
}

void nlab_digest_from(struct nlab_digest *digest,
		      const uint8_t bytes[NLAB_DIGEST_BYTES])
{
	int i;

	memset(digest, 0, sizeof(*digest));
	for (i = NLAB_DIGEST_BYTES - 1; i >= 0; i--)
		digest->lane[i / 8] = digest->lane[i / 8] << 8 | bytes[i];
}

const char *nlab_digest_text(char *buf, const struct nlab_digest *digest)
{
	uint8_t bytes[NLAB_DIGEST_BYTES];
	int i;

	nlab_digest_bytes(bytes, digest);
	for (i = 0; i < NLAB_DIGEST_BYTES; i++)
		snprintf(buf + 2 * i, 3, "%02x", bytes[i]);
	return buf;
}

int nlab_digest_parse(struct nlab_digest *digest, struct nlab_word word,
		      struct nlab_err *err)
{
	static const char set[] = "0123456789abcdef";
	uint8_t bytes[NLAB_DIGEST_BYTES] = { 0 };
	char quoted[NLAB_QUOTED];
	const char *at = set;
	size_t i;

	for (i = 0; at && i < word.len && i < 2 * NLAB_DIGEST_BYTES; i++) {
		at = memchr(set, word.str[i], sizeof(set) - 1);
		if (at)
			bytes[i / 2] = (uint8_t)(bytes[i / 2] << 4 | (at - set));
	}
	if (!at || word.len != 2 * NLAB_DIGEST_BYTES)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "bad digest %s, which is %d digits 0-9 and a-f",
				 nlab_quote(quoted, word),
				 2 * NLAB_DIGEST_BYTES);
	nlab_digest_from(digest, bytes);
	return 0;
}

int nlab_version_parse(uint64_t *version, struct nlab_word word,
		       struct nlab_err *err)
{
	char quoted[NLAB_QUOTED];
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < word.len; i++) {
		unsigned int digit = (unsigned char)word.str[i] - '0';

		if (digit > 9 || sum > ((uint64_t)INT64_MAX - digit) / 10)
			break;
		sum = 10 * sum + digit;
	}
	if (i < word.len || !sum)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "bad version %s, which is 1..%lld",
				 nlab_quote(quoted, word),
				 (long long)INT64_MAX);
	*version = sum;
	return 0;
}

const char *nlab_version_text(char *buf, uint64_t version)
{
	if (version)
		snprintf(buf, NLAB_VALUE_TEXT, "%llu",
			 (unsigned long long)version);
	else
		snprintf(buf, NLAB_VALUE_TEXT, "none");
	return buf;
}
