/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stateless IP/ICMP translation of headers and of ICMP errors (RFC 7915).
 *
 * Every function reads and writes only the bytes it is given. Those that can
 * refuse return 0 or a length, or minus the statistics attribute
 * (NLAB_A_STATS_DROP_*) that names the reason.
 */
#ifndef NLAB_PURE_SIIT_H
#define NLAB_PURE_SIIT_H

#include <linux/nlab.h>
#include <nlab/env.h>

#include "ipv6_chain.h"

enum {
	SIIT_IPV4_MIN = sizeof(struct iphdr),
	SIIT_IPV6_MIN = sizeof(struct ipv6hdr),
	SIIT_FRAG_HDR = sizeof(struct ipv6_frag_hdr),
	SIIT_GROWTH = SIIT_IPV6_MIN - SIIT_IPV4_MIN,
	SIIT_IPV6_LINK_MTU = 1280,	/* RFC 8200 section 5 */
	SIIT_ICMP4_MAX = 576,		/* RFC 1812 section 4.3.2.3 */
	SIIT_ICMP6_MAX = SIIT_IPV6_LINK_MTU,	/* RFC 4443 section 2.4 */
	SIIT_ICMP_HDR = 8,
	SIIT_PROTO_TCP = 6,
	SIIT_PROTO_UDP = 17,
	SIIT_PROTO_DCCP = 33,
	SIIT_PROTO_UDPLITE = 136,
	/* RFC 4884 section 4: least size of the quoted packet */
	SIIT_EXT_QUOTE_MIN = 128,
};

/* Translated addresses; in wire order, since checksums run over the pair. */
struct siit_addr6 {
	struct in6_addr saddr, daddr;
};

struct siit_addr4 {
	__be32 saddr, daddr;
};

/* --- IPv4 to IPv6: siit46.c --- */

/**
 * siit46_options() - are the IPv4 options such that the packet may pass?
 * @ip4: header
 * @len: its length, IHL * 4
 * @pointer: set to where in the header a malformed option begins
 *
 * Options are ignored, but for an unexpired source route (RFC 7915 4.1).
 * Return: 0, -DROP_SOURCE_ROUTE or -DROP_MALFORMED.
 */
int siit46_options(const struct iphdr *ip4, unsigned int len, u32 *pointer);

/* True if a Fragment header is due: the packet is a fragment. */
static inline bool siit46_is_fragment(const struct iphdr *ip4)
{
	return ip4->frag_off & htons(0x3fff);
}

/**
 * siit46_header() - write the IPv6 header
 * @ip4: IPv4 header
 * @addr: translated addresses
 * @tclass: traffic class
 * @hop_limit: hop limit
 * @payload: bytes behind the IPv4 header
 * @out: 48 bytes; must not overlap @ip4
 *
 * Return: bytes written, 40, or 48 with a Fragment header.
 */
unsigned int siit46_header(const struct iphdr *ip4,
			   const struct siit_addr6 *addr, u8 tclass,
			   u8 hop_limit, unsigned int payload, void *out);

/**
 * siit46_icmp_echo() - translate an echo message in place (RFC 7915 4.2)
 * @icmp: 8 bytes of the message
 * @len: length of the message on the wire, for the pseudo header
 * @addr: translated addresses
 *
 * The checksum is updated, so a wrong one stays wrong.
 * Return: 0 or -DROP_ICMP_TYPE.
 */
int siit46_icmp_echo(struct icmphdr *icmp, unsigned int len,
		     const struct siit_addr6 *addr);

/* True if the type is an ICMPv4 error that quotes a packet. */
static inline bool siit46_icmp_is_error(u8 type)
{
	return type == ICMP_DEST_UNREACH || type == ICMP_SOURCE_QUENCH ||
	       type == ICMP_REDIRECT || type == ICMP_TIME_EXCEEDED ||
	       type == ICMP_PARAMETERPROB;
}

/**
 * struct siit_icmp_error - what the translation of an ICMP error depends on
 * @mtu4: MTU of the IPv4 link that the error concerns
 * @mtu6: MTU of the IPv6 link that the error concerns
 * @quote_source: if not NULL, an RFC 5837 object carries this address
 */
