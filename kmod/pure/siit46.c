// SPDX-License-Identifier: GPL-2.0
/* Translation from IPv4 to IPv6 (RFC 7915 section 4). Pure. */
#include <nlab/env.h>

#include "siit.h"

enum {
	IPV4_MF = 0x2000,
	IPV4_OFFSET = 0x1fff,
	OPT_END = 0,
	OPT_NOP = 1,
	OPT_LSRR = 131,
	OPT_SSRR = 137,
};

int siit46_options(const struct iphdr *ip4, unsigned int len, u32 *pointer)
{
	const u8 *o = (const u8 *)ip4;
	unsigned int i = SIIT_IPV4_MIN;
	bool source_route;

	while (i < len && o[i] != OPT_END) {
		if (o[i] == OPT_NOP) {
			i++;
			continue;
		}
		source_route = o[i] == OPT_LSRR || o[i] == OPT_SSRR;
		if (len - i < 2 || o[i + 1] < (source_route ? 3 : 2) ||
		    o[i + 1] > len - i) {
			*pointer = i;
			return -NLAB_A_STATS_DROP_MALFORMED;
		}
		/* expired: the pointer is behind the last address */
		if (source_route && o[i + 2] <= o[i + 1])
			return -NLAB_A_STATS_DROP_SOURCE_ROUTE;
		i += o[i + 1];
	}
	return 0;
}

unsigned int siit46_header(const struct iphdr *ip4,
			   const struct siit_addr6 *addr, u8 tclass,
			   u8 hop_limit, unsigned int payload, void *out)
{
	struct ipv6hdr *ip6 = out;
	unsigned int len = sizeof(*ip6);
	u8 nexthdr = ip4->protocol == IPPROTO_ICMP ? IPPROTO_ICMPV6 :
						     ip4->protocol;

	if (siit46_is_fragment(ip4)) {
		struct ipv6_frag_hdr *fh = (struct ipv6_frag_hdr *)(ip6 + 1);
		u16 off = ntohs(ip4->frag_off);

		fh->nexthdr = nexthdr;
		fh->reserved = 0;
		fh->frag_off = htons((off & IPV4_OFFSET) << 3 |
				     (off & IPV4_MF ? 1 : 0));
		fh->id = htonl(ntohs(ip4->id));
		nexthdr = IPPROTO_FRAGMENT;
		len += sizeof(*fh);
		payload += sizeof(*fh);
	}
	*(__be32 *)ip6 = htonl(6U << 28 | tclass << 20);
	/* BIG TCP: the length does not fit, the skb knows it (RFC 2675) */
	ip6->payload_len = payload > 0xffff ? 0 : htons(payload);
	ip6->nexthdr = nexthdr;
	ip6->hop_limit = hop_limit;
	ip6->saddr = addr->saddr;
	ip6->daddr = addr->daddr;
	return len;
}

int siit46_icmp_echo(struct icmphdr *icmp, unsigned int len,
		     const struct siit_addr6 *addr)
{
	__be16 *head = (__be16 *)icmp;
	__wsum diff = csum_unfold((__force __sum16)*head);

	/* The Code is kept: RFC 7915 4.2 looks at the Type only. */
	if (icmp->type != ICMP_ECHO && icmp->type != ICMP_ECHOREPLY)
		return -NLAB_A_STATS_DROP_ICMP_TYPE;
	icmp->type = icmp->type == ICMP_ECHO ? ICMPV6_ECHO_REQUEST :
					       ICMPV6_ECHO_REPLY;
	diff = csum_sub(csum_unfold((__force __sum16)*head), diff);
	diff = csum_add(diff, siit_sum6(addr));
	diff = csum_add(diff, (__force __wsum)htonl(len));
	diff = csum_add(diff, (__force __wsum)htonl(IPPROTO_ICMPV6));
	siit_csum_update(&icmp->checksum, diff, false);
	return 0;
}

