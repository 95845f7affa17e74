// SPDX-License-Identifier: GPL-2.0
/*
 * Digest of a table of maps. The vectors come from another SipHash:
 *   openssl mac -macopt hexkey:6e6c6162206d61702064696765737431 \
 *	-macopt size:16 -in FILE SIPHASH
 * where FILE holds the 40 bytes that map_digest.c describes.
 */
#include "harness.h"
#include "packet.h"

#include "map_digest.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *outside, *inside;
	u8 outside_len, inside_len;
	bool nat66, overlap;
	const char *digest;
} vectors[] = {
	{ "203.0.113.10", "2001:db8::10", 32, 128, false, false,
	  "104644fa8acfcc63ce4019b2fb7fdfdd" },
	{ "203.0.113.10", "2001:db8::10", 32, 128, false, true,
	  "8565ad16df1c46a168c1f87be02db918" },
	{ "198.51.100.0", "2001:db8:1::", 24, 120, false, false,
	  "bfa4dead36d60023075bf98eda0d15c6" },
	{ "2001:db8:f::1", "2001:db8:a::1", 128, 128, true, false,
	  "a9670ba313052b75b0cdfacde501d121" },
	{ "0.0.0.0", "::", 0, 0, false, false,
	  "29e8bee246f364a57873d15f27d456c0" },
};

/* Addresses as the pair points to them. */
struct holder {
	struct in6_addr outside6, inside;
	__be32 outside4;
	struct map_digest_pair pair;
};

static void take(struct holder *h, unsigned int i)
{
	h->inside = addr6(vectors[i].inside);
	if (vectors[i].nat66)
		h->outside6 = addr6(vectors[i].outside);
	else
		h->outside4 = addr4(vectors[i].outside);
	h->pair = (struct map_digest_pair){
		.outside = vectors[i].nat66 ? (void *)&h->outside6 :
					      (void *)&h->outside4,
		.inside = &h->inside,
		.outside_len = vectors[i].outside_len,
		.inside_len = vectors[i].inside_len,
		.nat66 = vectors[i].nat66,
		.overlap = vectors[i].overlap,
	};
}

static void is_text(const struct map_digest *digest, const char *want,
		    unsigned int at)
{
	u8 bytes[MAP_DIGEST_BYTES];
	char text[2 * MAP_DIGEST_BYTES + 1];
	int i;

	map_digest_bytes(bytes, digest);
	for (i = 0; i < MAP_DIGEST_BYTES; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	EXPECT_OR(!strcmp(text, want), "%u: %s, want %s", at, text, want);
}

static void single_maps(void)
{
	struct holder h;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		struct map_digest sum = { { 0, 0 } };

		take(&h, i);
		map_digest_add(&sum, &h.pair);
		is_text(&sum, vectors[i].digest, i);
	}
}

static void order_is_nothing(void)
{
	struct map_digest up = { { 0, 0 } }, down = { { 0, 0 } };
	struct holder h;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		take(&h, i);
		map_digest_add(&up, &h.pair);
		take(&h, ARRAY_SIZE(vectors) - 1 - i);
		map_digest_add(&down, &h.pair);
	}
	EXPECT(up.lane[0] == down.lane[0] && up.lane[1] == down.lane[1]);
	/* Halves are added alone: the sum of the vectors, by hand. */
	is_text(&up, "26a09a44fbbaa342659ed7eac391d59e", 0);
}

static void removal_undoes(void)
{
	struct map_digest sum = { { 0, 0 } };
	struct holder h;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		take(&h, i);
		map_digest_add(&sum, &h.pair);
	}
	for (i = 1; i < ARRAY_SIZE(vectors); i++) {
		take(&h, i);
		map_digest_sub(&sum, &h.pair);
	}
	is_text(&sum, vectors[0].digest, 0);
	take(&h, 0);
	map_digest_sub(&sum, &h.pair);
	EXPECT(!sum.lane[0] && !sum.lane[1]);
}

/* Every part of a map counts: no two of these are the same. */
static void parts_count(void)
{
	struct map_digest sums[40] = { 0 };
	unsigned int i, j, n = 0;
	struct holder h;

	take(&h, 0);
	map_digest_add(&sums[n++], &h.pair);
	for (i = 0; i < 32; i += 8) {
		h.outside4 ^= htonl(1U << i);
		map_digest_add(&sums[n++], &h.pair);
		h.outside4 ^= htonl(1U << i);
	}
	for (i = 0; i < 16; i++) {
		h.inside.s6_addr[i] ^= 1;
		map_digest_add(&sums[n++], &h.pair);
		h.inside.s6_addr[i] ^= 1;
	}
	h.pair.outside_len--;
	map_digest_add(&sums[n++], &h.pair);
	h.pair.outside_len++;
	h.pair.inside_len--;
	map_digest_add(&sums[n++], &h.pair);
	h.pair.inside_len++;
	h.pair.overlap = true;
	map_digest_add(&sums[n++], &h.pair);
	h.pair.overlap = false;
	memset(&h.outside6, 0, sizeof(h.outside6));
	memcpy(&h.outside6, &h.outside4, sizeof(h.outside4));
	h.pair.outside = &h.outside6;
	h.pair.nat66 = true;
	map_digest_add(&sums[n++], &h.pair);
	for (i = 0; i < n; i++)
		for (j = 0; j < i; j++)
			EXPECT_OR(sums[i].lane[0] != sums[j].lane[0] &&
				  sums[i].lane[1] != sums[j].lane[1],
				  "%u and %u", i, j);
}

static const struct unit_case cases[] = {
	{ "hash of a map is SipHash-2-4-128", single_maps },
	{ "order does not matter", order_is_nothing },
	{ "removal undoes addition", removal_undoes },
	{ "every part of a map counts", parts_count },
};

UNIT_MAIN(cases)
