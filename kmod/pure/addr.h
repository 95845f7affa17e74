/* SPDX-License-Identifier: GPL-2.0 */
/* Address arithmetic: RFC 6052, RFC 7757, RFC 6296 and special addresses. */
#ifndef NLAB_PURE_ADDR_H
#define NLAB_PURE_ADDR_H

#include <nlab/env.h>

/* --- prefixes --- */

/**
 * addr4_mask() - network mask of a prefix length
 * @len: 0..32
 */
static inline __be32 addr4_mask(unsigned int len)
{
	return len ? htonl(~0U << (32 - len)) : 0;
}

/* Clears the host bits of @addr behind the first @len (0..128) bits. */
void addr6_mask(struct in6_addr *addr, unsigned int len);

/* True if the first @len (0..128) bits of both addresses are the same. */
bool addr6_prefix_equal(const struct in6_addr *a, const struct in6_addr *b,
			unsigned int len);

/* --- RFC 6052 --- */

enum rfc6052_error {
	RFC6052_OK = 0,
	RFC6052_BAD_LENGTH,	/* not 32, 40, 48, 56, 64 or 96 */
	RFC6052_HOST_BITS,	/* bits set behind the prefix */
	RFC6052_U_OCTET,	/* bits 64..71 of a /96 not zero */
	RFC6052_SCOPE,		/* ::/16, link-local, multicast */
};

/**
 * rfc6052_check() - validate a translation prefix (RFC 6052 section 2.2)
 * @prefix: the prefix
 * @len: its length in bits
 */
enum rfc6052_error rfc6052_check(const struct in6_addr *prefix,
				 unsigned int len);

/**
 * rfc6052_embed() - IPv4-embedded IPv6 address (RFC 6052 section 2.3)
 * @out: the address; u octet and suffix are zero
 * @prefix: valid by rfc6052_check()
 * @len: length of @prefix
 * @v4: the IPv4 address
 */
void rfc6052_embed(struct in6_addr *out, const struct in6_addr *prefix,
		   unsigned int len, __be32 v4);

/**
 * rfc6052_extract() - the IPv4 address in an address inside a prefix
 * @addr: address inside the prefix; u octet and suffix are ignored
 * @len: length of the prefix
 */
__be32 rfc6052_extract(const struct in6_addr *addr, unsigned int len);

/* True for 64:ff9b::/96, the Well-Known Prefix (RFC 6052 section 2.1). */
bool rfc6052_is_wkp(const struct in6_addr *prefix, unsigned int len);

/* --- RFC 7757 --- */

/**
 * eam_46() - translate by a prefix pair (RFC 7757 section 3.3.1)
 * @out: the IPv6 address
 * @v4: address inside the IPv4 prefix
 * @len4: length of the IPv4 prefix, 0..32
 * @prefix6: IPv6 prefix, host bits zero
 * @len6: its length; 128 - @len6 >= 32 - @len4
 */
void eam_46(struct in6_addr *out, __be32 v4, unsigned int len4,
	    const struct in6_addr *prefix6, unsigned int len6);

/**
 * eam_64() - translate by a prefix pair (RFC 7757 section 3.3.2)
 * @v6: address inside the IPv6 prefix
 * @len6: length of the IPv6 prefix
 * @prefix4: IPv4 prefix, host bits zero
 * @len4: its length
 *
 * Return: the IPv4 address; IPv6 bits behind the suffix are dropped.
 */
__be32 eam_64(const struct in6_addr *v6, unsigned int len6,
	      __be32 prefix4, unsigned int len4);

/* --- RFC 6296 --- */

/**
 * nptv6_map() - checksum-neutral prefix translation (RFC 6296 section 3)
 * @addr: address inside @from, becomes the address inside @to
 * @from: prefix, host bits zero
 * @to: prefix, host bits zero
 * @len: length of both, 0..64
 *
 * Return: false if there is no mapping: a subnet of 0xffff for prefixes up to
 * /48 (section 3.2), an interface identifier of all ones, of which no word can
 * take the adjustment (3.5), or of all zeros (3.7) for longer ones. @addr is
 * then unchanged.
 */
bool nptv6_map(struct in6_addr *addr, const struct in6_addr *from,
	       const struct in6_addr *to, unsigned int len);

/* --- special addresses --- */

/* Sources that may not appear on a wire: 0/8, 127/8, multicast, broadcast. */
bool addr4_illegal_source(__be32 addr);
/* Destinations that belong to a link or a node: the above and 169.254/16. */
bool addr4_never_translated(__be32 addr);
/*
 * Addresses that RFC 6052 section 3.1 keeps out of the Well-Known Prefix.
 * Ranges for documentation and benchmarks are let through: they never appear
 * in production and every example uses them.
 */
bool addr4_non_global(__be32 addr);
/* ::, ::1, multicast */
bool addr6_illegal_source(const struct in6_addr *addr);
/* the above and link-local */
bool addr6_never_translated(const struct in6_addr *addr);

#endif
