// SPDX-License-Identifier: GPL-2.0
/* Prefix arithmetic, RFC 6052 and the special addresses. */
#include "harness.h"
#include "packet.h"

#include "addr.h"
#include "vectors/addr.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static bool bit(const struct in6_addr *a, unsigned int n)
{
	return a->s6_addr[n / 8] >> (7 - n % 8) & 1;
}

static void masks(void)
{
	struct in6_addr a, m;
	unsigned int len, i;

	for (len = 0; len <= 32; len++)
		EXPECT_EQ(ntohl(addr4_mask(len)),
			  len ? 0xffffffffULL << (32 - len) & 0xffffffff : 0);

	for (len = 0; len <= 128; len++) {
		memset(&a, 0xff, sizeof(a));
		m = a;
		addr6_mask(&m, len);
		for (i = 0; i < 128; i++)
			EXPECT_OR(bit(&m, i) == (i < len), "len %u bit %u",
				  len, i);
		rnd_fill(&a, sizeof(a));
		m = a;
		addr6_mask(&m, len);
		for (i = 0; i < 128; i++)
			EXPECT_OR(bit(&m, i) == (i < len && bit(&a, i)),
				  "len %u bit %u", len, i);
	}
}

static void prefix_equal(void)
{
	struct in6_addr a, b;
	unsigned int len, i;

	rnd_fill(&a, sizeof(a));
	for (len = 0; len <= 128; len++)
		for (i = 0; i < 128; i++) {
			b = a;
			EXPECT(addr6_prefix_equal(&a, &b, len));
			b.s6_addr[i / 8] ^= 0x80 >> i % 8;
			EXPECT_OR(addr6_prefix_equal(&a, &b, len) == (i >= len),
				  "len %u bit %u", len, i);
		}
}

static void rfc6052_examples(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rfc6052_vectors); i++) {
		struct in6_addr prefix = addr6(rfc6052_vectors[i].prefix);
		struct in6_addr want = addr6(rfc6052_vectors[i].v6), got;
		unsigned int len = rfc6052_vectors[i].len;
		__be32 v4 = addr4(rfc6052_vectors[i].v4);

		EXPECT_EQ(rfc6052_check(&prefix, len), RFC6052_OK);
		memset(&got, 0xa5, sizeof(got));
		rfc6052_embed(&got, &prefix, len, v4);
		EXPECT_OR(addr6_same(&got, &want), "example %u", i);
		EXPECT_EQ(ntohl(rfc6052_extract(&want, len)), ntohl(v4));
	}
}

/* Bit n of the IPv4 address, by the figure of RFC 6052 section 2.2. */
static unsigned int rfc6052_bit(unsigned int len, unsigned int n)
{
	unsigned int pos = len + n;

	return len <= 64 && pos >= 64 ? pos + 8 : pos;
}

static void rfc6052_patterns(void)
{
	static const unsigned int lens[] = { 32, 40, 48, 56, 64, 96 };
	unsigned int l, octet, value, n, i;

	for (l = 0; l < ARRAY_SIZE(lens); l++) {
		for (i = 0; i < 4 * 256 + 4096; i++) {
			struct in6_addr prefix, want, got;
			__be32 v4;

			octet = i / 256;
			value = i % 256;
			v4 = octet < 4 ? htonl(value << (octet * 8)) :
					 htonl(rnd());
			rnd_fill(&prefix, sizeof(prefix));
			addr6_mask(&prefix, lens[l]);
			prefix.s6_addr[8] = 0;
			want = prefix;
			for (n = 0; n < 32; n++) {
				unsigned int pos = rfc6052_bit(lens[l], n);

				if (ntohl(v4) >> (31 - n) & 1)
					want.s6_addr[pos / 8] |=
						0x80 >> pos % 8;
			}
			rfc6052_embed(&got, &prefix, lens[l], v4);
			EXPECT_OR(addr6_same(&got, &want), "length %u", lens[l]);
			EXPECT_EQ(rfc6052_extract(&got, lens[l]), v4);
			/* the suffix and the u octet are ignored on input */
			if (lens[l] < 96) {
				got.s6_addr[8] = rnd();
				for (n = lens[l] / 8 + 5; n < 16; n++)
					got.s6_addr[n] = rnd();
				EXPECT_EQ(rfc6052_extract(&got, lens[l]), v4);
			}
		}
	}
}

static void rfc6052_prefixes(void)
{
	static const struct {
		const char *prefix;
		unsigned int len;
		enum rfc6052_error want;
	} cases[] = {
		{ "64:ff9b::", 96, RFC6052_OK },
		{ "64:ff9b:1::", 48, RFC6052_OK },	/* RFC 8215 */
		{ "2001:db8::1:0", 96, RFC6052_HOST_BITS },
		{ "2001:db8::1", 32, RFC6052_HOST_BITS },
		{ "2001:db8:0:0:ff00::", 64, RFC6052_HOST_BITS },
		{ "2001:db8:0:0:100::", 96, RFC6052_U_OCTET },
		{ "2001:db8:0:0:8000::", 96, RFC6052_U_OCTET },
		{ "2001:db8:0:0:ff::", 96, RFC6052_OK },
		{ "ff02::", 32, RFC6052_SCOPE },
		{ "ff0e::", 96, RFC6052_SCOPE },
		{ "fe80::", 64, RFC6052_SCOPE },
		{ "febf::", 64, RFC6052_SCOPE },
		{ "fec0::", 64, RFC6052_OK },
		{ "::", 96, RFC6052_SCOPE },
		{ "::ffff:0:0", 96, RFC6052_SCOPE },
	};
	unsigned int i, len;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct in6_addr p = addr6(cases[i].prefix);

		EXPECT_OR(rfc6052_check(&p, cases[i].len) == cases[i].want,
			  "%s/%u", cases[i].prefix, cases[i].len);
	}
	for (len = 0; len <= 260; len++) {
		struct in6_addr p = addr6("2001:db8::");
		bool ok = len == 32 || len == 40 || len == 48 || len == 56 ||
			  len == 64 || len == 96;

		EXPECT_OR((rfc6052_check(&p, len) == RFC6052_OK) == ok,
			  "length %u", len);
		if (!ok)
			EXPECT_EQ(rfc6052_check(&p, len), RFC6052_BAD_LENGTH);
	}
}

