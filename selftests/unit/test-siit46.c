// SPDX-License-Identifier: GPL-2.0
/* IPv4 to IPv6: options, header, echo (RFC 7915 4.1, 4.2). */
#include "harness.h"
#include "packet.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum { OK = 0, BAD = -NLAB_A_STATS_DROP_MALFORMED,
       ROUTE = -NLAB_A_STATS_DROP_SOURCE_ROUTE };

static struct siit_addr4 a4;
static struct siit_addr6 a6;

static void addresses(void)
{
	a4.saddr = addr4("198.51.100.2");
	a4.daddr = addr4("192.0.2.33");
	a6.saddr = addr6("64:ff9b::198.51.100.2");
	a6.daddr = addr6("2001:db8::33");
}

/* Where options() found one malformed, 0 if nowhere. */
static u32 pointer;

/* @opt in a header of @len octets, which is all that there is in memory. */
static int options(const u8 *opt, unsigned int n, unsigned int len)
{
	u8 *p = exact(NULL, len);
	int r;

	make_ip4(p, len / 4, len, 17, &a4);
	memset(p + 20, 0, len - 20);
	memcpy(p + 20, opt, n < len - 20 ? n : len - 20);
	pointer = 0;
	r = siit46_options((struct iphdr *)p, len, &pointer);
	free(p);
	return r;
}

static const struct {
	const char *name;
	u8 opt[12];
	int want;
} option_table[] = {
	{ "end of list", { 0 }, OK },
	{ "junk behind the end of list", { 0, 131, 7, 4 }, OK },
	{ "no-operation", { 1, 1, 1, 0 }, OK },
	{ "all no-operation", { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 }, OK },
	{ "router alert", { 148, 4, 0, 0 }, OK },
	{ "record route", { 7, 7, 4, 0, 0, 0, 0, 0 }, OK },
	{ "timestamp", { 68, 12, 5 }, OK },
	{ "LSRR, unexpired", { 131, 7, 4, 192, 0, 2, 1, 0 }, ROUTE },
	{ "SSRR, unexpired", { 137, 7, 4, 192, 0, 2, 1, 0 }, ROUTE },
	{ "LSRR, expired", { 131, 7, 8, 192, 0, 2, 1, 0 }, OK },
	{ "SSRR, expired", { 137, 7, 8, 192, 0, 2, 1, 0 }, OK },
	{ "LSRR, pointer on the last octet", { 131, 7, 7, 192, 0, 2, 1, 0 },
	  ROUTE },
	{ "LSRR, empty route", { 131, 3, 4, 0 }, OK },
	{ "LSRR, empty route, pointer inside", { 131, 3, 3, 0 }, ROUTE },
	{ "LSRR, pointer zero", { 131, 7, 0, 192, 0, 2, 1, 0 }, ROUTE },
	{ "LSRR behind others", { 1, 148, 4, 0, 0, 131, 7, 4, 192, 0, 2, 1 },
	  ROUTE },
	{ "SSRR behind an expired LSRR",
	  { 131, 3, 4, 137, 7, 4, 192, 0, 2, 1, 0 }, ROUTE },
	{ "LSRR without pointer", { 131, 2, 0, 0 }, BAD },
	{ "length zero", { 7, 0, 0, 0 }, BAD },
	{ "length one", { 7, 1, 0, 0 }, BAD },
	{ "LSRR, length zero", { 131, 0, 4, 0 }, BAD },
	{ "LSRR, length one", { 131, 1, 4, 0 }, BAD },
	{ "length two", { 30, 2, 0, 0 }, OK },
	{ "exactly to the end", { 30, 12 }, OK },
	{ "one octet too long", { 30, 13 }, BAD },
	{ "length 255", { 30, 255 }, BAD },
	{ "LSRR longer than the header", { 131, 200, 4 }, BAD },
	{ "type without length at the end",
	  { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 7 }, BAD },
	{ "LSRR without length at the end",
	  { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 131 }, BAD },
};

static void option_cases(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(option_table); i++) {
		EXPECT_OR(options(option_table[i].opt, 12, 32) ==
			  option_table[i].want, "%s", option_table[i].name);
		EXPECT_OR(!pointer == (option_table[i].want != BAD),
			  "%s: pointer %u", option_table[i].name, pointer);
	}
	EXPECT_EQ(options((const u8 *)"", 0, 20), OK);
}

/* What RFC 791 3.1 says of one header, written recursively. */
static int option_model(const u8 *o, unsigned int left)
{
	if (!left || o[0] == 0)
		return OK;
	if (o[0] == 1)
		return option_model(o + 1, left - 1);
	if (left == 1 || o[1] < 2 || o[1] > left)
		return BAD;
	if (o[0] == 131 || o[0] == 137) {
		if (o[1] == 2)
			return BAD;
		if (o[2] <= o[1])
			return ROUTE;
	}
	return option_model(o + o[1], left - o[1]);
}

static void option_lengths(void)
{
	static const u8 types[] = { 0, 1, 7, 30, 68, 131, 137, 148 };
	unsigned int len, n, i;
	u8 opt[40];

	for (len = 24; len <= 60; len += 4)
		for (n = 0; n < 20000; n++) {
			for (i = 0; i < sizeof(opt); i++)
				opt[i] = rnd() % 4 ? rnd() % 12 :
					 types[rnd() % sizeof(types)];
			EXPECT_OR(options(opt, len - 20, len) ==
				  option_model(opt, len - 20), "length %u",
				  len);
		}
}

