// SPDX-License-Identifier: GPL-2.0
/*
 * Any octets as an ICMPv6 error. What comes out is at most 556 octets, has
 * right checksums outside and in the quoted header, and can be turned back.
 */
#include "fuzz.h"

struct control {
	u32 mtu4, mtu6;
	struct siit_addr6 outer;
	struct siit_addr4 inner;
	u8 keep_checksum, quote_source;
	u8 pad[2];
};

static void turn_back(const u8 *out, unsigned int len,
		      const struct control *c, const struct ipv6hdr *ip6)
{
	struct siit_icmp_error env = { .mtu4 = c->mtu4, .mtu6 = c->mtu6 };
	struct siit_addr6 inner = { ip6->saddr, ip6->daddr };
	u8 *copy = exact(out, len), *back = exact(NULL, 1240);
	__be32 s, d;
	int r;

	MUST(!siit46_icmp_quoted(copy, len, &s, &d));
	MUST(s == c->inner.saddr && d == c->inner.daddr);
	r = siit46_icmp_error(copy, len, &env, &c->outer, &inner, back);
	if (r >= 0) {
		MUST(r <= 1240);
		MUST(ref_valid(back, r, ref_pseudo6(&c->outer, r, 58)));
		MUST((get16(back + 8) & 0xff0) ==
		     (get16((const u8 *)ip6) & 0xff0));
		MUST(back[15] == ip6->hop_limit);
		MUST(!memcmp(back + 16, &inner, sizeof(inner)));
	}
	free(copy);
	free(back);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct siit_addr6 quoted;
	struct siit_icmp_error env = { 0 };
	struct control c;
	u8 *msg, *out;
	int r;

	take(&data, &size, &c, sizeof(c));
	/* the kernel's links: never below what the protocols demand */
	env.mtu4 = c.mtu4 = 68 + (c.mtu4 & 0xfffff);
	env.mtu6 = c.mtu6 = 1280 + (c.mtu6 & 0xfffff);
	if (c.quote_source)
		env.quote_source = &c.outer.saddr;
	msg = exact(data, size);
	if (!c.keep_checksum && size >= 8)
		ref_set(msg, size, 2, ref_pseudo6(&c.outer, size, 58));
	out = exact(NULL, 556);
	r = siit64_icmp_quoted(msg, size, &c.outer, &quoted);
	MUST(r <= 0);
	if (!r) {
		MUST(size >= 48);
		MUST(ref_valid(msg, size, ref_pseudo6(&c.outer, size, 58)));
		r = siit64_icmp_error(msg, size, &env, &c.inner, out);
		MUST(r != 0);
		if (r > 0) {
			MUST(r >= 28 && r <= 556);
			MUST(out[0] == 3 || out[0] == 11 || out[0] == 12);
			MUST(ref_valid(out, r, 0));
			MUST(ref_valid(out + 8, 20, 0));
			MUST(out[8] == 0x45);
			MUST(out[0] != 3 || out[1] != 4 ||
			     get16(out + 6) >= 68);
			MUST(out[0] != 12 || out[4] < 20);
			turn_back(out, r, &c, (struct ipv6hdr *)(msg + 8));
		}
	}
	free(msg);
	free(out);
	return 0;
}
