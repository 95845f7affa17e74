/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One address and one map or prefix: what the resolution of packets and that
 * of the packets inside ICMP errors share.
 */
#ifndef NLAB_XLAT_RESOLVE_H
#define NLAB_XLAT_RESOLVE_H

#include "../pure/addr.h"
#include "xlat_path.h"

static inline void xlat_map46(const struct xlat_map *map, __be32 addr,
			      struct in6_addr *out)
{
	eam_46(out, addr, map->outside_len, &map->inside, map->inside_len);
}

static inline bool xlat_in_prefix(const struct xlat_conf *conf,
				  const struct in6_addr *addr)
{
	return conf->prefix_len &&
	       addr6_prefix_equal(addr, &conf->prefix, conf->prefix_len);
}

static inline __be32 xlat_map64(const struct xlat_map *map,
				const struct in6_addr *addr)
{
	return eam_64(addr, map->inside_len, map->outside4, map->outside_len);
}

/* Maps one address of a NAT66 pair, @from the side that it is on. */
static inline bool xlat_map66(const struct xlat_map *map, bool inbound,
			      struct in6_addr *addr)
{
	const struct in6_addr *in = &map->inside, *out = &map->outside6;

	if (map->inside_len == 128) {
		*addr = inbound ? *in : *out;
		return true;
	}
	return inbound ? nptv6_map(addr, out, in, map->inside_len) :
			 nptv6_map(addr, in, out, map->inside_len);
}

/*
 * RFC 7757 4.2.1, simple hairpinning: a packet that comes back as IPv4 has the
 * sender's address translated with the prefix, so that the answer takes the
 * same way.
 */
static inline bool xlat_hairpins_simply(const struct xlat_ctx *ctx)
{
	return ctx->conf->hairpin == NLAB_HAIRPIN_SIMPLE &&
	       ctx->conf->prefix_len;
}

#endif