static void header_one(unsigned int ihl, unsigned int frag, u8 proto,
		       unsigned int payload)
{
	u8 in[60], *out = exact(NULL, 48);
	bool is_frag = frag & 0x3fff;
	u8 nexthdr = proto == 1 ? 58 : proto;
	unsigned int len;

	make_ip4(in, ihl, ihl * 4 + payload, proto, &a4);
	put16(in + 6, frag);
	EXPECT_EQ(siit46_is_fragment((struct iphdr *)in), is_frag);
	memset(out, 0xa5, 48);
	len = siit46_header((struct iphdr *)in, &a6, 0xb8, 60, payload, out);
	EXPECT_EQ(len, is_frag ? 48 : 40);
	EXPECT_EQ(get32(out), 0x6b800000);	/* flow label 0 */
	EXPECT_EQ(get16(out + 4), payload + (is_frag ? 8 : 0));
	EXPECT_EQ(out[6], is_frag ? 44 : nexthdr);
	EXPECT_EQ(out[7], 60);
	EXPECT(!memcmp(out + 8, &a6, 32));
	if (is_frag) {
		EXPECT_EQ(out[40], nexthdr);
		EXPECT_EQ(out[41], 0);
		EXPECT_EQ(get16(out + 42) >> 3, frag & 0x1fff);
		EXPECT_EQ(get16(out + 42) & 6, 0);
		EXPECT_EQ(get16(out + 42) & 1, !!(frag & 0x2000));
		EXPECT_EQ(get32(out + 44), 0xbeef);
	} else {
		/* nothing is written behind the header */
		EXPECT_EQ(get32(out + 40), 0xa5a5a5a5);
	}
	free(out);
}

static void header(void)
{
	unsigned int i;

	addresses();
	for (i = 0; i <= 0xffff; i++)
		header_one(5, i, 17, 1000);
	for (i = 0; i < 256; i++) {
		header_one(5, 0x4000, i, 1000);
		header_one(5, 0x2000, i, 1000);
		header_one(5, 0x00b9, i, 1000);
	}
	for (i = 5; i <= 15; i++)
		header_one(i, 0, 6, 1000);
	for (i = 0; i <= 65515; i += 5)
		header_one(5, i & 1 ? 0x2000 : 0, 6, i);
}

static void traffic_class(void)
{
	u8 in[20], out[48];
	unsigned int i;

	make_ip4(in, 5, 100, 6, &a4);
	for (i = 0; i < 256; i++) {
		siit46_header((struct iphdr *)in, &a6, i, i, 80, out);
		EXPECT_EQ(get32(out), 0x60000000 | i << 20);
		EXPECT_EQ(out[7], i);
	}
}

/* RFC 2675: the length of a big TCP segment does not fit */
static void big_tcp(void)
{
	u8 in[20], out[48];

	make_ip4(in, 5, 0, 6, &a4);
	siit46_header((struct iphdr *)in, &a6, 0, 64, 0xffff, out);
	EXPECT_EQ(get16(out + 4), 0xffff);
	siit46_header((struct iphdr *)in, &a6, 0, 64, 0x10000, out);
	EXPECT_EQ(get16(out + 4), 0);
	siit46_header((struct iphdr *)in, &a6, 0, 64, 200000, out);
	EXPECT_EQ(get16(out + 4), 0);
}

/* Only 8 -> 128 and 0 -> 129; the code is not the translator's business. */
static void echo_types(void)
{
	unsigned int type, code;

	for (type = 0; type < 256; type++)
		for (code = 0; code < 256; code++) {
			u8 *m = exact(NULL, 8), before[8];
			int r;

			rnd_fill(m, 8);
			m[0] = type;
			m[1] = code;
			memcpy(before, m, 8);
			r = siit46_icmp_echo((struct icmphdr *)m, 64, &a6);
			if (type == 0 || type == 8) {
				EXPECT_EQ(r, 0);
				EXPECT_EQ(m[0], type == 8 ? 128 : 129);
				EXPECT_EQ(m[1], code);
				EXPECT(!memcmp(m + 4, before + 4, 4));
			} else {
				EXPECT_EQ(r, -NLAB_A_STATS_DROP_ICMP_TYPE);
				EXPECT(!memcmp(m, before, 8));
			}
			free(m);
		}
}

static void echo_checksum(void)
{
	unsigned int n, len;
	u8 m[128];

	for (n = 0; n < 50000; n++) {
		struct siit_addr6 a;
		u16 error;

		rnd_fill(&a, sizeof(a));
		rnd_fill(m, sizeof(m));
		len = 8 + rnd() % (sizeof(m) - 7);
		m[0] = n & 1 ? 8 : 0;
		m[1] = 0;
		if (n & 2)
			ref_set(m, len, 2, 0);
		error = ref_sum(m, len, 0) % 0xffff;
		siit46_icmp_echo((struct icmphdr *)m, len, &a);
		EXPECT_EQ(ref_sum(m, len, ref_pseudo6(&a, len, 58)) % 0xffff,
			  error);
	}
}

static void error_types(void)
{
	unsigned int t;

	for (t = 0; t < 256; t++)
		EXPECT_EQ(siit46_icmp_is_error(t), t == 3 || t == 4 || t == 5 ||
			  t == 11 || t == 12);
}

static const struct unit_case cases[] = {
	{ "RFC 7915 4.1: headers of every fragment field and protocol",
	  header },
	{ "RFC 7915 4.1: traffic class and hop limit", traffic_class },
	{ "payload lengths beyond 65535", big_tcp },
	{ "options: source routes, broken lengths", option_cases },
	{ "options: random ones, header lengths 24..60", option_lengths },
	{ "RFC 7915 4.2: echo, every type and code", echo_types },
	{ "RFC 7915 4.2: checksum of echo", echo_checksum },
	{ "which ICMPv4 types are errors", error_types },
};

UNIT_MAIN(cases)
