// SPDX-License-Identifier: GPL-2.0
/*
 * Walk over IPv6 extension headers. Pure; called for packets and for the
 * packets inside ICMPv6 errors.
 */
#include <nlab/env.h>

#include "ipv6_chain.h"

enum {
	NEXTHDR_HBH = 0,
	NEXTHDR_RH = 43,
	NEXTHDR_FRAG = 44,
	NEXTHDR_AH = 51,
	NEXTHDR_DSTOPTS = 60,
};

static void frag_note(struct ipv6_chain *out, const u8 *pkt)
{
	const struct ipv6_frag_hdr *fh =
		(const struct ipv6_frag_hdr *)(pkt + out->len);

	out->frag = true;
	out->more = ntohs(fh->frag_off) & 1;
	out->frag_off = ntohs(fh->frag_off) & ~7;
	out->id = fh->id;
	out->frag_pos = out->len;
}

enum ipv6_chain_result ipv6_chain_parse(const u8 *pkt, unsigned int avail,
					struct ipv6_chain *out)
{
	const struct ipv6hdr *ip6 = (const struct ipv6hdr *)pkt;

	memset(out, 0, sizeof(*out));
	out->proto = ip6->nexthdr;
	out->len = sizeof(*ip6);

	for (;;) {
		const u8 *h = pkt + out->len;

		switch (out->proto) {
		case NEXTHDR_HBH:
		case NEXTHDR_RH:
		case NEXTHDR_DSTOPTS:
		case NEXTHDR_AH:
			if (out->frag)
				return IPV6_CHAIN_BAD;
			if (out->proto == NEXTHDR_AH)
				return IPV6_CHAIN_OK;
			break;
		case NEXTHDR_FRAG:
			if (out->frag)
				return IPV6_CHAIN_BAD;
			break;
		default:
			return IPV6_CHAIN_OK;
		}
		if (out->len + 8U > IPV6_CHAIN_MAX)
			return IPV6_CHAIN_BAD;
		if (out->len + 8U > avail)
			return IPV6_CHAIN_SHORT;

		if (out->proto == NEXTHDR_FRAG) {
			frag_note(out, pkt);
			out->len += sizeof(struct ipv6_frag_hdr);
		} else {
			if (out->proto == NEXTHDR_RH && h[3] &&
			    !out->segments_left)
				out->segments_left = out->len + 3;
			out->len += (h[1] + 1U) * 8;
			if (out->len > IPV6_CHAIN_MAX)
				return IPV6_CHAIN_BAD;
		}
		out->proto = h[0];
		/* What follows the header of a later fragment is payload. */
		if (out->frag && out->frag_off)
			return ipv6_is_ext_header(out->proto) ||
			       out->proto == NEXTHDR_AH ||
			       out->proto == NEXTHDR_FRAG ?
			       IPV6_CHAIN_BAD : IPV6_CHAIN_OK;
	}
}