struct siit_icmp_error {
	u32 mtu4;
	u32 mtu6;
	const struct in6_addr *quote_source;
};

/**
 * siit46_icmp_quoted() - addresses of the packet in an ICMPv4 error
 * @msg: ICMPv4 message
 * @len: its length
 * @saddr: source of the inner packet
 * @daddr: destination of the inner packet
 *
 * Verifies the checksum of the message.
 * Return: 0 or minus the reason.
 */
int siit46_icmp_quoted(const u8 *msg, unsigned int len, __be32 *saddr,
		       __be32 *daddr);

/**
 * siit46_icmp_error() - translate an ICMPv4 error (RFC 7915 4.2, 4.3)
 * @msg: ICMPv4 message that siit46_icmp_quoted() accepted
 * @len: its length
 * @env: MTUs
 * @outer: translated addresses of the packet
 * @inner: translated addresses of the quoted packet
 * @out: buffer of SIIT_ICMP6_MAX - SIIT_IPV6_MIN bytes
 *
 * Return: length of the ICMPv6 message or minus the reason.
 */
int siit46_icmp_error(const u8 *msg, unsigned int len,
		      const struct siit_icmp_error *env,
		      const struct siit_addr6 *outer,
		      const struct siit_addr6 *inner, u8 *out);

/* --- IPv6 to IPv4: siit64.c --- */

/**
 * siit64_header() - write the IPv4 header
 * @chain: from ipv6_chain_parse()
 * @addr: translated addresses
 * @tos: type of service
 * @ttl: time to live
 * @payload: bytes behind the extension headers
 * @wire: size of the packet on the wire, for DF; with GSO that of a segment
 * @id: identification, used if there is no Fragment header
 * @out: 20 bytes; must not overlap the IPv6 header
 */
void siit64_header(const struct ipv6_chain *chain,
		   const struct siit_addr4 *addr, u8 tos, u8 ttl,
		   unsigned int payload, unsigned int wire, __be16 id,
		   struct iphdr *out);

/*
 * Is the identification of such a packet used? RFC 6864: only where DF is
 * clear.
 */
bool siit64_needs_id(const struct ipv6_chain *chain, unsigned int wire);

/* Counterpart of siit46_icmp_echo(); @addr6 are the packet's addresses. */
int siit64_icmp_echo(struct icmp6hdr *icmp, unsigned int len,
		     const struct siit_addr6 *addr6);

static inline bool siit64_icmp_is_error(u8 type)
{
	return !(type & ICMPV6_INFOMSG_MASK);
}

/**
 * siit64_icmp_quoted() - addresses of the packet in an ICMPv6 error
 * @msg: ICMPv6 message
 * @len: its length
 * @outer: addresses of the packet, for the pseudo header
 * @quoted: addresses of the inner packet
 *
 * Verifies the checksum of the message.
 * Return: 0 or minus the reason.
 */
int siit64_icmp_quoted(const u8 *msg, unsigned int len,
		       const struct siit_addr6 *outer,
		       struct siit_addr6 *quoted);

/**
 * siit64_icmp_error() - translate an ICMPv6 error (RFC 7915 5.2, 5.3)
 * @msg: ICMPv6 message that siit64_icmp_quoted() accepted
 * @len: its length
 * @env: MTUs, and the source to quote
 * @inner: translated addresses of the quoted packet
 * @out: buffer of SIIT_ICMP4_MAX - SIIT_IPV4_MIN bytes
 *
 * Return: length of the ICMPv4 message or minus the reason.
 */
int siit64_icmp_error(const u8 *msg, unsigned int len,
		      const struct siit_icmp_error *env,
		      const struct siit_addr4 *inner, u8 *out);

/* --- IPv6 to IPv6 (NAT66): siit66.c --- */

