// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family. Operations and policies are generated from the
 * spec; the verbs stand beside the objects that they change.
 */
#include <linux/module.h>
#include <net/genetlink.h>

#include "netlink-gen.h"
#include "netlink.h"

/*
 * A copy of the generated table: in per-op form the generator has no place
 * for the start and the end of a dump.
 */
static struct genl_ops ops[ARRAY_SIZE(nlab_nl_ops)];

static const struct genl_multicast_group mcgrps[] = {
	[NLAB_NLGRP_EVENTS] = { .name = NLAB_MCGRP_EVENTS },
};

struct genl_family nlab_nl_family __ro_after_init = {
	.name = NLAB_GENL_NAME,
	.version = NLAB_GENL_VERSION,
	.netnsok = true,
	.parallel_ops = true,	/* each namespace has a lock of its own */
	.module = THIS_MODULE,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	/* strict header checks from the first command on */
	.resv_start_op = NLAB_CMD_XLAT_GET,
	.mcgrps = mcgrps,
	.n_mcgrps = ARRAY_SIZE(mcgrps),
};

struct sk_buff *nlab_nl_reply_new(struct genl_info *info, void **hdr)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!skb)
		return NULL;
	*hdr = genlmsg_put_reply(skb, info, &nlab_nl_family, 0,
				 info->genlhdr->cmd);
	if (!*hdr) {
		nlmsg_free(skb);
		return NULL;
	}
	return skb;
}

int nlab_nl_reply(struct genl_info *info, struct sk_buff *skb, void *hdr,
		  int err)
{
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

struct sk_buff *nlab_nl_event_new(struct net *net, u8 cmd, void **hdr)
{
	struct sk_buff *skb;

	if (!genl_has_listeners(&nlab_nl_family, net, NLAB_NLGRP_EVENTS))
		return NULL;
	skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		goto lost;
	*hdr = genlmsg_put(skb, 0, 0, &nlab_nl_family, 0, cmd);
	if (*hdr)
		return skb;
	nlmsg_free(skb);
lost:
	genl_set_err(&nlab_nl_family, net, 0, NLAB_NLGRP_EVENTS, ENOBUFS);
	return NULL;
}

void nlab_nl_event(struct net *net, struct sk_buff *skb, void *hdr, int err)
{
	if (err) {
		nlmsg_free(skb);
		genl_set_err(&nlab_nl_family, net, 0, NLAB_NLGRP_EVENTS,
			     ENOBUFS);
		return;
	}
	genlmsg_end(skb, hdr);
	genlmsg_multicast_netns(&nlab_nl_family, net, skb, 0,
				NLAB_NLGRP_EVENTS, GFP_KERNEL);
}

int __init nlab_netlink_init(void)
{
	int i;

	memcpy(ops, nlab_nl_ops, sizeof(ops));
	for (i = 0; i < ARRAY_SIZE(ops); i++)
		if (ops[i].cmd == NLAB_CMD_MAP_GET) {
			ops[i].start = nlab_nl_map_get_start;
			ops[i].done = nlab_nl_map_get_done;
		}
	return genl_register_family(&nlab_nl_family);
}

void nlab_netlink_exit(void)
{
	genl_unregister_family(&nlab_nl_family);
}
