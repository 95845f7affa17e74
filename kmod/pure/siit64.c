// SPDX-License-Identifier: GPL-2.0
/* Translation from IPv6 to IPv4 (RFC 7915 section 5). Pure. */
#include <nlab/env.h>

#include "siit.h"

enum {
	IPV4_DF = 0x4000,
	IPV4_MF = 0x2000,
	/* RFC 7915 5.1: IPv4 size of a packet that fits any IPv6 link */
	MAY_FRAGMENT = SIIT_IPV6_LINK_MTU - SIIT_GROWTH,
};

bool siit64_needs_id(const struct ipv6_chain *chain, unsigned int wire)
{
	return !chain->frag && wire <= MAY_FRAGMENT;
}

void siit64_header(const struct ipv6_chain *chain,
		   const struct siit_addr4 *addr, u8 tos, u8 ttl,
		   unsigned int payload, unsigned int wire, __be16 id,
		   struct iphdr *out)
{
	unsigned int tot = payload + sizeof(*out);

	memset(out, 0, sizeof(*out));
	out->version = 4;
	out->ihl = sizeof(*out) / 4;
	out->tos = tos;
	/* BIG TCP: the length does not fit, the skb knows it */
	out->tot_len = tot > 0xffff ? 0 : htons(tot);
	if (chain->frag) {
		out->id = htons(ntohl(chain->id) & 0xffff);
		out->frag_off = htons(chain->frag_off >> 3 |
				      (chain->more ? IPV4_MF : 0));
	} else {
		out->id = id;
		if (wire > MAY_FRAGMENT)
			out->frag_off = htons(IPV4_DF);
	}
	out->ttl = ttl;
	out->protocol = chain->proto == IPPROTO_ICMPV6 ? IPPROTO_ICMP :
							 chain->proto;
	out->saddr = addr->saddr;
	out->daddr = addr->daddr;
	out->check = ip_fast_csum(out, out->ihl);
}

int siit64_icmp_echo(struct icmp6hdr *icmp, unsigned int len,
		     const struct siit_addr6 *addr6)
{
	__be16 *head = (__be16 *)icmp;
	__wsum old = csum_unfold((__force __sum16)*head);

	if (icmp->icmp6_type != ICMPV6_ECHO_REQUEST &&
	    icmp->icmp6_type != ICMPV6_ECHO_REPLY)
		return -NLAB_A_STATS_DROP_ICMP_TYPE;
	icmp->icmp6_type = icmp->icmp6_type == ICMPV6_ECHO_REQUEST ?
			   ICMP_ECHO : ICMP_ECHOREPLY;
	old = csum_add(old, siit_sum6(addr6));
	old = csum_add(old, (__force __wsum)htonl(len));
	old = csum_add(old, (__force __wsum)htonl(IPPROTO_ICMPV6));
	siit_csum_update(&icmp->icmp6_cksum,
			 csum_sub(csum_unfold((__force __sum16)*head), old),
			 false);
	return 0;
}

int siit64_icmp_quoted(const u8 *msg, unsigned int len,
		       const struct siit_addr6 *outer,
		       struct siit_addr6 *quoted)
{
	const struct ipv6hdr *ip6 =
		(const struct ipv6hdr *)(msg + SIIT_ICMP_HDR);

	if (len < SIIT_ICMP_HDR + SIIT_IPV6_MIN)
		return -NLAB_A_STATS_DROP_ICMP_INNER;
	if (csum_ipv6_magic(&outer->saddr, &outer->daddr, len, IPPROTO_ICMPV6,
			    csum_partial(msg, len, 0)))
		return -NLAB_A_STATS_DROP_ICMP_CHECKSUM;
	if (ip6->version != 6)
		return -NLAB_A_STATS_DROP_ICMP_INNER;
	quoted->saddr = ip6->saddr;
	quoted->daddr = ip6->daddr;
	return 0;
}

/* Counterpart of inner46(); @frag: the packet has a Fragment header. */
static int inner64(const u8 *in, unsigned int len,
		   const struct siit_addr4 *addr, u8 *out, unsigned int cap,
		   bool *frag)
{
	const struct ipv6hdr *ip6 = (const struct ipv6hdr *)in;
	struct siit_addr6 addr6 = { ip6->saddr, ip6->daddr };
	unsigned int payload = ntohs(ip6->payload_len) + SIIT_IPV6_MIN, n;
	struct ipv6_chain chain;
	u8 *l4;

	if (ipv6_chain_parse(in, len, &chain) != IPV6_CHAIN_OK ||
	    chain.len > len || chain.len > payload)
		return -NLAB_A_STATS_DROP_ICMP_INNER;
	*frag = chain.frag;
	payload -= chain.len;
	siit64_header(&chain, addr,
		      ntohl(*(const __be32 *)ip6) >> 20 & 0xff,
		      ip6->hop_limit, payload, payload + SIIT_IPV4_MIN, 0,
		      (struct iphdr *)out);
	n = len - chain.len;
	if (n > cap - SIIT_IPV4_MIN)
		n = cap - SIIT_IPV4_MIN;
	l4 = out + SIIT_IPV4_MIN;
	memcpy(l4, in + chain.len, n);
	if (chain.frag_off)
		return SIIT_IPV4_MIN + n;

	if (chain.proto != IPPROTO_ICMPV6) {
		siit_l4_update(chain.proto, l4, n,
			       csum_sub(siit_sum4(addr), siit_sum6(&addr6)),
			       false);
		return SIIT_IPV4_MIN + n;
	}
	if (n < SIIT_ICMP_HDR ||
	    siit64_icmp_echo((struct icmp6hdr *)l4, payload, &addr6))
		return -NLAB_A_STATS_DROP_ICMP_INNER;
	return SIIT_IPV4_MIN + n;
}

