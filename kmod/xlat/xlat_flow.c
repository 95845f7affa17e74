// SPDX-License-Identifier: GPL-2.0
/* Flows that each CPU remembers; see xlat_flow.h. */
#include <linux/hash.h>
#include <net/dsfield.h>
#include <net/dst.h>
#include <net/l3mdev.h>

#include "../compat.h"
#include "xlat_flow.h"

enum {
	FLOWS = 128,		/* each way; 30 KB a processor */
	ID_BLOCK = 16,
};

struct xlat_flows {
	struct xlat_flow46 v4[FLOWS];
	struct xlat_flow64 v6[FLOWS];
};

int xlat_flows_init(struct xlat_net *xn)
{
	/* The allocator would log a failure; whoever asked is told. */
	xn->flows = alloc_percpu_gfp(struct xlat_flows,
				     GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	return xn->flows ? 0 : -ENOMEM;
}

void xlat_flows_exit(struct xlat_net *xn)
{
	int cpu, i;

	if (!xn->flows)
		return;
	for_each_possible_cpu(cpu) {
		struct xlat_flows *f = per_cpu_ptr(xn->flows, cpu);

		for (i = 0; i < FLOWS; i++) {
			dst_release(f->v4[i].flow.dst);
			dst_release(f->v6[i].flow.dst);
		}
	}
	free_percpu(xn->flows);
	xn->flows = NULL;
}

/*
 * Rules look at more of a packet than its addresses, own traffic at its
 * socket, and subtrees are too rare to care. Errors are resolved otherwise.
 * Entries have no lock of their own.
 */
static bool may_remember(const struct xlat_ctx *ctx, u8 proto)
{
	return NLAB_BH_IS_ALONE && ctx->in &&
	       proto != IPPROTO_ICMP && proto != IPPROTO_ICMPV6 &&
	       !xlat_has_rules4(ctx->net) && !xlat_has_rules6(ctx->net) &&
	       !netif_is_l3_slave(ctx->in);
}

static bool same_epoch(const struct xlat_epoch *a, const struct xlat_epoch *b)
{
	return a->view == b->view && a->table == b->table;
}

/* May its addresses and maps be taken without another look? */
static bool is_fresh(const struct xlat_ctx *ctx, const struct xlat_flow *flow)
{
	return flow->pure && same_epoch(&flow->epoch, &ctx->epoch);
}

static void take(struct xlat_ctx *ctx, struct xlat_flow *flow)
{
	ctx->flow = flow;
	ctx->smap = flow->smap;
	ctx->dmap = flow->dmap;
}

/*
 * Makes the slot that of the present packet. @same: it is between the same
 * addresses, so that of the same state the same became.
 */
static void remember(struct xlat_ctx *ctx, bool same, int way)
{
	struct xlat_flow *flow = ctx->slot;

	if (!same || way != flow->way ||
	    !same_epoch(&flow->epoch, &ctx->epoch)) {
		dst_release(flow->dst);
		flow->dst = NULL;
	}
	flow->epoch = ctx->epoch;
	flow->smap = ctx->smap;
	flow->dmap = ctx->dmap;
	flow->iif = ctx->in->ifindex;
	flow->way = way;
	flow->pure = !ctx->impure;
	ctx->flow = flow;
}

/* --- IPv4 to IPv6 --- */

static struct xlat_flow46 *entry46(const struct xlat_ctx *ctx,
				   const struct iphdr *ip4)
{
	u32 hash = (__force u32)(ip4->saddr ^ ip4->daddr);

	return &this_cpu_ptr(ctx->xn->flows)->v4[hash_32(hash, ilog2(FLOWS))];
}

static bool is_flow46(const struct xlat_ctx *ctx, const struct xlat_flow46 *f,
		      const struct iphdr *ip4)
{
	return f->in.daddr == ip4->daddr && f->in.saddr == ip4->saddr &&
	       f->flow.iif == ctx->in->ifindex;
}

bool xlat_flow46_find(struct xlat_ctx *ctx, const struct sk_buff *skb,
		      struct siit_addr6 *out)
{
	const struct iphdr *ip4 = ip_hdr(skb);
	struct xlat_flow46 *f;

	ctx->slot = NULL;
	if (!may_remember(ctx, ip4->protocol))
		return false;
	f = entry46(ctx, ip4);
	ctx->slot = &f->flow;
	/* The last two may change without settings and maps. */
	if (!is_flow46(ctx, f, ip4) || !is_fresh(ctx, &f->flow) ||
	    READ_ONCE(ctx->xn->own4) || !xlat_rpf4_ok(ctx, ip4->saddr))
		return false;
	take(ctx, &f->flow);
	*out = f->out;
	return true;
}

void xlat_flow46_keep(struct xlat_ctx *ctx, const struct sk_buff *skb,
		      const struct siit_addr6 *out)
{
	const struct iphdr *ip4 = ip_hdr(skb);
	struct xlat_flow46 *f;

	if (!ctx->slot)
		return;
	f = container_of(ctx->slot, struct xlat_flow46, flow);
	remember(ctx, is_flow46(ctx, f, ip4), 0);
	f->in.saddr = ip4->saddr;
	f->in.daddr = ip4->daddr;
	f->out = *out;
	f->flow.delta = csum_sub(siit_sum6(out), siit_sum4(&f->in));
}

/* --- IPv6 to IPv4 --- */

static struct xlat_flow64 *entry64(const struct xlat_ctx *ctx,
				   const struct ipv6hdr *ip6)
{
	u32 hash = (__force u32)(ip6->saddr.s6_addr32[3] ^
				 ip6->daddr.s6_addr32[3]);

	return &this_cpu_ptr(ctx->xn->flows)->v6[hash_32(hash, ilog2(FLOWS))];
}

static bool is_flow64(const struct xlat_ctx *ctx, const struct xlat_flow64 *f,
		      const struct ipv6hdr *ip6)
{
	return ipv6_addr_equal(&f->in.daddr, &ip6->daddr) &&
	       ipv6_addr_equal(&f->in.saddr, &ip6->saddr) &&
	       f->flow.iif == ctx->in->ifindex &&
	       f->tos == ipv6_get_dsfield(ip6);
}

int xlat_flow64_find(struct xlat_ctx *ctx, const struct sk_buff *skb,
		     struct xlat_result64 *out)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	struct xlat_flow64 *f;

	ctx->slot = NULL;
	if (!may_remember(ctx, ip6->nexthdr))
		return 0;
	f = entry64(ctx, ip6);
	ctx->slot = &f->flow;
	if (!is_flow64(ctx, f, ip6) || !is_fresh(ctx, &f->flow) ||
	    READ_ONCE(ctx->xn->own6))
		return 0;
	take(ctx, &f->flow);
	if (f->flow.way == XLAT_WAY_64)
		out->v4 = f->out.v4;
	else
		out->v6 = f->out.v6;
	return f->flow.way;
}