/**
 * siit66_icmp_error() - translate the packet quoted in an ICMPv6 error
 * @msg: ICMPv6 message that siit64_icmp_quoted() accepted; changed in place,
 *	its own checksum included
 * @len: its length
 * @outer_new: addresses of the packet after translation
 * @inner: addresses of the quoted packet before translation
 * @inner_new: and after it
 */
void siit66_icmp_error(u8 *msg, unsigned int len,
		       const struct siit_addr6 *outer_new,
		       const struct siit_addr6 *inner,
		       const struct siit_addr6 *inner_new);

/* --- transport: siit_csum.c --- */

/**
 * siit_csum_offset() - where a transport header has its checksum
 * @proto: protocol number
 *
 * Return: offset of a checksum over a pseudo header that address translation
 * changes (TCP, UDP, UDP-Lite, DCCP), or -1.
 */
static inline int siit_csum_offset(u8 proto)
{
	switch (proto) {
	case SIIT_PROTO_TCP:
		return 16;
	case SIIT_PROTO_UDP:
	case SIIT_PROTO_UDPLITE:
	case SIIT_PROTO_DCCP:
		return 6;
	default:
		return -1;
	}
}

/* Sum of the parts of the pseudo header that differ between the families. */
static inline __wsum siit_sum6(const struct siit_addr6 *a)
{
	return csum_partial(a, sizeof(*a), 0);
}

static inline __wsum siit_sum4(const struct siit_addr4 *a)
{
	return csum_add((__force __wsum)a->saddr, (__force __wsum)a->daddr);
}

/**
 * siit_csum_update() - update a checksum for another pseudo header
 * @sum: the checksum field
 * @diff: new minus old sum, csum_sub(new, old)
 * @partial: the field holds the pseudo header's sum (CHECKSUM_PARTIAL)
 */
void siit_csum_update(__sum16 *sum, __wsum diff, bool partial);

/**
 * siit_l4_update() - update the checksum of a transport header, if it has one
 * @proto: protocol number
 * @l4: transport header
 * @avail: bytes there
 * @diff: as in siit_csum_update()
 * @partial: as in siit_csum_update()
 *
 * A UDP or UDP-Lite checksum of zero is left alone, a result of zero becomes
 * 0xffff.
 */
void siit_l4_update(u8 proto, u8 *l4, unsigned int avail, __wsum diff,
		    bool partial);

/* --- RFC 4884: siit_ext.c --- */

/**
 * struct siit_quote - the two parts behind an ICMP error's header
 * @packet: the quoted packet
 * @len: its length
 * @ext: extension structure, or NULL
 * @ext_len: its length
 */
struct siit_quote {
	const u8 *packet;
	unsigned int len;
	const u8 *ext;
	unsigned int ext_len;
};

/**
 * siit_quote_split() - find the extension structure
 * @data: bytes behind the ICMP header
 * @len: how many
 * @quote_len: length field of the ICMP header in bytes, 0 if none
 * @q: result
 *
 * A length that does not fit the message is ignored, as if it were zero.
 */
void siit_quote_split(const u8 *data, unsigned int len,
		      unsigned int quote_len, struct siit_quote *q);

/**
 * siit_quote_join() - put the extension structure behind the new packet
 * @buf: translated packet, @len bytes, in a buffer of @cap bytes
 * @len: its length
 * @cap: most that the result may have
 * @unit: unit of the length field in bytes, 4 (ICMPv4) or 8 (ICMPv6)
 * @q: from siit_quote_split(); its @ext is dropped when it does not fit
 * @units: value of the length field, 0 if there is no extension
 *
 * Return: bytes in @buf.
 */
unsigned int siit_quote_join(u8 *buf, unsigned int len, unsigned int cap,
			     unsigned int unit, const struct siit_quote *q,
			     u8 *units);

enum { SIIT_SOURCE_EXT_LEN = 4 + 4 + 4 + 16 };

/**
 * siit_source_ext() - extension structure that carries an IPv6 source
 * @addr: the address
 * @out: SIIT_SOURCE_EXT_LEN bytes (RFC 4884 section 7, RFC 5837 section 4)
 */
void siit_source_ext(const struct in6_addr *addr, u8 *out);

#endif
