// SPDX-License-Identifier: GPL-2.0
/* Links without the module: a queueing discipline netem at both ends of a veth
 * pair. It knows a part of the parameters and does them in another order, see
 * Documentation/lab.rst.
 */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "../lib/sock.h"
#include "sys.h"

const char *netem_lost(const struct nlab_link_dir *dir)
{
	static const enum nlab_link_key lost[] = {
		NLAB_LINK_LIMIT_BYTES, NLAB_LINK_DISTRIBUTION, NLAB_LINK_SEED,
	};
	unsigned int key;
	size_t i;

	for (i = 0; i < sizeof(lost) / sizeof(*lost); i++)
		if (dir->set[lost[i]] && lab_link_value(dir, lost[i]))
			return nlab_link_key_name(lost[i]);
	/* Without "order free" a jitter that reorders is not what was asked. */
	if (lab_link_value(dir, NLAB_LINK_JITTER) &&
	    !lab_link_value(dir, NLAB_LINK_ORDER))
		return "order keep";
	/* Keys that came after this was written. */
	for (key = NLAB_LINK_SEED + 1; key < NLAB_LINK_KEYS; key++)
		if (dir->set[key])
			return nlab_link_key_name(key);
	return NULL;
}

static void put_rate(struct nlmsghdr *nlh, const struct nlab_link_dir *dir)
{
	uint64_t rate = lab_link_value(dir, NLAB_LINK_RATE) / 8;
	struct tc_netem_rate opt = {
		.rate = rate > UINT32_MAX ? UINT32_MAX : (uint32_t)rate,
		.packet_overhead =
			(int32_t)lab_link_value(dir, NLAB_LINK_OVERHEAD),
		.cell_size =
			(uint32_t)lab_link_value(dir, NLAB_LINK_CELL_SIZE),
		.cell_overhead =
			(int32_t)lab_link_value(dir, NLAB_LINK_CELL_OVERHEAD),
	};

	if (!rate)
		return;
	if (rate > UINT32_MAX)
		mnl_attr_put_u64(nlh, TCA_NETEM_RATE64, rate);
	mnl_attr_put(nlh, TCA_NETEM_RATE, sizeof(opt), &opt);
}

/* Its model has the chance to leave the good state first. */
static void put_loss(struct nlmsghdr *nlh, const struct nlab_link_dir *dir)
{
	struct tc_netem_gemodel model = {
		.p = (uint32_t)lab_link_value(dir, NLAB_LINK_GE_ENTER),
		.r = (uint32_t)lab_link_value(dir, NLAB_LINK_GE_LEAVE),
		.h = UINT32_MAX -
		     (uint32_t)lab_link_value(dir, NLAB_LINK_GE_LOSS),
		.k1 = (uint32_t)lab_link_value(dir, NLAB_LINK_LOSS),
	};
	struct nlattr *nest;

	if (!model.p)
		return;
	nest = mnl_attr_nest_start(nlh, TCA_NETEM_LOSS);
	mnl_attr_put(nlh, NETEM_LOSS_GE, sizeof(model), &model);
	mnl_attr_nest_end(nlh, nest);
}

static void put_options(struct nlmsghdr *nlh, const struct nlab_link_dir *dir)
{
	uint64_t limit = lab_link_value(dir, NLAB_LINK_LIMIT_PACKETS);
	struct tc_netem_qopt opt = {
		.limit = limit ? (uint32_t)limit : UINT32_MAX,
		.duplicate = (uint32_t)lab_link_value(dir, NLAB_LINK_DUPLICATE),
	};
	struct tc_netem_reorder reorder = {
		.probability = (uint32_t)lab_link_value(dir, NLAB_LINK_REORDER),
	};
	struct tc_netem_corrupt corrupt = {
		.probability = (uint32_t)lab_link_value(dir, NLAB_LINK_CORRUPT),
	};

	if (!lab_link_value(dir, NLAB_LINK_GE_ENTER))
		opt.loss = (uint32_t)lab_link_value(dir, NLAB_LINK_LOSS);
	/* Else reordering would begin with the second packet only. */
	if (reorder.probability)
		opt.gap = 1;
	mnl_attr_put(nlh, TCA_OPTIONS, sizeof(opt), &opt);
	mnl_attr_put_u64(nlh, TCA_NETEM_LATENCY64,
			 lab_link_value(dir, NLAB_LINK_DELAY));
	mnl_attr_put_u64(nlh, TCA_NETEM_JITTER64,
			 lab_link_value(dir, NLAB_LINK_JITTER));
	put_rate(nlh, dir);
	put_loss(nlh, dir);
	mnl_attr_put(nlh, TCA_NETEM_REORDER, sizeof(reorder), &reorder);
	mnl_attr_put(nlh, TCA_NETEM_CORRUPT, sizeof(corrupt), &corrupt);
}

int netem_set(struct nlab *rt, const char *dev, const struct nlab_link_dir *dir,
	      struct nlab_err *err)
{
	unsigned int index = rtnl_index(rt, dev, err);
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	struct tcmsg *tcm;
	int ret;

	if (!index)
		return -ENODEV;
	nlh = nlab_route_request(rt, RTM_NEWQDISC,
				 NLM_F_CREATE | NLM_F_REPLACE);
	tcm = mnl_nlmsg_put_extra_header(nlh, sizeof(*tcm));
	tcm->tcm_family = AF_UNSPEC;
	tcm->tcm_ifindex = (int)index;
	tcm->tcm_parent = TC_H_ROOT;
	mnl_attr_put_strz(nlh, TCA_KIND, "netem");
	/* A struct, and attributes behind it, all in one attribute. */
	nest = mnl_nlmsg_get_payload_tail(nlh);
	put_options(nlh, dir);
	nest->nla_len = (uint16_t)((char *)mnl_nlmsg_get_payload_tail(nlh) -
				   (char *)nest);
	ret = nlab_talk(rt, nlh, NULL, NULL, err);
	return ret > 0 ? 0 : ret;
}
