// SPDX-License-Identifier: GPL-2.0
/* Prefix pairs: RFC 7757 (IPv4 and IPv6) and RFC 6296 (IPv6 and IPv6). */
#include "harness.h"
#include "packet.h"

#include "addr.h"
#include "vectors/addr.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static void rfc7757_examples(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rfc7757_vectors); i++) {
		struct in6_addr prefix6 = addr6(rfc7757_vectors[i].prefix6);
		struct in6_addr want = addr6(rfc7757_vectors[i].v6), got;
		__be32 prefix4 = addr4(rfc7757_vectors[i].prefix4);
		unsigned int len4 = rfc7757_vectors[i].len4;
		unsigned int len6 = rfc7757_vectors[i].len6;
		__be32 v4 = addr4(rfc7757_vectors[i].v4);

		memset(&got, 0xa5, sizeof(got));
		eam_46(&got, v4, len4, &prefix6, len6);
		EXPECT_OR(addr6_same(&got, &want), "example %u", i);
		EXPECT_EQ(ntohl(eam_64(&want, len6, prefix4, len4)),
			  ntohl(v4));
	}
}

/* RFC 7757 3.3: the suffix bits one by one, zeros behind them. */
static void eam_reference(struct in6_addr *out, u32 v4, unsigned int len4,
			  unsigned int len6)
{
	unsigned int n;

	for (n = 0; n < 32 - len4; n++) {
		unsigned int pos = len6 + n;

		if (v4 >> (31 - len4 - n) & 1)
			out->s6_addr[pos / 8] |= 0x80 >> pos % 8;
	}
}

static void eam_pair(unsigned int len4, unsigned int len6, u32 v4)
{
	struct in6_addr prefix6, want, got, surplus, mask;
	__be32 prefix4 = htonl(v4) & addr4_mask(len4);
	unsigned int i;

	rnd_fill(&prefix6, sizeof(prefix6));
	addr6_mask(&prefix6, len6);
	want = prefix6;
	eam_reference(&want, v4, len4, len6);
	eam_46(&got, htonl(v4), len4, &prefix6, len6);
	EXPECT_OR(addr6_same(&got, &want), "/%u and /%u, %08x", len4, len6, v4);
	EXPECT_EQ(ntohl(eam_64(&got, len6, prefix4, len4)), v4);

	/* surplus low bits are dropped */
	memset(&mask, 0xff, sizeof(mask));
	addr6_mask(&mask, len6 + 32 - len4);
	rnd_fill(&surplus, sizeof(surplus));
	for (i = 0; i < 16; i++)
		got.s6_addr[i] |= surplus.s6_addr[i] & ~mask.s6_addr[i];
	EXPECT_EQ(ntohl(eam_64(&got, len6, prefix4, len4)), v4);
}

static void eam_all_lengths(void)
{
	unsigned int len4, len6, n;

	for (len4 = 0; len4 <= 32; len4++)
		for (len6 = 0; len6 + 32 - len4 <= 128; len6++) {
			eam_pair(len4, len6, 0);
			eam_pair(len4, len6, ~0U);
			for (n = 0; n < 8; n++)
				eam_pair(len4, len6, rnd());
		}
}

static u64 words(const struct in6_addr *a)
{
	u64 sum = 0;
	unsigned int i;

	for (i = 0; i < 8; i++)
		sum += get16(&a->s6_addr[i * 2]);
	return sum;
}

static void rfc6296_examples(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rfc6296_vectors); i++) {
		struct in6_addr inside = addr6(rfc6296_vectors[i].inside);
		struct in6_addr outside = addr6(rfc6296_vectors[i].outside);
		struct in6_addr from = addr6(rfc6296_vectors[i].from);
		struct in6_addr to = addr6(rfc6296_vectors[i].to), a = from;
		unsigned int len = rfc6296_vectors[i].len;

		EXPECT(nptv6_map(&a, &inside, &outside, len));
		EXPECT_OR(addr6_same(&a, &to), "example %u", i);
		EXPECT(nptv6_map(&a, &outside, &inside, len));
		EXPECT_OR(addr6_same(&a, &from), "example %u back", i);
	}
}

/* Word that takes the adjustment (RFC 6296 3.4, 3.5), 8 if there is none. */
static unsigned int nptv6_word(const struct in6_addr *a, unsigned int len)
{
	static const u8 zero[8];
	unsigned int w;

	if (len <= 48)
		return get16(&a->s6_addr[6]) == 0xffff ? 8 : 3;
	if (!memcmp(&a->s6_addr[8], zero, 8))
		return 8;
	for (w = 4; w < 8; w++)
		if (get16(&a->s6_addr[w * 2]) != 0xffff)
			break;
	return w;
}

/* RFC 6296 with integers modulo 65535 in place of one's complement. */
static bool nptv6_reference(struct in6_addr *a, const struct in6_addr *from,
			    const struct in6_addr *to, unsigned int len)
{
	unsigned int w = nptv6_word(a, len), i;
	u64 value;

	if (w == 8)
		return false;
	value = get16(&a->s6_addr[w * 2]) + words(from) + 16 * 0xffff -
		words(to);
	for (i = 0; i < len; i++) {
		u8 m = 0x80 >> i % 8;

		a->s6_addr[i / 8] = (a->s6_addr[i / 8] & ~m) |
				    (to->s6_addr[i / 8] & m);
	}
	put16(&a->s6_addr[w * 2], value % 0xffff);
	return true;
}