static void well_known_prefix(void)
{
	struct in6_addr p = addr6("64:ff9b::");
	struct in6_addr local = addr6("64:ff9b:1::");
	unsigned int i;

	EXPECT(rfc6052_is_wkp(&p, 96));
	EXPECT(!rfc6052_is_wkp(&p, 64));
	EXPECT(!rfc6052_is_wkp(&local, 48));
	EXPECT(!rfc6052_is_wkp(&local, 96));
	for (i = 0; i < 96; i++) {
		struct in6_addr other = p;

		other.s6_addr[i / 8] ^= 0x80 >> i % 8;
		EXPECT(!rfc6052_is_wkp(&other, 96));
	}
}

/* First and last address of a range, and what the three functions say. */
struct range {
	u32 first, last;
	bool illegal, never, non_global;
};

static const struct range ranges[] = {
	{ 0x00000000, 0x00ffffff, true, true, true },
	{ 0x01000000, 0x09ffffff, false, false, false },
	{ 0x0a000000, 0x0affffff, false, false, true },	/* RFC 1918 */
	{ 0x0b000000, 0x643fffff, false, false, false },
	{ 0x64400000, 0x647fffff, false, false, true },	/* RFC 6598 */
	{ 0x64800000, 0x7effffff, false, false, false },
	{ 0x7f000000, 0x7fffffff, true, true, true },
	{ 0x80000000, 0xa9fdffff, false, false, false },
	{ 0xa9fe0000, 0xa9feffff, false, true, true },	/* RFC 3927 */
	{ 0xa9ff0000, 0xac0fffff, false, false, false },
	{ 0xac100000, 0xac1fffff, false, false, true },
	{ 0xac200000, 0xbfffffff, false, false, false },
	{ 0xc0000000, 0xc00000ff, false, false, true },	/* RFC 6890 */
	/* documentation and benchmark ranges included: see addr.h */
	{ 0xc0000100, 0xc0a7ffff, false, false, false },
	{ 0xc0a80000, 0xc0a8ffff, false, false, true },
	{ 0xc0a90000, 0xdfffffff, false, false, false },
	{ 0xe0000000, 0xefffffff, true, true, true },
	{ 0xf0000000, 0xfffffffe, false, false, true },	/* RFC 1112 */
	{ 0xffffffff, 0xffffffff, true, true, true },
};

static void check_range(const struct range *r, u32 a)
{
	EXPECT_OR(addr4_illegal_source(htonl(a)) == r->illegal, "%08x", a);
	EXPECT_OR(addr4_never_translated(htonl(a)) == r->never, "%08x", a);
	EXPECT_OR(addr4_non_global(htonl(a)) == r->non_global, "%08x", a);
}

static void special4(void)
{
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		const struct range *r = &ranges[i];

		/* the table itself leaves no hole */
		EXPECT_EQ(r->first, i ? ranges[i - 1].last + 1 : 0);
		check_range(r, r->first);
		check_range(r, r->last);
		for (n = 0; n < 256; n++)
			check_range(r, r->first +
				    rnd() % ((u64)r->last - r->first + 1));
	}
}

static void special6(void)
{
	static const struct {
		const char *addr;
		bool illegal, never;
	} cases[] = {
		{ "::", true, true },
		{ "::1", true, true },
		{ "::2", false, false },
		{ "::3", false, false },
		{ "::1:1", false, false },
		{ "0:0:0:1::1", false, false },
		{ "::1:0:0:1", false, false },
		{ "1::1", false, false },
		{ "ff02::1", true, true },
		{ "ff0e::1:2", true, true },
		{ "feff::1", false, false },
		{ "fe80::1", false, true },
		{ "febf:ffff::1", false, true },
		{ "fec0::1", false, false },
		{ "fe7f:ffff::1", false, false },
		{ "fd00::1", false, false },
		{ "2001:db8::1", false, false },
		{ "64:ff9b::192.0.2.1", false, false },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct in6_addr a = addr6(cases[i].addr);

		EXPECT_OR(addr6_illegal_source(&a) == cases[i].illegal, "%s",
			  cases[i].addr);
		EXPECT_OR(addr6_never_translated(&a) == cases[i].never, "%s",
			  cases[i].addr);
	}
}

static const struct unit_case cases[] = {
	{ "masks of every length", masks },
	{ "prefix comparison at every bit", prefix_equal },
	{ "RFC 6052 2.4: its own examples", rfc6052_examples },
	{ "RFC 6052 2.2: octet patterns, all six lengths", rfc6052_patterns },
	{ "RFC 6052 2.2: which prefixes are refused", rfc6052_prefixes },
	{ "RFC 6052 2.1: the Well-Known Prefix", well_known_prefix },
	{ "special IPv4 addresses: every range and its edges", special4 },
	{ "special IPv6 addresses", special6 },
};

UNIT_MAIN(cases)
