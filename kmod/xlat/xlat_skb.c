// SPDX-License-Identifier: GPL-2.0
/*
 * Work on the buffer of a packet: room for headers, change of family, GSO,
 * fragmentation.
 */
#include <linux/if_ether.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <net/xfrm.h>

#include "../compat.h"
#include "xlat_path.h"
#include "xlat_trace.h"

/*
 * Headroom for an Ethernet header with tags. Drivers leave 64 bytes and more;
 * to ask for what the widest link needs would copy every packet, and links
 * that need more make it themselves.
 */
enum { XLAT_LL_ROOM = 32 };

int xlat_make_room(struct sk_buff *skb, unsigned int old_len,
		   unsigned int new_len, unsigned int l4)
{
	unsigned int room = XLAT_LL_ROOM;

	if (new_len > old_len)
		room += new_len - old_len;
	if (!pskb_may_pull(skb, old_len + l4))
		return -NLAB_A_STATS_DROP_MALFORMED;
	if (skb_cow(skb, room))
		return -NLAB_A_STATS_DROP_MEMORY;
	return 0;
}

/*
 * A sum that is to be completed (CHECKSUM_PARTIAL) begins with the transport
 * header at @off, and moves with it. One that begins further in, in a tunnel,
 * is completed before; one that begins earlier would lie outside of the packet
 * when headers have become shorter. Only drivers and packet sockets make that.
 */
int xlat_fix_partial(struct sk_buff *skb, unsigned int off)
{
	int start = skb_checksum_start_offset(skb);
	int end = start + skb->csum_offset + (int)sizeof(__sum16);

	if (start < (int)off || end > (int)skb_headlen(skb))
		return -NLAB_A_STATS_DROP_MALFORMED;
	if (start == (int)off)
		return 0;
	if (skb_is_gso(skb))
		return -NLAB_A_STATS_DROP_GSO;
	return skb_checksum_help(skb) ? -NLAB_A_STATS_DROP_MEMORY : 0;
}

void xlat_swap_header(struct sk_buff *skb, unsigned int old_len,
		      const void *new_hdr, unsigned int new_len, u16 proto,
		      bool keep_mac)
{
	/* Own packets and new fragments have none. */
	bool has_mac = keep_mac && skb_mac_header_was_set(skb);
	unsigned int mac_len = has_mac ? skb_mac_header_len(skb) : 0;
	const unsigned char *mac = has_mac ? skb_mac_header(skb) : NULL;

	__skb_pull(skb, old_len);
	__skb_push(skb, new_len);
	skb_reset_network_header(skb);
	/* Reassembly reads a fragment header where this points to. */
	skb_set_transport_header(skb, min_t(unsigned int, new_len,
					    SIIT_IPV6_MIN));
	if (mac_len == ETH_HLEN && mac_len <= skb_headroom(skb)) {
		/* the places may overlap */
		struct ethhdr eth = *(const struct ethhdr *)mac;

		eth.h_proto = htons(proto);
		skb_set_mac_header(skb, -ETH_HLEN);
		*eth_hdr(skb) = eth;
	} else if (mac_len && mac_len <= skb_headroom(skb)) {
		memmove(skb->data - mac_len, mac, mac_len);
		skb_set_mac_header(skb, -(int)mac_len);
	} else {
		skb_reset_mac_header(skb);
	}
	if (new_len == SIIT_IPV4_MIN)
		*ip_hdr(skb) = *(const struct iphdr *)new_hdr;
	else if (new_len == SIIT_IPV6_MIN)
		*ipv6_hdr(skb) = *(const struct ipv6hdr *)new_hdr;
	else
		memcpy(skb->data, new_hdr, new_len);
	skb->protocol = htons(proto);
}

static void swap_gso_type(struct sk_buff *skb, bool to6)
{
	struct skb_shared_info *info = skb_shinfo(skb);

	if (to6 && info->gso_type & SKB_GSO_TCPV4) {
		info->gso_type &= ~(SKB_GSO_TCPV4 | SKB_GSO_TCP_FIXEDID);
		info->gso_type |= SKB_GSO_TCPV6;
	} else if (!to6 && info->gso_type & SKB_GSO_TCPV6) {
		info->gso_type &= ~SKB_GSO_TCPV6;
		info->gso_type |= SKB_GSO_TCPV4;
	}
}

void xlat_change_family(struct xlat_ctx *ctx, struct sk_buff *skb, bool to6)
{
	int iif = ctx->in ? ctx->in->ifindex : 0;

	if (skb_is_gso(skb))
		swap_gso_type(skb, to6);
	/* The sum in skb->csum ran over the header that is gone. */
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
	nf_reset_ct(skb);
	/* Policies of the family that it leaves have seen what decrypted it. */
	secpath_reset(skb);
	nlab_bridge_forget(skb);
	skb_dst_drop(skb);
	if (to6) {
		*IP6CB(skb) = (struct inet6_skb_parm) {
			.iif = iif,
			.nhoff = offsetof(struct ipv6hdr, nexthdr),
			.flags = XLAT_CB_DONE,
		};
	} else {
		*IPCB(skb) = (struct inet_skb_parm) {
			.iif = iif,
			.flags = XLAT_CB_DONE,
		};
	}
}

