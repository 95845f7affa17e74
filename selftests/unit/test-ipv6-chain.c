// SPDX-License-Identifier: GPL-2.0
/* Walk over extension headers: RFC 8200 section 4, RFC 7915 5.1. */
#include "harness.h"
#include "packet.h"

#include "ipv6_chain.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum { HBH = 0, TCP = 6, UDP = 17, RH = 43, FRAG = 44, ESP = 50, AH = 51,
       NONE = 59, DST = 60 };

/* One header of a chain; @arg is Segments Left or offset and M flag. */
struct link {
	u8 type;
	u8 units;	/* length in 8 octets, less one */
	u16 arg;
};

/* Writes a chain that ends with @last; returns the length without it. */
static unsigned int make_chain(u8 *p, const struct link *l, unsigned int n,
			       u8 last)
{
	struct siit_addr6 a = { addr6("2001:db8::1"), addr6("2001:db8::2") };
	unsigned int pos = 40, i;

	make_ip6(p, 1400, n ? l[0].type : last, &a);
	for (i = 0; i < n; i++) {
		unsigned int len = l[i].type == FRAG ? 8 : (l[i].units + 1) * 8;

		memset(p + pos, 0, len);
		p[pos] = i + 1 < n ? l[i + 1].type : last;
		if (l[i].type == FRAG) {
			p[pos + 1] = 0xee;	/* reserved: ignored */
			put16(p + pos + 2, l[i].arg | 6);
			put32(p + pos + 4, 0x12345678);
		} else {
			p[pos + 1] = l[i].units;
			if (l[i].type == RH)
				p[pos + 3] = l[i].arg;
			else
				p[pos + 3] = 0x77;
		}
		pos += len;
	}
	return pos;
}

static enum ipv6_chain_result parse(const u8 *pkt, unsigned int avail,
				    struct ipv6_chain *out)
{
	u8 *copy = exact(pkt, avail);
	enum ipv6_chain_result r;

	memset(out, 0xa5, sizeof(*out));
	r = ipv6_chain_parse(copy, avail, out);
	free(copy);
	return r;
}

