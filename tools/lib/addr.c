// SPDX-License-Identifier: GPL-2.0
/* Prefixes and maps as text, with the checks that need no kernel. Pure. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "parse.h"

#define V4_BITS		32
#define V6_BITS		128
/* Longest prefix that a checksum-neutral adjustment has room beside
 * (RFC 6296 sections 3.4 and 3.5).
 */
#define V66_PREFIX_MAX	64

static unsigned int family_bits(int family)
{
	return family == AF_INET ? V4_BITS : V6_BITS;
}

static uint8_t *prefix_bytes(struct nlab_prefix *prefix)
{
	return prefix->family == AF_INET ? (uint8_t *)&prefix->v4 :
					   prefix->v6.s6_addr;
}

static int bad_address(struct nlab_word word, struct nlab_err *err)
{
	char quoted[NLAB_QUOTED];

	return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL, "bad address %s",
			 nlab_quote(quoted, word));
}

int nlab_addr_parse(struct nlab_prefix *addr, struct nlab_word word,
		    struct nlab_err *err)
{
	char buf[INET6_ADDRSTRLEN], quoted[NLAB_QUOTED];

	memset(addr, 0, sizeof(*addr));
	if (memchr(word.str, '/', word.len))
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "%s must be an address, without a length",
				 nlab_quote(quoted, word));
	/* A NUL inside would end the word early for inet_pton. */
	if (word.len >= sizeof(buf) || memchr(word.str, '\0', word.len))
		return bad_address(word, err);
	memcpy(buf, word.str, word.len);
	buf[word.len] = '\0';
	if (inet_pton(AF_INET, buf, &addr->v4) == 1)
		addr->family = AF_INET;
	else if (inet_pton(AF_INET6, buf, &addr->v6) == 1)
		addr->family = AF_INET6;
	else
		return bad_address(word, err);
	addr->len = (uint8_t)family_bits(addr->family);
	return 0;
}

static int parse_len(struct nlab_prefix *prefix, struct nlab_word word,
		     struct nlab_err *err)
{
	unsigned int max = family_bits(prefix->family), len = 0;
	char quoted[NLAB_QUOTED];
	size_t i;

	for (i = 0; i < word.len && i < 3; i++) {
		if (word.str[i] < '0' || word.str[i] > '9')
			break;
		len = len * 10 + (unsigned int)(word.str[i] - '0');
	}
	if (!word.len || i < word.len || len > max)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "bad prefix length %s of an %s address, which is 0..%u",
				 nlab_quote(quoted, word),
				 prefix->family == AF_INET ? "IPv4" : "IPv6",
				 max);
	prefix->len = (uint8_t)len;
	return 0;
}

bool nlab_prefix_cut(struct nlab_prefix *prefix, uint8_t len)
{
	unsigned int bits = family_bits(prefix->family), i;
	uint8_t *byte = prefix_bytes(prefix), old;
	bool cleared = false;

	prefix->len = len;
	for (i = len / 8; i < bits / 8; i++) {
		unsigned int keep = i == len / 8 ? len % 8 : 0;

		old = byte[i];
		byte[i] &= (uint8_t)(0xff00 >> keep);
		cleared |= old != byte[i];
	}
	return cleared;
}

int nlab_prefix_parse(struct nlab_prefix *prefix, bool *has_len,
		      struct nlab_word word, struct nlab_err *err)
{
	const char *slash = memchr(word.str, '/', word.len);
	char quoted[NLAB_QUOTED], meant[NLAB_PREFIX_TEXT];
	struct nlab_word addr = word, len;
	int ret;

	if (has_len)
		*has_len = slash != NULL;
	if (slash)
		addr.len = (size_t)(slash - word.str);
	ret = nlab_addr_parse(prefix, addr, err);
	if (ret || !slash)
		return ret;

	len.str = slash + 1;
	len.len = word.len - addr.len - 1;
	ret = parse_len(prefix, len, err);
	if (ret)
		return ret;
	if (nlab_prefix_cut(prefix, prefix->len))
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "host bits set in %s, did you mean '%s'?",
				 nlab_quote(quoted, word),
				 nlab_prefix_full_text(meant, prefix));
	return 0;
}

bool nlab_prefix_is_host(const struct nlab_prefix *prefix)
{
	return prefix->len == family_bits(prefix->family);
}

int nlab_prefix_compare(const struct nlab_prefix *a,
			const struct nlab_prefix *b)
{
	int diff;

	if (a->family != b->family)
		return a->family == AF_INET ? -1 : 1;
	/* In network byte order bytes have the order of the numbers. */
	diff = a->family == AF_INET ? memcmp(&a->v4, &b->v4, sizeof(a->v4)) :
				      memcmp(&a->v6, &b->v6, sizeof(a->v6));
	return diff ? diff : a->len - b->len;
}

bool nlab_prefix_equal(const struct nlab_prefix *a, const struct nlab_prefix *b)
{
	return !nlab_prefix_compare(a, b);
}

const char *nlab_prefix_text(char *buf, const struct nlab_prefix *prefix)
{
	if (!nlab_prefix_is_host(prefix))
		return nlab_prefix_full_text(buf, prefix);
	return inet_ntop(prefix->family, &prefix->v6, buf, NLAB_PREFIX_TEXT);
}

const char *nlab_prefix_full_text(char *buf, const struct nlab_prefix *prefix)
{
	size_t len;

	inet_ntop(prefix->family, &prefix->v6, buf, NLAB_PREFIX_TEXT);
	len = strlen(buf);
	snprintf(buf + len, NLAB_PREFIX_TEXT - len, "/%u", prefix->len);
	return buf;
}

/* RFC 7757 section 3.2: the IPv6 suffix has room for the IPv4 suffix. */
static int check_map46(const struct nlab_map *map, struct nlab_err *err)
{
	unsigned int left4 = V4_BITS - map->outside.len;
	unsigned int left6 = V6_BITS - map->inside.len;

	if (left4 <= left6)
		return 0;
	return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
			 "lengths don't fit: IPv4 /%u leaves %u bits, IPv6 /%u only %u, did you mean inside length /%u? (RFC 7757 section 3.2)",
			 map->outside.len, left4, map->inside.len, left6,
			 V6_BITS - left4);
}

static int check_map66(const struct nlab_map *map, struct nlab_err *err)
{
	if (map->outside.len != map->inside.len)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "lengths don't fit: outside /%u, inside /%u; two IPv6 prefixes have equal lengths",
				 map->outside.len, map->inside.len);
	if (map->inside.len > V66_PREFIX_MAX && map->inside.len < V6_BITS)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "two IPv6 prefixes have length 0..%u or %u, not %u (RFC 6296)",
				 V66_PREFIX_MAX, V6_BITS, map->inside.len);
	return 0;
}

int nlab_map_parse(struct nlab_map *map, struct nlab_word outside,
		   struct nlab_word inside, struct nlab_err *err)
{
	char quoted[NLAB_QUOTED];
	int ret;

	memset(map, 0, sizeof(*map));
	ret = nlab_prefix_parse(&map->outside, NULL, outside, err);
	if (ret)
		return ret;
	ret = nlab_prefix_parse(&map->inside, NULL, inside, err);
	if (ret)
		return ret;

	nlab_quote(quoted, inside);
	if (map->inside.family == AF_INET && map->outside.family == AF_INET)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "both addresses are IPv4, the inside %s must be IPv6",
				 quoted);
	if (map->inside.family == AF_INET)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "inside %s must be IPv6; the outside comes first",
				 quoted);
	return map->outside.family == AF_INET ? check_map46(map, err) :
						check_map66(map, err);
}
