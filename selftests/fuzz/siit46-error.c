// SPDX-License-Identifier: GPL-2.0
/*
 * Any octets as an ICMPv4 error. What comes out is at most 1240 octets, has a
 * right checksum, quotes the right packet, and can be turned back.
 */
#include "fuzz.h"

struct control {
	u32 mtu4, mtu6;
	struct siit_addr6 outer, inner;
	u8 keep_checksum;
};

static void turn_back(const u8 *out, unsigned int len,
		      const struct control *c, const struct iphdr *ip4)
{
	struct siit_icmp_error env = { .mtu4 = c->mtu4, .mtu6 = c->mtu6 };
	struct siit_addr4 a4 = { ip4->saddr, ip4->daddr };
	u8 *copy = exact(out, len), *back = exact(NULL, 556);
	const struct iphdr *b4 = (const struct iphdr *)(back + 8);
	struct siit_addr6 quoted;
	int r;

	MUST(!siit64_icmp_quoted(copy, len, &c->outer, &quoted));
	MUST(!memcmp(&quoted, &c->inner, sizeof(quoted)));
	r = siit64_icmp_error(copy, len, &env, &a4, back);
	if (r >= 0) {
		MUST(r <= 556);
		MUST(ref_valid(back, r, 0));
		MUST(b4->tos == ip4->tos && b4->ttl == ip4->ttl);
		MUST(b4->saddr == ip4->saddr && b4->daddr == ip4->daddr);
	}
	free(copy);
	free(back);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct siit_icmp_error env = { 0 };
	struct control c;
	u8 *msg, *out;
	__be32 s, d;
	int r;

	take(&data, &size, &c, sizeof(c));
	env.mtu4 = c.mtu4 &= 0xfffff;
	env.mtu6 = c.mtu6 &= 0xfffff;
	msg = exact(data, size);
	if (!c.keep_checksum && size >= 8)
		ref_set(msg, size, 2, 0);
	out = exact(NULL, 1240);
	r = siit46_icmp_quoted(msg, size, &s, &d);
	MUST(r <= 0);
	if (!r) {
		MUST(size >= 28 && ref_valid(msg, size, 0));
		r = siit46_icmp_error(msg, size, &env, &c.outer, &c.inner, out);
		MUST(r != 0);
		if (r > 0) {
			MUST(r >= 48 && r <= 1240);
			MUST(out[0] >= 1 && out[0] <= 4);
			MUST(ref_valid(out, r, ref_pseudo6(&c.outer, r, 58)));
			MUST(!memcmp(out + 16, &c.inner, 32));
			MUST(out[0] != 2 || get32(out + 4) >= 1280);
			MUST(out[0] != 4 || get32(out + 4) < 40);
			turn_back(out, r, &c, (struct iphdr *)(msg + 8));
		}
	}
	free(msg);
	free(out);
	return 0;
}