void xlat_flow64_keep(struct xlat_ctx *ctx, const struct sk_buff *skb,
		      int way, const struct xlat_result64 *out)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	struct xlat_flow64 *f;
	bool same;

	/* Behind extension headers there may still be an ICMP error. */
	if (!ctx->slot || ctx->pooled || !(ctx->smap || ctx->dmap))
		return;
	f = container_of(ctx->slot, struct xlat_flow64, flow);
	same = is_flow64(ctx, f, ip6);
	remember(ctx, same, way);
	f->in.saddr = ip6->saddr;
	f->in.daddr = ip6->daddr;
	f->tos = ipv6_get_dsfield(ip6);
	if (!same)
		f->id_left = 0;
	if (way == XLAT_WAY_64) {
		f->out.v4 = out->v4;
		f->flow.delta = csum_sub(siit_sum4(&out->v4),
					 siit_sum6(&f->in));
	} else {
		f->out.v6 = out->v6;
	}
}

static u16 select_id(const struct xlat_ctx *ctx, const struct siit_addr4 *addr,
		     u8 proto, unsigned int count)
{
	struct iphdr ip4 = {
		.saddr = addr->saddr,
		.daddr = addr->daddr,
		.protocol = proto,
	};

	__ip_select_ident(ctx->net, &ip4, count);
	return ntohs(ip4.id);
}

__be16 xlat_flow64_id(struct xlat_ctx *ctx, const struct siit_addr4 *addr,
		      u8 proto, unsigned int packets)
{
	struct xlat_flow64 *f;

	if (proto == IPPROTO_ICMPV6)
		proto = IPPROTO_ICMP;
	if (!ctx->flow || packets != 1)
		return htons(select_id(ctx, addr, proto, packets));
	f = container_of(ctx->flow, struct xlat_flow64, flow);
	if (!f->id_left || f->id_proto != proto) {
		f->id_next = select_id(ctx, addr, proto, ID_BLOCK);
		f->id_left = ID_BLOCK;
		f->id_proto = proto;
	}
	f->id_left--;
	return htons(f->id_next++);
}
