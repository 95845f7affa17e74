// SPDX-License-Identifier: GPL-2.0
/* Packets inside ICMPv6 errors under IPv6 to IPv6 translation. Pure. */
#include <nlab/env.h>

#include "siit.h"

void siit66_icmp_error(u8 *msg, unsigned int len,
		       const struct siit_addr6 *outer_new,
		       const struct siit_addr6 *inner,
		       const struct siit_addr6 *inner_new)
{
	struct icmp6hdr *icmp = (struct icmp6hdr *)msg;
	struct ipv6hdr *ip6 = (struct ipv6hdr *)(msg + SIIT_ICMP_HDR);
	u8 *pkt = msg + SIIT_ICMP_HDR;
	struct ipv6_chain chain;

	len -= SIIT_ICMP_HDR;
	if (ipv6_chain_parse(pkt, len, &chain) == IPV6_CHAIN_OK &&
	    !chain.frag_off && chain.len < len) {
		__wsum diff = csum_sub(siit_sum6(inner_new),
				       siit_sum6(inner));

		if (chain.proto != IPPROTO_ICMPV6)
			siit_l4_update(chain.proto, pkt + chain.len,
				       len - chain.len, diff, false);
		else if (len - chain.len >= SIIT_ICMP_HDR)
			siit_csum_update((__sum16 *)(pkt + chain.len + 2),
					 diff, false);
	}
	ip6->saddr = inner_new->saddr;
	ip6->daddr = inner_new->daddr;
	len += SIIT_ICMP_HDR;
	icmp->icmp6_cksum = 0;
	icmp->icmp6_cksum = csum_ipv6_magic(&outer_new->saddr,
					    &outer_new->daddr, len,
					    IPPROTO_ICMPV6,
					    csum_partial(msg, len, 0));
}
