// SPDX-License-Identifier: GPL-2.0
/*
 * Digest of a table of maps. The hash is SipHash-2-4 with 128 bits of output,
 * under a key that is no secret, over 40 bytes: family (4 or 6), length
 * outside, length inside, 1 if it may overlap, four zeros, the outside address
 * with zeros behind it, the inside address. Both halves are summed modulo
 * 2^64.
 */
#include "map_digest.h"

enum {
	WORDS = 5,
	ADDRESS_BYTES = 16,
	IPV4_BYTES = 4,
	AT_OUTSIDE = 8,
	AT_INSIDE = AT_OUTSIDE + ADDRESS_BYTES,
};

/* "nlab map digest1", the lowest byte first */
#define KEY0	0x70616d2062616c6eULL
#define KEY1	0x3174736567696420ULL

static u64 load_word(const u8 *p)
{
	u64 word = 0;
	int i;

	for (i = 7; i >= 0; i--)
		word = word << 8 | p[i];
	return word;
}

static u64 rotate(u64 word, unsigned int bits)
{
	return word << bits | word >> (64 - bits);
}

static void sip_rounds(u64 v[4], int rounds)
{
	while (rounds--) {
		v[0] += v[1];
		v[1] = rotate(v[1], 13) ^ v[0];
		v[0] = rotate(v[0], 32);
		v[2] += v[3];
		v[3] = rotate(v[3], 16) ^ v[2];
		v[0] += v[3];
		v[3] = rotate(v[3], 21) ^ v[0];
		v[2] += v[1];
		v[1] = rotate(v[1], 17) ^ v[2];
		v[2] = rotate(v[2], 32);
	}
}

static void sip_word(u64 v[4], u64 word)
{
	v[3] ^= word;
	sip_rounds(v, 2);
	v[0] ^= word;
}

static void hash(struct map_digest *out, const struct map_digest_pair *pair)
{
	u64 v[4] = {
		KEY0 ^ 0x736f6d6570736575ULL,
		KEY1 ^ 0x646f72616e646f6dULL ^ 0xee,
		KEY0 ^ 0x6c7967656e657261ULL,
		KEY1 ^ 0x7465646279746573ULL,
	};
	u8 bytes[8 * WORDS] = {
		pair->nat66 ? 6 : 4, pair->outside_len, pair->inside_len,
		pair->overlap,
	};
	int i;

	memcpy(bytes + AT_OUTSIDE, pair->outside,
	       pair->nat66 ? ADDRESS_BYTES : IPV4_BYTES);
	memcpy(bytes + AT_INSIDE, pair->inside, ADDRESS_BYTES);
	for (i = 0; i < WORDS; i++)
		sip_word(v, load_word(bytes + 8 * i));
	sip_word(v, (u64)sizeof(bytes) << 56);
	v[2] ^= 0xee;
	sip_rounds(v, 4);
	out->lane[0] = v[0] ^ v[1] ^ v[2] ^ v[3];
	v[1] ^= 0xdd;
	sip_rounds(v, 4);
	out->lane[1] = v[0] ^ v[1] ^ v[2] ^ v[3];
}

void map_digest_add(struct map_digest *sum, const struct map_digest_pair *pair)
{
	struct map_digest one;

	hash(&one, pair);
	sum->lane[0] += one.lane[0];
	sum->lane[1] += one.lane[1];
}

void map_digest_sub(struct map_digest *sum, const struct map_digest_pair *pair)
{
	struct map_digest one;

	hash(&one, pair);
	sum->lane[0] -= one.lane[0];
	sum->lane[1] -= one.lane[1];
}

void map_digest_bytes(u8 bytes[MAP_DIGEST_BYTES],
		      const struct map_digest *digest)
{
	int i;

	for (i = 0; i < MAP_DIGEST_BYTES; i++)
		bytes[i] = (u8)(digest->lane[i / 8] >> 8 * (i % 8));
}
