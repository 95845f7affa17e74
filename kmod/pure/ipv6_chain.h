/* SPDX-License-Identifier: GPL-2.0 */
/* Walk over IPv6 extension headers (RFC 8200 section 4, RFC 7915 5.1). */
#ifndef NLAB_PURE_IPV6_CHAIN_H
#define NLAB_PURE_IPV6_CHAIN_H

#include <nlab/env.h>

enum {
	/*
	 * Bytes from the start of the IPv6 header that the walk looks at. A
	 * longer chain serves no purpose but to hide what follows it.
	 */
	IPV6_CHAIN_MAX = 1024,
};

/* RFC 8200 section 4.5 */
struct ipv6_frag_hdr {
	u8 nexthdr;
	u8 reserved;
	__be16 frag_off;
	__be32 id;
};

static inline bool ipv6_is_ext_header(u8 nexthdr)
{
	return nexthdr == 0 || nexthdr == 43 || nexthdr == 60;
}

/**
 * struct ipv6_chain - what the walk found
 * @proto: the first header that is not skipped
 * @frag: there is a Fragment header
 * @more: its M flag
 * @frag_off: its offset in bytes
 * @id: its Identification
 * @len: offset of @proto's header from the start of the IPv6 header
 * @frag_pos: offset of the Fragment header
 * @segments_left: offset of a Segments Left octet that is not zero, or 0
 */
struct ipv6_chain {
	u8 proto;
	bool frag;
	bool more;
	u16 frag_off;
	__be32 id;
	u16 len;
	u16 frag_pos;
	u16 segments_left;
};

enum ipv6_chain_result {
	IPV6_CHAIN_OK = 0,
	IPV6_CHAIN_SHORT,	/* the chain goes on behind @avail bytes */
	IPV6_CHAIN_BAD,		/* RFC 7915 says drop; see the packet path */
};

/**
 * ipv6_chain_parse() - find the transport header
 * @pkt: IPv6 header
 * @avail: readable bytes from @pkt, at least 40
 * @out: the result, valid for IPV6_CHAIN_OK
 *
 * Hop-by-Hop, Destination Options and Routing headers are skipped, up to one
 * Fragment header is noted. Refused: an extension header (AH included, ESP
 * not) behind a Fragment header, a second Fragment header, a chain of more
 * than IPV6_CHAIN_MAX bytes. The last skipped header is only read as far as its
 * length field, so @len of the result may be greater than @avail.
 */
enum ipv6_chain_result ipv6_chain_parse(const u8 *pkt, unsigned int avail,
					struct ipv6_chain *out);

#endif