int siit46_icmp_quoted(const u8 *msg, unsigned int len, __be32 *saddr,
		       __be32 *daddr)
{
	const struct iphdr *ip4 = (const struct iphdr *)(msg + SIIT_ICMP_HDR);

	if (len < SIIT_ICMP_HDR + SIIT_IPV4_MIN)
		return -NLAB_A_STATS_DROP_ICMP_INNER;
	if (csum_fold(csum_partial(msg, len, 0)))
		return -NLAB_A_STATS_DROP_ICMP_CHECKSUM;
	if (ip4->version != 4)
		return -NLAB_A_STATS_DROP_ICMP_INNER;
	*saddr = ip4->saddr;
	*daddr = ip4->daddr;
	return 0;
}

/*
 * Translates the quoted packet, of which @len bytes are there, into @out.
 * Its hop limit stays (RFC 7915 4.3) and its checksums need not be right.
 * Returns the length or minus the reason.
 */
static int inner46(const u8 *in, unsigned int len,
		   const struct siit_addr6 *addr, u8 *out, unsigned int cap)
{
	const struct iphdr *ip4 = (const struct iphdr *)in;
	unsigned int hlen = ip4->ihl * 4, tot, n, off;
	u8 *l4;

	if (hlen < SIIT_IPV4_MIN || hlen > len || ntohs(ip4->tot_len) < hlen)
		return -NLAB_A_STATS_DROP_ICMP_INNER;
	tot = ntohs(ip4->tot_len) - hlen;
	off = siit46_header(ip4, addr, ip4->tos, ip4->ttl, tot, out);
	n = len - hlen;
	if (n > cap - off)
		n = cap - off;
	l4 = out + off;
	memcpy(l4, in + hlen, n);
	if (ip4->frag_off & htons(IPV4_OFFSET))
		return off + n;

	if (ip4->protocol != IPPROTO_ICMP) {
		siit_l4_update(ip4->protocol, l4, n,
			       csum_sub(siit_sum6(addr),
					csum_partial(&ip4->saddr, 8, 0)),
			       false);
		return off + n;
	}
	/* An error about an error (RFC 7915 4.3), or an unknown query. */
	if (n < SIIT_ICMP_HDR ||
	    siit46_icmp_echo((struct icmphdr *)l4, tot, addr))
		return -NLAB_A_STATS_DROP_ICMP_INNER;
	return off + n;
}

/* RFC 1191 section 7.1, for routers that send no MTU */
static u32 plateau_below(u32 len)
{
	static const u16 plateau[] = {
		65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296,
	};
	unsigned int i;

	for (i = 0; i < sizeof(plateau) / sizeof(plateau[0]); i++)
		if (plateau[i] < len)
			return plateau[i];
	return 68;
}

static u32 icmp46_mtu(const struct icmphdr *icmp, const struct iphdr *inner,
		      const struct siit_icmp_error *env)
{
	u32 mtu = ntohs(icmp->un.frag.mtu);

	if (!mtu)
		mtu = plateau_below(ntohs(inner->tot_len));
	mtu += SIIT_GROWTH;
	if (mtu > env->mtu6)
		mtu = env->mtu6;
	if (mtu > env->mtu4 + SIIT_GROWTH)
		mtu = env->mtu4 + SIIT_GROWTH;
	return mtu < SIIT_IPV6_LINK_MTU ? SIIT_IPV6_LINK_MTU : mtu;
}

/* RFC 7915 figure 3; -1 where it says the message is dropped */
static int icmp46_pointer(u8 pointer)
{
	static const s8 map[SIIT_IPV4_MIN] = {
		0, 1, 4, 4, -1, -1, -1, -1, 7, 6, -1, -1,
		8, 8, 8, 8, 24, 24, 24, 24,
	};

	return pointer < sizeof(map) ? map[pointer] : -1;
}

