// SPDX-License-Identifier: GPL-2.0
/* Addresses of the packets inside ICMP errors. */
#include "xlat_resolve.h"

/* --- IPv4 to IPv6 --- */

static int inner46_addr(const struct xlat_ctx *ctx, __be32 addr, bool prefix,
			struct in6_addr *out)
{
	struct xlat_map *map = prefix ? NULL : xlat_match4(ctx->table, addr);

	if (map) {
		xlat_map46(map, addr, out);
		return 0;
	}
	if (!ctx->conf->prefix_len)
		return -NLAB_A_STATS_DROP_ICMP_INNER;
	rfc6052_embed(out, &ctx->conf->prefix, ctx->conf->prefix_len, addr);
	return 0;
}

int xlat_resolve46_inner(const struct xlat_ctx *ctx, __be32 saddr,
			 __be32 daddr, struct siit_addr6 *out)
{
	int err = inner46_addr(ctx, saddr, false, &out->saddr);

	/* RFC 7757 4.2.1, rule 2: it went there by the prefix. */
	return err ? err : inner46_addr(ctx, daddr, xlat_hairpins_simply(ctx),
					&out->daddr);
}

/* --- IPv6 to IPv4, IPv6 to IPv6 --- */

static int inner64_addr(const struct xlat_ctx *ctx,
			const struct in6_addr *addr, __be32 *out)
{
	struct xlat_map *map = xlat_match6(ctx->table, XLAT_IN4, addr);

	if (map) {
		*out = xlat_map64(map, addr);
		return 0;
	}
	if (!xlat_in_prefix(ctx->conf, addr))
		return -NLAB_A_STATS_DROP_ICMP_INNER;
	*out = rfc6052_extract(addr, ctx->conf->prefix_len);
	return 0;
}

int xlat_resolve64_inner(const struct xlat_ctx *ctx,
			 const struct siit_addr6 *in, struct siit_addr4 *out)
{
	int err = inner64_addr(ctx, &in->saddr, &out->saddr);

	return err ? err : inner64_addr(ctx, &in->daddr, &out->daddr);
}

/*
 * The inner packet went the other way: its source is what the outer
 * destination was, before and after translation.
 */
static int hairpin_inner(const struct xlat_ctx *ctx,
			 const struct siit_addr6 *in, struct siit_addr6 *out)
{
	const struct xlat_conf *conf = ctx->conf;
	struct siit_addr4 v4;
	struct xlat_map *map;

	if (xlat_resolve64_inner(ctx, in, &v4))
		return -NLAB_A_STATS_DROP_ICMP_INNER;
	map = xlat_match4(ctx->table, v4.saddr);
	if (!map)
		return -NLAB_A_STATS_DROP_ICMP_INNER;
	xlat_map46(map, v4.saddr, &out->saddr);
	rfc6052_embed(&out->daddr, &conf->prefix, conf->prefix_len, v4.daddr);
	return 0;
}

int xlat_resolve66_inner(const struct xlat_ctx *ctx, bool hairpin,
			 const struct siit_addr6 *in, struct siit_addr6 *out)
{
	struct xlat_map *map;

	if (hairpin)
		return hairpin_inner(ctx, in, out);
	*out = *in;
	map = xlat_match6(ctx->table, XLAT_OUT6, &in->saddr);
	if (map && !xlat_map66(map, true, &out->saddr))
		return -NLAB_A_STATS_DROP_UNMAPPABLE;
	map = xlat_match6(ctx->table, XLAT_IN6, &in->daddr);
	if (map && !xlat_map66(map, false, &out->daddr))
		return -NLAB_A_STATS_DROP_UNMAPPABLE;
	return 0;
}
