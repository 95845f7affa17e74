/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets and checksums written down a second time, octet by octet and
 * without kmod/pure/, as the yardstick of the unit tests and fuzzers.
 */
#ifndef NLAB_UNIT_PACKET_H
#define NLAB_UNIT_PACKET_H

#include <nlab/env.h>
#include <stdio.h>
#include <stdlib.h>

#include "siit.h"

static inline void put16(u8 *p, unsigned int v)
{
	p[0] = v >> 8;
	p[1] = v;
}

static inline void put32(u8 *p, u32 v)
{
	put16(p, v >> 16);
	put16(p + 2, v & 0xffff);
}

static inline unsigned int get16(const u8 *p)
{
	return p[0] << 8 | p[1];
}

static inline u32 get32(const u8 *p)
{
	return (u32)get16(p) << 16 | get16(p + 2);
}

/* --- random numbers, the same in every run --- */

static u64 rnd_state = 0x9e3779b97f4a7c15;

static inline u32 rnd(void)
{
	rnd_state ^= rnd_state << 13;
	rnd_state ^= rnd_state >> 7;
	rnd_state ^= rnd_state << 17;
	return rnd_state >> 16;
}

static inline void rnd_fill(void *buf, unsigned int len)
{
	u8 *p = buf;

	while (len--)
		*p++ = rnd();
}

/* --- one's complement sums (RFC 1071), big endian, no shortcuts --- */

static inline u32 ref_sum(const void *data, unsigned int len, u32 sum)
{
	const u8 *p = data;
	unsigned int i;

	for (i = 0; i < len; i++) {
		sum += i % 2 ? p[i] : p[i] << 8;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return sum;
}

static inline u32 ref_pseudo6(const struct siit_addr6 *a, unsigned int len,
			      u8 proto)
{
	u8 tail[8] = { 0 };

	put32(tail, len);
	tail[7] = proto;
	return ref_sum(tail, 8, ref_sum(a, 32, 0));
}

static inline u32 ref_pseudo4(const struct siit_addr4 *a, unsigned int len,
			      u8 proto)
{
	u8 tail[4] = { 0, proto };

	put16(tail + 2, len);
	return ref_sum(tail, 4, ref_sum(a, 8, 0));
}

/* True if data that contains its own checksum has a right one. */
static inline bool ref_valid(const void *data, unsigned int len, u32 pseudo)
{
	return ref_sum(data, len, pseudo) == 0xffff;
}

/* Fills in the checksum at @at; zero stays zero. */
static inline void ref_set(u8 *data, unsigned int len, unsigned int at,
			   u32 pseudo)
{
	put16(data + at, 0);
	put16(data + at, ~ref_sum(data, len, pseudo) & 0xffff);
}

/* --- addresses --- */

static inline struct in6_addr addr6(const char *text)
{
	struct in6_addr a;

	if (inet_pton(AF_INET6, text, &a) != 1) {
		printf("Bail out! bad address %s\n", text);
		exit(1);
	}
	return a;
}

static inline __be32 addr4(const char *text)
{
	struct in_addr a;

	if (inet_pton(AF_INET, text, &a) != 1) {
		printf("Bail out! bad address %s\n", text);
		exit(1);
	}
	return a.s_addr;
}

static inline bool addr6_same(const struct in6_addr *a,
			      const struct in6_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* --- headers --- */

static inline void make_ip4(u8 *p, unsigned int ihl, unsigned int tot_len,
			    u8 proto, const struct siit_addr4 *a)
{
	memset(p, 0, ihl * 4);
	p[0] = 0x40 | ihl;
	p[1] = 0xb8;
	put16(p + 2, tot_len);
	put16(p + 4, 0xbeef);
	p[8] = 61;
	p[9] = proto;
	memcpy(p + 12, a, 8);
	memset(p + 20, 1 /* no-operation */, ihl * 4 - 20);
	ref_set(p, ihl * 4, 10, 0);
}

static inline void make_ip6(u8 *p, unsigned int payload, u8 nexthdr,
			    const struct siit_addr6 *a)
{
	put32(p, 0x6b812345);
	put16(p + 4, payload);
	p[6] = nexthdr;
	p[7] = 61;
	memcpy(p + 8, a, 32);
}

/* --- buffers of exactly one size, so that the sanitizer sees each overrun --- */

static inline u8 *exact(const void *data, unsigned int len)
{
	u8 *p = malloc(len ? len : 1);

	if (!p)
		abort();
	if (data)
		memcpy(p, data, len);
	return p;
}

#endif