static int unreach46(const struct icmphdr *icmp, const struct iphdr *inner,
		     const struct siit_icmp_error *env, struct icmp6hdr *out)
{
	out->icmp6_type = ICMPV6_DEST_UNREACH;
	switch (icmp->code) {
	case ICMP_NET_UNREACH:
	case ICMP_HOST_UNREACH:
	case ICMP_SR_FAILED:
	case ICMP_NET_UNKNOWN:
	case ICMP_HOST_UNKNOWN:
	case ICMP_HOST_ISOLATED:
	case ICMP_NET_UNR_TOS:
	case ICMP_HOST_UNR_TOS:
		out->icmp6_code = ICMPV6_NOROUTE;
		return 0;
	case ICMP_PROT_UNREACH:
		out->icmp6_type = ICMPV6_PARAMPROB;
		out->icmp6_code = ICMPV6_UNK_NEXTHDR;
		out->icmp6_pointer = htonl(6);	/* Next Header */
		return 0;
	case ICMP_PORT_UNREACH:
		out->icmp6_code = ICMPV6_PORT_UNREACH;
		return 0;
	case ICMP_FRAG_NEEDED:
		out->icmp6_type = ICMPV6_PKT_TOOBIG;
		out->icmp6_mtu = htonl(icmp46_mtu(icmp, inner, env));
		return 0;
	case ICMP_NET_ANO:
	case ICMP_HOST_ANO:
	case ICMP_PKT_FILTERED:
	case ICMP_PREC_CUTOFF:
		out->icmp6_code = ICMPV6_ADM_PROHIBITED;
		return 0;
	default:
		return -NLAB_A_STATS_DROP_ICMP_TYPE;
	}
}

static int icmp46_header(const struct icmphdr *icmp,
			 const struct iphdr *inner,
			 const struct siit_icmp_error *env,
			 struct icmp6hdr *out)
{
	int pointer;

	memset(out, 0, sizeof(*out));
	switch (icmp->type) {
	case ICMP_DEST_UNREACH:
		return unreach46(icmp, inner, env, out);
	case ICMP_TIME_EXCEEDED:
		out->icmp6_type = ICMPV6_TIME_EXCEED;
		out->icmp6_code = icmp->code;
		return 0;
	case ICMP_PARAMETERPROB:
		pointer = icmp46_pointer(((const u8 *)icmp)[4]);
		if ((icmp->code != 0 && icmp->code != 2) || pointer < 0)
			return -NLAB_A_STATS_DROP_ICMP_TYPE;
		out->icmp6_type = ICMPV6_PARAMPROB;
		out->icmp6_code = ICMPV6_HDR_FIELD;
		out->icmp6_pointer = htonl(pointer);
		return 0;
	default:
		return -NLAB_A_STATS_DROP_ICMP_TYPE;
	}
}

int siit46_icmp_error(const u8 *msg, unsigned int len,
		      const struct siit_icmp_error *env,
		      const struct siit_addr6 *outer,
		      const struct siit_addr6 *inner, u8 *out)
{
	const struct icmphdr *icmp = (const struct icmphdr *)msg;
	struct icmp6hdr *icmp6 = (struct icmp6hdr *)out;
	unsigned int cap = SIIT_ICMP6_MAX - SIIT_IPV6_MIN - SIIT_ICMP_HDR;
	u8 *body = out + SIIT_ICMP_HDR;
	struct siit_quote q;
	u8 units;
	int n;

	n = icmp46_header(icmp, (const struct iphdr *)(msg + SIIT_ICMP_HDR),
			  env, icmp6);
	if (n < 0)
		return n;
	siit_quote_split(msg + SIIT_ICMP_HDR, len - SIIT_ICMP_HDR, msg[5] * 4,
			 &q);
	/* Only these two have a length field in ICMPv6 (RFC 4884 4). */
	if (icmp6->icmp6_type != ICMPV6_DEST_UNREACH &&
	    icmp6->icmp6_type != ICMPV6_TIME_EXCEED)
		q.ext = NULL;
	n = inner46(q.packet, q.len, inner, body, cap);
	if (n < 0)
		return n;
	n = siit_quote_join(body, n, cap, 8, &q, &units);
	if (units)
		out[4] = units;
	n += SIIT_ICMP_HDR;
	icmp6->icmp6_cksum = csum_ipv6_magic(&outer->saddr, &outer->daddr, n,
					     IPPROTO_ICMPV6,
					     csum_partial(out, n, 0));
	return n;
}
