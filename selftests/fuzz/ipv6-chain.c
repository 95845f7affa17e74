// SPDX-License-Identifier: GPL-2.0
/*
 * Any octets as an IPv6 packet: the walk agrees with a plain model, and its
 * answer does not depend on octets behind the chain.
 */
#include "fuzz.h"

enum { OK = IPV6_CHAIN_OK, SHORT = IPV6_CHAIN_SHORT, BAD = IPV6_CHAIN_BAD };

static bool in(u8 x, const char *set, unsigned int n)
{
	return memchr(set, x, n);
}

/* RFC 8200 4.1 with the refusals of RFC 7915 5.1.1, in any order of headers. */
static int model(const u8 *p, unsigned int avail, struct ipv6_chain *c)
{
	u8 next = p[6], this;
	unsigned int pos = 40;

	memset(c, 0, sizeof(*c));
	while (in(next, "\0\x2b\x3c\x2c", 4)) {
		if (c->frag || pos > 1016)
			return BAD;
		if (pos + 8 > avail)
			return SHORT;
		if (next == 43 && p[pos + 3] && !c->segments_left)
			c->segments_left = pos + 3;
		if (next == 44) {
			c->frag = true;
			c->frag_pos = pos;
			c->frag_off = get16(p + pos + 2) & 0xfff8;
			c->more = p[pos + 3] & 1;
			c->id = htonl(get32(p + pos + 4));
		}
		this = next;
		next = p[pos];
		pos += this == 44 ? 8 : (p[pos + 1] + 1) * 8;
		if (pos > 1024)
			return BAD;
	}
	c->proto = next;
	c->len = pos;
	return c->frag && next == 51 ? BAD : OK;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct ipv6_chain got, want;
	int r, m;
	u8 *pkt;

	if (size < 40)
		return 0;
	pkt = exact(data, size);
	r = ipv6_chain_parse(pkt, size, &got);
	m = model(pkt, size, &want);
	MUST(r == m);
	free(pkt);
	if (r != OK)
		return 0;
	MUST(got.proto == want.proto && got.len == want.len);
	MUST(got.frag == want.frag && got.more == want.more);
	MUST(got.frag_off == want.frag_off && got.id == want.id);
	MUST(got.frag_pos == want.frag_pos);
	MUST(got.segments_left == want.segments_left);
	MUST(got.len <= IPV6_CHAIN_MAX);
	if (got.len > size)
		return 0;
	pkt = exact(data, got.len);
	MUST(ipv6_chain_parse(pkt, got.len, &want) == OK);
	MUST(!memcmp(&got, &want, sizeof(got)));
	free(pkt);
	return 0;
}
