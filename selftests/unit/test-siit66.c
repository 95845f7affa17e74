// SPDX-License-Identifier: GPL-2.0
/* Packets inside ICMPv6 errors under IPv6 to IPv6 translation. */
#include "harness.h"
#include "packet.h"

static struct siit_addr6 outer, outer_new, inner, inner_new;

static void addresses(void)
{
	outer.saddr = addr6("2001:db8:ffff::1");
	outer.daddr = addr6("2001:db8:f::1");
	outer_new = outer;
	outer_new.daddr = addr6("2001:db8:a::1");
	inner.saddr = addr6("2001:db8:f::1");
	inner.daddr = addr6("2001:db8:eeee::9");
	inner_new = inner;
	inner_new.saddr = addr6("2001:db8:a::1");
}

/*
 * The error about a packet with @chain_len octets of @chain and @quoted
 * octets of @proto behind it, before and after.
 */
static void check(const u8 *chain, unsigned int chain_len, u8 first, u8 proto,
		  unsigned int quoted, bool fix)
{
	unsigned int len = 48 + chain_len + quoted, payload = 64, i;
	int at = proto == 58 ? 2 : siit_csum_offset(proto);
	u8 full[256], *msg, *l4;

	addresses();
	full[0] = 1;
	full[1] = 4;
	put32(full + 4, 0);
	make_ip6(full + 8, chain_len + payload, first, &inner);
	if (chain_len)
		memcpy(full + 48, chain, chain_len);
	l4 = full + 48 + chain_len;
	for (i = 0; i < payload; i++)
		l4[i] = i * 11 + 3;
	if (at >= 0)
		ref_set(l4, payload, at, ref_pseudo6(&inner, payload, proto));
	ref_set(full, len, 2, ref_pseudo6(&outer, len, 58));
	msg = exact(full, len);
	siit66_icmp_error(msg, len, &outer_new, &inner, &inner_new);

	EXPECT_EQ(msg[0], 1);
	EXPECT_EQ(msg[1], 4);
	EXPECT_EQ(get32(msg + 4), 0);
	EXPECT(ref_valid(msg, len, ref_pseudo6(&outer_new, len, 58)));
	EXPECT(!memcmp(msg + 8, full + 8, 8));
	EXPECT(!memcmp(msg + 16, &inner_new, 32));
	if (chain_len)
		EXPECT(!memcmp(msg + 48, chain, chain_len));
	if (fix) {
		/* the rest of the packet, which was not quoted, unchanged */
		memcpy(l4, msg + 48 + chain_len, quoted);
		EXPECT_OR(ref_valid(l4, payload,
				    ref_pseudo6(&inner_new, payload, proto)),
			  "protocol %u, %u quoted", proto, quoted);
	} else {
		EXPECT_OR(!memcmp(l4, msg + 48 + chain_len, quoted),
			  "protocol %u, %u quoted", proto, quoted);
	}
	free(msg);
}

static void protocols(void)
{
	unsigned int proto, quoted;

	for (proto = 0; proto < 256; proto++)
		for (quoted = 0; quoted <= 64; quoted++) {
			int at = siit_csum_offset(proto);
			unsigned int need = proto == 58 ? 8 : at + 2;

			check(NULL, 0, proto, proto, quoted,
			      (proto == 58 || at >= 0) && quoted >= need);
		}
}

static void chains(void)
{
	static const u8 dst[8] = { 17 };
	static const u8 first[8] = { 17, 0, 0, 1 };
	static const u8 later[8] = { 17, 0, 0, 9 };
	static const u8 bad[8] = { 60, 0, 0, 1 };
	unsigned int quoted;

	for (quoted = 0; quoted <= 64; quoted++) {
		check(dst, 8, 60, 17, quoted, quoted >= 8);
		check(first, 8, 44, 17, quoted, quoted >= 8);
		check(later, 8, 44, 17, quoted, false);
		check(bad, 8, 44, 17, quoted, false);
	}
}

/* A quote that ends inside its extension headers: only addresses change. */
static void short_chain(void)
{
	unsigned int quoted;

	for (quoted = 0; quoted < 8; quoted++)
		check(NULL, 0, 60, 60, quoted, false);
}

static const struct unit_case cases[] = {
	{ "every protocol, every length of the quote", protocols },
	{ "extension headers and fragments", chains },
	{ "quotes that end in the extension headers", short_chain },
};

UNIT_MAIN(cases)