static const struct {
	const char *name;
	struct link l[4];
	unsigned int n;
	u8 last;
	enum ipv6_chain_result want;
	u16 frag_pos, frag_off;
	bool more;
	u16 segments_left;
} chains[] = {
	{ "none", {}, 0, TCP, IPV6_CHAIN_OK },
	{ "no next header", {}, 0, NONE, IPV6_CHAIN_OK },
	{ "ESP", {}, 0, ESP, IPV6_CHAIN_OK },
	{ "AH is not skipped", {}, 0, AH, IPV6_CHAIN_OK },
	{ "AH behind Hop-by-Hop", { { HBH } }, 1, AH, IPV6_CHAIN_OK },
	{ "Hop-by-Hop", { { HBH, 1 } }, 1, UDP, IPV6_CHAIN_OK },
	{ "Destination Options", { { DST, 3 } }, 1, UDP, IPV6_CHAIN_OK },
	{ "Routing, no segments left", { { RH, 2, 0 } }, 1, UDP,
	  IPV6_CHAIN_OK },
	{ "Routing, a segment left", { { RH, 2, 1 } }, 1, UDP, IPV6_CHAIN_OK,
	  .segments_left = 43 },
	{ "Routing behind others", { { HBH, 1 }, { DST, 0 }, { RH, 2, 255 } },
	  3, UDP, IPV6_CHAIN_OK, .segments_left = 40 + 16 + 8 + 3 },
	{ "two Routing headers, the first counts",
	  { { RH, 0, 2 }, { RH, 2, 3 } }, 2, UDP, IPV6_CHAIN_OK,
	  .segments_left = 43 },
	{ "two Routing headers, the second counts",
	  { { RH, 0, 0 }, { RH, 2, 3 } }, 2, UDP, IPV6_CHAIN_OK,
	  .segments_left = 51 },
	{ "all of them", { { HBH }, { DST }, { RH }, { DST } }, 4, 58,
	  IPV6_CHAIN_OK },
	{ "first fragment", { { FRAG, 0, 1 } }, 1, TCP, IPV6_CHAIN_OK,
	  .frag_pos = 40, .more = true },
	{ "middle fragment", { { FRAG, 0, 1480 | 1 } }, 1, TCP, IPV6_CHAIN_OK,
	  .frag_pos = 40, .frag_off = 1480, .more = true },
	{ "last fragment", { { FRAG, 0, 0xfff8 } }, 1, TCP, IPV6_CHAIN_OK,
	  .frag_pos = 40, .frag_off = 0xfff8 },
	{ "atomic fragment", { { FRAG, 0, 0 } }, 1, UDP, IPV6_CHAIN_OK,
	  .frag_pos = 40 },
	{ "fragment behind others", { { HBH, 1 }, { RH }, { FRAG, 0, 8 } }, 3,
	  UDP, IPV6_CHAIN_OK, .frag_pos = 64, .frag_off = 8 },
	{ "segment left and fragment", { { RH, 0, 4 }, { FRAG, 0, 8 } }, 2,
	  UDP, IPV6_CHAIN_OK, .frag_pos = 48, .frag_off = 8,
	  .segments_left = 43 },
	{ "ESP behind fragment", { { FRAG, 0, 1 } }, 1, ESP, IPV6_CHAIN_OK,
	  .frag_pos = 40, .more = true },
	{ "ESP behind later fragment", { { FRAG, 0, 8 } }, 1, ESP,
	  IPV6_CHAIN_OK, .frag_pos = 40, .frag_off = 8 },
	{ "AH behind fragment", { { FRAG, 0, 1 } }, 1, AH, IPV6_CHAIN_BAD },
	{ "Destination Options behind fragment",
	  { { FRAG, 0, 1 }, { DST } }, 2, TCP, IPV6_CHAIN_BAD },
	{ "Hop-by-Hop behind fragment",
	  { { FRAG, 0, 1 }, { HBH } }, 2, TCP, IPV6_CHAIN_BAD },
	{ "Routing behind fragment",
	  { { FRAG, 0, 1 }, { RH } }, 2, TCP, IPV6_CHAIN_BAD },
	{ "Routing behind atomic fragment",
	  { { FRAG, 0, 0 }, { RH } }, 2, TCP, IPV6_CHAIN_BAD },
	{ "AH behind later fragment", { { FRAG, 0, 8 } }, 1, AH,
	  IPV6_CHAIN_BAD },
	{ "Destination Options behind later fragment", { { FRAG, 0, 8 } }, 1,
	  DST, IPV6_CHAIN_BAD },
	{ "two Fragment headers", { { FRAG, 0, 1 }, { FRAG, 0, 1 } }, 2, TCP,
	  IPV6_CHAIN_BAD },
	{ "two Fragment headers, later fragment",
	  { { FRAG, 0, 8 }, { FRAG, 0, 8 } }, 2, TCP, IPV6_CHAIN_BAD },
};

static void table(void)
{
	u8 pkt[256];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(chains); i++) {
		unsigned int len = make_chain(pkt, chains[i].l, chains[i].n,
					      chains[i].last);
		struct ipv6_chain c;
		enum ipv6_chain_result r = parse(pkt, len + 8, &c);

		EXPECT_OR(r == chains[i].want, "%s", chains[i].name);
		if (r != IPV6_CHAIN_OK)
			continue;
		EXPECT_OR(c.proto == chains[i].last, "%s", chains[i].name);
		EXPECT_OR(c.len == len, "%s", chains[i].name);
		EXPECT_OR(c.frag == !!chains[i].frag_pos, "%s", chains[i].name);
		EXPECT_OR(c.more == chains[i].more, "%s", chains[i].name);
		EXPECT_OR(c.frag_off == chains[i].frag_off, "%s",
			  chains[i].name);
		EXPECT_OR(c.frag_pos == chains[i].frag_pos, "%s",
			  chains[i].name);
		EXPECT_OR(c.segments_left == chains[i].segments_left, "%s",
			  chains[i].name);
		if (c.frag)
			EXPECT_EQ(ntohl(c.id), 0x12345678);
	}
}