unsigned int xlat_gso_wire_len(const struct sk_buff *skb, unsigned int len)
{
	const struct skb_shared_info *info = skb_shinfo(skb);
	unsigned int hlen, off;

	/* network header, transport header, one segment's payload */
	off = skb_transport_offset(skb) - skb_network_offset(skb);
	if (info->gso_type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6))
		hlen = tcp_hdrlen(skb);
	else
		hlen = sizeof(struct udphdr);
	return min(len, off + hlen + info->gso_size);
}

bool xlat_gso_is_foreign(const struct sk_buff *skb, unsigned int len)
{
	const unsigned int fine = SKB_GSO_TCPV4 | SKB_GSO_TCPV6 |
				  SKB_GSO_UDP_L4 | SKB_GSO_TCP_ECN |
				  SKB_GSO_TCP_FIXEDID | SKB_GSO_DODGY |
				  SKB_GSO_PARTIAL;
	unsigned int type = skb_shinfo(skb)->gso_type;

	/*
	 * Segments of a fraglist carry headers of their own. Tunnels carry
	 * offsets that would move. Sizes above 64 KB (BIG TCP) have a form of
	 * their own in each family and kernel version. LRO gives no type.
	 */
	return !type || type & ~fine || len > 0xffff - SIIT_GROWTH;
}

/* One answer for all segments of a packet is enough. */
static void segment_refused(struct xlat_ctx *ctx, struct sk_buff *skb,
			    unsigned int reason, bool *told)
{
	xlat_dropped(ctx, skb, reason);
	if (*told || !ctx->conf->icmp_errors)
		return;
	*told = true;
	if (skb->protocol == htons(ETH_P_IP))
		xlat_error4(ctx, skb, reason);
	else
		xlat_error6(ctx, skb, reason);
}

int xlat_segment(struct xlat_ctx *ctx, struct sk_buff *skb,
		 int (*fn)(struct xlat_ctx *ctx, struct sk_buff *skb))
{
	struct sk_buff *segs, *next;
	bool told = false;

	/* LRO: nobody can take it apart. */
	if (!skb_shinfo(skb)->gso_type)
		return -NLAB_A_STATS_DROP_GSO;
	segs = skb_gso_segment(skb, NETIF_F_SG | NETIF_F_HW_CSUM);
	if (IS_ERR_OR_NULL(segs))
		return -NLAB_A_STATS_DROP_GSO;
	xlat_stat(ctx, NLAB_A_STATS_SEGMENTED);
	consume_skb(skb);
	skb_list_walk_safe(segs, skb, next) {
		int result;

		skb_mark_not_on_list(skb);
		result = fn(ctx, skb);
		if (result == XLAT_STOLEN)
			continue;
		if (result == XLAT_REWRITTEN) {
			xlat_continue66(ctx, skb);
			continue;
		}
		if (result < 0)
			segment_refused(ctx, skb, -result, &told);
		kfree_skb(skb);
	}
	return XLAT_STOLEN;
}

int xlat_fragment46(struct xlat_ctx *ctx, struct sk_buff *skb,
		    unsigned int mtu)
{
	unsigned int hlen = ip_hdrlen(skb), left = skb->len - hlen;
	struct ip_frag_state state;

	/* A fragment fits, unless the route has just changed. */
	if (ctx->fragmenting)
		return -NLAB_A_STATS_DROP_TOO_BIG;
	/* The offsets of its pieces would begin again at 0. */
	if ((ntohs(ip_hdr(skb)->frag_off) & IP_OFFSET) * 8 + left > 0xffff)
		return -NLAB_A_STATS_DROP_MALFORMED;
	if (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb))
		return -NLAB_A_STATS_DROP_MEMORY;
	xlat_stat(ctx, NLAB_A_STATS_FRAGMENTED);
	/* payload of a fragment that is @mtu bytes with its IPv6 headers */
	mtu -= SIIT_IPV6_MIN + SIIT_FRAG_HDR;
	ip_frag_init(skb, hlen, LL_MAX_HEADER + SIIT_GROWTH + SIIT_FRAG_HDR,
		     mtu & ~7U, false, &state);
	for (; left; left = state.left) {
		struct sk_buff *frag = ip_frag_next(skb, &state);
		int result;

		if (IS_ERR(frag))
			return -NLAB_A_STATS_DROP_MEMORY;
		frag->ip_summed = CHECKSUM_NONE;
		IPCB(frag)->flags = 0;
		ctx->fragmenting = true;
		result = xlat46(ctx, frag);
		ctx->fragmenting = false;
		if (result == XLAT_STOLEN)
			continue;
		if (result < 0)
			xlat_dropped(ctx, frag, -result);
		kfree_skb(frag);
	}
	consume_skb(skb);
	return XLAT_STOLEN;
}
