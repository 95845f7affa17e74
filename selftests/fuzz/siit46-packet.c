// SPDX-License-Identifier: GPL-2.0
/*
 * Any octets as an IPv4 packet: options, header, transport checksum; then
 * back to IPv4, where all that IPv6 can carry must be the same.
 */
#include "fuzz.h"

/* RFC 791 3.1 in one recursive sentence per kind of option. */
static bool pass(const u8 *o, unsigned int left)
{
	if (!left || o[0] == 0)
		return true;
	if (o[0] == 1)
		return pass(o + 1, left - 1);
	if (left < 2 || o[1] < 2 || o[1] > left)
		return false;
	if ((o[0] == 131 || o[0] == 137) && (o[1] < 3 || o[2] <= o[1]))
		return false;
	return pass(o + o[1], left - o[1]);
}

static void transport(const struct iphdr *ip4, const struct siit_addr6 *a6,
		      const u8 *payload, unsigned int n)
{
	struct siit_addr4 a4 = { ip4->saddr, ip4->daddr };
	__wsum diff = csum_sub(siit_sum6(a6), siit_sum4(&a4));
	u32 p4 = ref_pseudo4(&a4, n, ip4->protocol);
	u32 p6 = ref_pseudo6(a6, n, ip4->protocol);
	int at = siit_csum_offset(ip4->protocol);
	u8 *l4 = exact(payload, n);
	bool none = at < 0 || n < at + 2u ||
		    (at == 6 && ip4->protocol != 33 && !get16(l4 + 6));

	siit_l4_update(ip4->protocol, l4, n, diff, false);
	if (none)
		MUST(!n || !memcmp(l4, payload, n));
	else
		MUST(sum_mod(ref_sum(l4, n, p6)) ==
		     sum_mod(ref_sum(payload, n, p4)));
	siit_l4_update(ip4->protocol, l4, n, csum_sub(0, diff), false);
	MUST(none || sum_mod(ref_sum(l4, n, p4)) ==
		     sum_mod(ref_sum(payload, n, p4)));
	free(l4);
}

static void there_and_back(const struct iphdr *ip4, unsigned int payload,
			   const struct siit_addr6 *a6)
{
	struct siit_addr4 a4 = { ip4->saddr, ip4->daddr };
	unsigned int frag = ntohs(ip4->frag_off) & 0x3fff, len;
	u8 *out = exact(NULL, 48), *six, *back = exact(NULL, 20);
	const struct iphdr *b4 = (const struct iphdr *)back;
	struct ipv6_chain c;

	len = siit46_header(ip4, a6, ip4->tos, ip4->ttl, payload, out);
	MUST(len == (frag ? 48 : 40));
	six = exact(out, len);
	if (ipv6_chain_parse(six, len, &c) == IPV6_CHAIN_OK) {
		MUST(c.len == len && c.frag == !!frag);
		siit64_header(&c, &a4,
			      get16(six) >> 4, six[7],
			      get16(six + 4) + 40 - c.len, payload + 20,
			      ip4->id, (struct iphdr *)back);
		MUST(ref_valid(back, 20, 0));
		MUST(ntohs(b4->tot_len) == payload + 20);
		MUST(b4->tos == ip4->tos && b4->ttl == ip4->ttl);
		MUST(b4->id == ip4->id);
		MUST((ntohs(b4->frag_off) & 0x3fff) == frag);
		MUST(b4->protocol == (ip4->protocol == 58 ? 1 : ip4->protocol));
	}
	free(out);
	free(six);
	free(back);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct siit_addr6 a6;
	u32 pointer = 0;
	unsigned int hlen;
	u8 *pkt;
	int err;

	take(&data, &size, &a6, sizeof(a6));
	if (size < 20)
		return 0;
	hlen = (data[0] & 15) * 4;
	if (hlen < 20 || hlen > size || size > 0xffff)
		return 0;
	pkt = exact(data, hlen);
	err = siit46_options((struct iphdr *)pkt, hlen, &pointer);
	MUST((err == 0) == pass(pkt + 20, hlen - 20));
	MUST((err == -NLAB_A_STATS_DROP_MALFORMED) == (pointer != 0));
	MUST(!pointer || (pointer >= 20 && pointer < hlen));
	there_and_back((struct iphdr *)pkt, size - hlen, &a6);
	transport((struct iphdr *)pkt, &a6, data + hlen, size - hlen);
	free(pkt);
	return 0;
}