/* One address there and back. */
static void nptv6_pair(const struct in6_addr *addr, const struct in6_addr *from,
		       const struct in6_addr *to, unsigned int len)
{
	struct in6_addr got = *addr, want = *addr;
	bool ok = nptv6_reference(&want, from, to, len);

	EXPECT_EQ(nptv6_map(&got, from, to, len), ok);
	EXPECT_OR(addr6_same(&got, &want), "/%u", len);
	if (!ok)
		return;
	EXPECT_EQ(words(&got) % 0xffff, words(addr) % 0xffff);
	/*
	 * An identifier that became all zeros cannot come back: RFC 6296 3.5
	 * refuses such addresses. It has one preimage in 2^64.
	 */
	if (nptv6_word(&got, len) == 8)
		return;
	EXPECT(nptv6_map(&got, to, from, len));
	EXPECT_OR(addr6_same(&got, addr), "/%u back", len);
}

static void random_prefix(struct in6_addr *p, unsigned int len)
{
	rnd_fill(p, sizeof(*p));
	addr6_mask(p, len);
}

static void join(struct in6_addr *a, const struct in6_addr *prefix,
		 unsigned int len)
{
	struct in6_addr host = *a;
	unsigned int i;

	addr6_mask(&host, len);
	for (i = 0; i < 16; i++)
		a->s6_addr[i] ^= host.s6_addr[i] ^ prefix->s6_addr[i];
}

static void nptv6_random(void)
{
	struct in6_addr from, to, a;
	unsigned int len, n;

	for (len = 0; len <= 64; len++)
		for (n = 0; n < 500; n++) {
			random_prefix(&from, len);
			random_prefix(&to, len);
			rnd_fill(&a, sizeof(a));
			if (n % 4 == 0)
				memset(&a.s6_addr[8], 0xff, rnd() % 9);
			if (n % 4 == 1)
				memset(&a.s6_addr[6], 0, rnd() % 11);
			if (n % 4 == 2)
				memset(&a.s6_addr[6], 0xff, rnd() % 11);
			join(&a, &from, len);
			nptv6_pair(&a, &from, &to, len);
		}
}

/* All values of the adjusted word, for each word that may be it. */
static void nptv6_every_word(void)
{
	struct in6_addr from = addr6("fd01:203:405:600::");
	struct in6_addr to = addr6("2001:db8:1:7::");
	struct in6_addr from48 = addr6("fd01:203:405::");
	struct in6_addr to48 = addr6("2001:db8:1::");
	unsigned int w, v;

	for (v = 0; v <= 0xffff; v++) {
		struct in6_addr a = from48;

		put16(&a.s6_addr[6], v);
		a.s6_addr[15] = 1;
		nptv6_pair(&a, &from48, &to48, 48);
		nptv6_pair(&a, &from48, &from48, 48);
		for (w = 4; w < 8; w++) {
			a = from;
			memset(&a.s6_addr[8], 0xff, (w - 4) * 2);
			put16(&a.s6_addr[w * 2], v);
			nptv6_pair(&a, &from, &to, 64);
			if (w < 7)
				a.s6_addr[15] = 1;
			nptv6_pair(&a, &from, &to, 64);
		}
	}
}

static void nptv6_refused(void)
{
	static const struct {
		const char *addr;
		unsigned int len;
		bool ok;
	} cases[] = {
		{ "fd01:203:405:ffff::1", 48, false },
		{ "fd01:203:405:fffe::1", 48, true },
		{ "fd01:203:405:0::", 48, true },	/* zero IID is fine here */
		{ "fd01:203:405:0:ffff:ffff:ffff:ffff", 48, true },
		{ "fd01:203:405::", 56, false },
		{ "fd01:203:405:0:ffff:ffff:ffff:ffff", 56, false },
		{ "fd01:203:405:ff:ffff:ffff:ffff:fffe", 56, true },
		{ "fd01:203:405::", 64, false },
		{ "fd01:203:405::1", 64, true },
		{ "fd01:203:405::", 49, false },
		{ "fd01:203:405:7fff::1", 49, true },
	};
	struct in6_addr from = addr6("fd01:203:405::");
	struct in6_addr to = addr6("2001:db8:1::");
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct in6_addr a = addr6(cases[i].addr), before = a;

		EXPECT_OR(nptv6_map(&a, &from, &to, cases[i].len) ==
			  cases[i].ok, "%s/%u", cases[i].addr, cases[i].len);
		EXPECT_EQ(addr6_same(&a, &before), !cases[i].ok);
	}
}

static const struct unit_case cases[] = {
	{ "RFC 7757 3: its own examples", rfc7757_examples },
	{ "RFC 7757 3.3: all pairs of lengths, both ways", eam_all_lengths },
	{ "RFC 6296 3: examples", rfc6296_examples },
	{ "RFC 6296 3: random addresses, all lengths, and back", nptv6_random },
	{ "RFC 6296 3: every value of every word, and back", nptv6_every_word },
	{ "RFC 6296 3.4, 3.5: addresses that cannot be mapped", nptv6_refused },
};

UNIT_MAIN(cases)
