// SPDX-License-Identifier: GPL-2.0
/*
 * Address arithmetic of the translator. Pure: bytes in, bytes out. Called by
 * tables (control path and packet path).
 */
#include <nlab/env.h>

#include "addr.h"

void addr6_mask(struct in6_addr *addr, unsigned int len)
{
	unsigned int i = len / 8;

	if (len >= 128)
		return;
	if (len % 8)
		addr->s6_addr[i++] &= 0xff << (8 - len % 8);
	memset(&addr->s6_addr[i], 0, 16 - i);
}

bool addr6_prefix_equal(const struct in6_addr *a, const struct in6_addr *b,
			unsigned int len)
{
	unsigned int bytes = len / 8;

	if (memcmp(a, b, bytes))
		return false;
	if (!(len % 8))
		return true;
	return !((a->s6_addr[bytes] ^ b->s6_addr[bytes]) >> (8 - len % 8));
}

bool rfc6052_is_wkp(const struct in6_addr *prefix, unsigned int len)
{
	return len == 96 && prefix->s6_addr32[0] == htonl(0x0064ff9b) &&
	       !prefix->s6_addr32[1] && !prefix->s6_addr32[2];
}

enum rfc6052_error rfc6052_check(const struct in6_addr *prefix,
				 unsigned int len)
{
	struct in6_addr masked = *prefix;

	switch (len) {
	case 32: case 40: case 48: case 56: case 64: case 96:
		break;
	default:
		return RFC6052_BAD_LENGTH;
	}
	addr6_mask(&masked, len);
	if (memcmp(&masked, prefix, sizeof(masked)))
		return RFC6052_HOST_BITS;
	if (prefix->s6_addr[8])
		return RFC6052_U_OCTET;
	/*
	 * ::/16 holds the unspecified, loopback, v4-mapped and v4-compatible
	 * addresses; a prefix there would take packets that no wire carries.
	 */
	if (prefix->s6_addr[0] == 0xff ||
	    (prefix->s6_addr[0] == 0xfe &&
	     (prefix->s6_addr[1] & 0xc0) == 0x80) ||
	    (!prefix->s6_addr[0] && !prefix->s6_addr[1]))
		return RFC6052_SCOPE;
	return RFC6052_OK;
}

/*
 * Octet of the IPv6 address that octet @i of the IPv4 address goes to: right
 * behind the prefix, but over octet 8, which stays zero (RFC 6052 2.2).
 */
static unsigned int rfc6052_octet(unsigned int len, unsigned int i)
{
	unsigned int pos = len / 8 + i;

	return len < 96 && pos >= 8 ? pos + 1 : pos;
}

void rfc6052_embed(struct in6_addr *out, const struct in6_addr *prefix,
		   unsigned int len, __be32 v4)
{
	const u8 *b = (const u8 *)&v4;
	unsigned int i;

	*out = *prefix;
	if (len == 96) {
		out->s6_addr32[3] = v4;
		return;
	}
	for (i = 0; i < 4; i++)
		out->s6_addr[rfc6052_octet(len, i)] = b[i];
}

__be32 rfc6052_extract(const struct in6_addr *addr, unsigned int len)
{
	__be32 v4;
	u8 *b = (u8 *)&v4;
	unsigned int i;

	if (len == 96)
		return addr->s6_addr32[3];
	for (i = 0; i < 4; i++)
		b[i] = addr->s6_addr[rfc6052_octet(len, i)];
	return v4;
}

void eam_46(struct in6_addr *out, __be32 v4, unsigned int len4,
	    const struct in6_addr *prefix6, unsigned int len6)
{
	u32 suffix;
	unsigned int word, shift;

	*out = *prefix6;
	if (len4 >= 32)
		return;
	/* Suffix bits in the top of a word, put behind bit len6 - 1. */
	suffix = ntohl(v4 & ~addr4_mask(len4)) << len4;
	word = len6 / 32;
	shift = len6 % 32;
	out->s6_addr32[word] |= htonl(suffix >> shift);
	if (shift && word < 3)
		out->s6_addr32[word + 1] |= htonl(suffix << (32 - shift));
}

__be32 eam_64(const struct in6_addr *v6, unsigned int len6,
	      __be32 prefix4, unsigned int len4)
{
	unsigned int word, shift;
	u32 suffix;

	if (len4 >= 32)
		return prefix4;
	word = len6 / 32;
	shift = len6 % 32;
	suffix = ntohl(v6->s6_addr32[word]) << shift;
	if (shift && word < 3)
		suffix |= ntohl(v6->s6_addr32[word + 1]) >> (32 - shift);
	return prefix4 | htonl(suffix >> len4);
}

bool nptv6_map(struct in6_addr *addr, const struct in6_addr *from,
	       const struct in6_addr *to, unsigned int len)
{
	struct in6_addr masked = *addr;
	unsigned int i, word = 3;
	__sum16 sum;
	u16 result;

	if (len > 48) {
		if (!addr->s6_addr32[2] && !addr->s6_addr32[3])
			return false;
		for (word = 4; word < 8; word++)
			if (addr->s6_addr16[word] != htons(0xffff))
				break;
	}
	if (word == 8 || addr->s6_addr16[word] == htons(0xffff))
		return false;

	/* word + from - to in one's complement, so the sum stays the same */
	sum = csum_fold(csum_sub(csum_add(csum_unfold((__force __sum16)
						      addr->s6_addr16[word]),
					  csum_partial(from, 16, 0)),
				 csum_partial(to, 16, 0)));
	result = (__force u16)~sum;
	if (result == 0xffff)
		result = 0;

	/* The host bits of @to are zero: replace the first len bits. */
	addr6_mask(&masked, len);
	for (i = 0; i < 4; i++)
		addr->s6_addr32[i] ^= masked.s6_addr32[i] ^ to->s6_addr32[i];
	addr->s6_addr16[word] = (__force __be16)result;
	return true;
}

bool addr4_illegal_source(__be32 addr)
{
	u32 a = ntohl(addr);

	return a >> 24 == 0 || a >> 24 == 127 || a >> 28 == 14 || a == ~0U;
}

bool addr4_never_translated(__be32 addr)
{
	return addr4_illegal_source(addr) || ntohl(addr) >> 16 == 0xa9fe;
}

bool addr4_non_global(__be32 addr)
{
	u32 a = ntohl(addr);

	return addr4_never_translated(addr) ||
	       a >> 24 == 10 ||			/* RFC 1918 */
	       a >> 20 == 0xac1 ||
	       a >> 16 == 0xc0a8 ||
	       a >> 22 == 0x64400000 >> 22 ||	/* RFC 6598 */
	       a >> 8 == 0xc00000 ||		/* RFC 6890 */
	       a >> 28 == 15;			/* RFC 1112 */
}

bool addr6_illegal_source(const struct in6_addr *addr)
{
	return addr->s6_addr[0] == 0xff ||
	       (!addr->s6_addr32[0] && !addr->s6_addr32[1] &&
		!addr->s6_addr32[2] &&
		(addr->s6_addr32[3] & ~htonl(1)) == 0);
}

bool addr6_never_translated(const struct in6_addr *addr)
{
	return addr6_illegal_source(addr) ||
	       (addr->s6_addr32[0] & htonl(0xffc00000)) == htonl(0xfe800000);
}