/*
 * Each chain cut at each octet. A cut inside a header that must be read is
 * SHORT, or BAD where that is known already; nothing behind it is touched.
 */
static void truncated(void)
{
	u8 pkt[256];
	unsigned int i, cut, k, pos;

	for (i = 0; i < ARRAY_SIZE(chains); i++) {
		unsigned int len = make_chain(pkt, chains[i].l, chains[i].n,
					      chains[i].last);

		/* start of the last header that the walk reads */
		for (pos = 40, k = 0; k + 1 < chains[i].n; k++)
			pos += chains[i].l[k].type == FRAG ? 8 :
			       (chains[i].l[k].units + 1) * 8;
		for (cut = 40; cut < len; cut++) {
			struct ipv6_chain c;
			enum ipv6_chain_result r = parse(pkt, cut, &c);

			if (chains[i].want != IPV6_CHAIN_OK)
				EXPECT_OR(r != IPV6_CHAIN_OK, "%s cut at %u",
					  chains[i].name, cut);
			else if (cut < pos + 8)
				EXPECT_OR(r == IPV6_CHAIN_SHORT,
					  "%s cut at %u", chains[i].name, cut);
			else
				EXPECT_OR(r == IPV6_CHAIN_OK && c.len == len,
					  "%s cut at %u", chains[i].name, cut);
		}
	}
}

static void every_next_header(void)
{
	u8 pkt[64];
	unsigned int proto;

	for (proto = 0; proto < 256; proto++) {
		bool ext = proto == HBH || proto == RH || proto == DST;
		struct link frag = { FRAG, 0, 1 };
		struct ipv6_chain c;

		EXPECT_EQ(ipv6_is_ext_header(proto), ext);
		make_chain(pkt, NULL, 0, proto);
		if (ext || proto == FRAG) {
			EXPECT_EQ(parse(pkt, 40, &c), IPV6_CHAIN_SHORT);
		} else {
			EXPECT_EQ(parse(pkt, 40, &c), IPV6_CHAIN_OK);
			EXPECT_EQ(c.proto, proto);
			EXPECT_EQ(c.len, 40);
			EXPECT(!c.frag && !c.segments_left);
		}
		make_chain(pkt, &frag, 1, proto);
		EXPECT_EQ(parse(pkt, 48, &c),
			  ext || proto == FRAG || proto == AH ?
			  IPV6_CHAIN_BAD : IPV6_CHAIN_OK);
	}
}

/* The bound on a chain: up to it accepted, anything longer refused. */
static void bounded(void)
{
	static u8 pkt[8192];
	unsigned int n, i;

	for (n = 1; n < 300; n++) {
		struct link l[300];
		unsigned int len;
		struct ipv6_chain c;

		for (i = 0; i < n; i++)
			l[i] = (struct link){ DST, 0, 0 };
		len = make_chain(pkt, l, n, TCP);
		EXPECT_EQ(parse(pkt, len, &c),
			  len <= IPV6_CHAIN_MAX ? IPV6_CHAIN_OK :
			  IPV6_CHAIN_BAD);
	}
	for (n = 0; n < 256; n++) {
		struct link l = { RH, n, 0 };
		unsigned int len = make_chain(pkt, &l, 1, TCP);
		struct ipv6_chain c;

		EXPECT_EQ(parse(pkt, 48, &c),
			  len <= IPV6_CHAIN_MAX ? IPV6_CHAIN_OK :
			  IPV6_CHAIN_BAD);
		if (len <= IPV6_CHAIN_MAX)
			EXPECT_EQ(c.len, len);
	}
}

static const struct unit_case cases[] = {
	{ "chains: what is skipped, noted and refused", table },
	{ "chains cut at every octet", truncated },
	{ "every next header, alone and behind a Fragment header",
	  every_next_header },
	{ "bounded length", bounded },
};

UNIT_MAIN(cases)