/*
 * RFC 7915 5.2 takes a Fragment header of the packet in error into account:
 * the next fragment of that size will have one again.
 */
static u32 icmp64_mtu(u32 mtu, bool frag, const struct siit_icmp_error *env)
{
	u32 mtu6 = env->mtu6 < mtu ? env->mtu6 : mtu;
	u32 growth = SIIT_GROWTH + (frag ? SIIT_FRAG_HDR : 0);

	/* 68 is the least MTU of IPv4 (RFC 791) */
	mtu = mtu6 < 68 + growth ? 68 : mtu6 - growth;
	if (mtu > env->mtu4)
		mtu = env->mtu4;
	return mtu > 0xffff ? 0xffff : mtu;
}

/* RFC 7915 figure 6; -1 where it says the message is dropped */
static int icmp64_pointer(u32 pointer)
{
	static const s8 map[8] = { 0, 1, -1, -1, 2, 2, 9, 8 };

	if (pointer < sizeof(map))
		return map[pointer];
	if (pointer < 24)
		return 12;
	return pointer < SIIT_IPV6_MIN ? 16 : -1;
}

static int unreach64(u8 code, struct icmphdr *out)
{
	out->type = ICMP_DEST_UNREACH;
	switch (code) {
	case ICMPV6_NOROUTE:
	case ICMPV6_NOT_NEIGHBOUR:
	case ICMPV6_ADDR_UNREACH:
		out->code = ICMP_HOST_UNREACH;
		return 0;
	case ICMPV6_ADM_PROHIBITED:
		out->code = ICMP_HOST_ANO;
		return 0;
	case ICMPV6_PORT_UNREACH:
		out->code = ICMP_PORT_UNREACH;
		return 0;
	default:
		return -NLAB_A_STATS_DROP_ICMP_TYPE;
	}
}

static int icmp64_header(const struct icmp6hdr *icmp, struct icmphdr *out)
{
	int pointer;

	memset(out, 0, sizeof(*out));
	switch (icmp->icmp6_type) {
	case ICMPV6_DEST_UNREACH:
		return unreach64(icmp->icmp6_code, out);
	case ICMPV6_PKT_TOOBIG:
		out->type = ICMP_DEST_UNREACH;
		out->code = ICMP_FRAG_NEEDED;
		return 0;
	case ICMPV6_TIME_EXCEED:
		out->type = ICMP_TIME_EXCEEDED;
		out->code = icmp->icmp6_code;
		return 0;
	case ICMPV6_PARAMPROB:
		if (icmp->icmp6_code == ICMPV6_UNK_NEXTHDR) {
			out->type = ICMP_DEST_UNREACH;
			out->code = ICMP_PROT_UNREACH;
			return 0;
		}
		pointer = icmp64_pointer(ntohl(icmp->icmp6_pointer));
		if (icmp->icmp6_code != ICMPV6_HDR_FIELD || pointer < 0)
			return -NLAB_A_STATS_DROP_ICMP_TYPE;
		out->type = ICMP_PARAMETERPROB;
		((u8 *)out)[4] = pointer;
		return 0;
	default:
		return -NLAB_A_STATS_DROP_ICMP_TYPE;
	}
}

int siit64_icmp_error(const u8 *msg, unsigned int len,
		      const struct siit_icmp_error *env,
		      const struct siit_addr4 *inner, u8 *out)
{
	const struct icmp6hdr *icmp6 = (const struct icmp6hdr *)msg;
	struct icmphdr *icmp = (struct icmphdr *)out;
	unsigned int cap = SIIT_ICMP4_MAX - SIIT_IPV4_MIN - SIIT_ICMP_HDR;
	u8 *body = out + SIIT_ICMP_HDR, source[SIIT_SOURCE_EXT_LEN];
	unsigned int quote_len = 0;
	struct siit_quote q;
	bool frag;
	u8 units;
	int n;

	n = icmp64_header(icmp6, icmp);
	if (n < 0)
		return n;
	if (icmp6->icmp6_type == ICMPV6_DEST_UNREACH ||
	    icmp6->icmp6_type == ICMPV6_TIME_EXCEED)
		quote_len = msg[4] * 8;
	siit_quote_split(msg + SIIT_ICMP_HDR, len - SIIT_ICMP_HDR, quote_len,
			 &q);
	if (!q.ext && env->quote_source) {
		siit_source_ext(env->quote_source, source);
		q.ext = source;
		q.ext_len = sizeof(source);
	}
	n = inner64(q.packet, q.len, inner, body, cap, &frag);
	if (n < 0)
		return n;
	if (icmp6->icmp6_type == ICMPV6_PKT_TOOBIG)
		icmp->un.frag.mtu = htons(icmp64_mtu(ntohl(icmp6->icmp6_mtu),
						     frag, env));
	n = siit_quote_join(body, n, cap, 4, &q, &units);
	out[5] = units;
	n += SIIT_ICMP_HDR;
	icmp->checksum = csum_fold(csum_partial(out, n, 0));
	return n;
}
