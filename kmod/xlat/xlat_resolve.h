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
	eam_46(out, addr, map->key4.len, &map->key_inside.addr,
	       map->key_inside.len);
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
	return eam_64(addr, map->key_inside.len, map->key4.addr,
		      map->key4.len);
}

/* Maps one address of a NAT66 pair, @from the side that it is on. */
static inline bool xlat_map66(const struct xlat_map *map, bool inbound,
			      struct in6_addr *addr)
{
	const struct xlat_key6 *in = &map->key_inside, *out = &map->key6;

	if (in->len == 128) {
		*addr = inbound ? in->addr : out->addr;
		return true;
	}
	return inbound ? nptv6_map(addr, &out->addr, &in->addr, in->len) :
			 nptv6_map(addr, &in->addr, &out->addr, in->len);
}

/*
 * RFC 7757 4.2.1, simple hairpinning: the source of a packet that comes back
 * as IPv4 is translated with the prefix, so that the answer takes the same
 * way; but not that of an ICMP error from the path.
 */
static inline bool xlat_source_takes_prefix(const struct xlat_ctx *ctx,
					    bool error, bool from_path)
{
	return ctx->conf->hairpin == NLAB_HAIRPIN_SIMPLE &&
	       ctx->conf->prefix_len && !(error && from_path);
}

#endif
