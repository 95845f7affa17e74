// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters of links that are there, and what these do by themselves. All of a
 * request is found right before anything changes; under RTNL.
 */
#include <linux/netlink.h>

#include "../compat.h"
#include "../netlink-gen.h"
#include "link_nl.h"

/* Attributes of the directions from a device and back. */
static const u8 dir_attrs[] = { NLAB_A_LINK_DIR, NLAB_A_LINK_PEER_DIR };

/* How many of them there are: of a queueing discipline one. */
static int way_count(const struct net_device *dev)
{
	return link_is_link(dev) ? ARRAY_SIZE(dir_attrs) : 1;
}

static struct link_dir *way(struct net_device *dev, int i)
{
	return link_dir_of(i ? link_peer_of(dev) : dev);
}

/* A step of a schedule may change it at the same time. */
static void present_conf(struct link_dir *dir, struct link_conf *conf)
{
	spin_lock_bh(&dir->lock);
	*conf = dir->conf;
	spin_unlock_bh(&dir->lock);
}

static int check_dir(struct link_dir *dir, const struct nlattr *attr,
		     const s32 *table, struct link_conf *conf,
		     struct netlink_ext_ack *extack)
{
	bool restart;

	present_conf(dir, conf);
	if (table)
		conf->table = table;
	return link_conf_parse(attr, conf, &restart, extack);
}

/* What has been found right. */
static void commit_dir(struct link_dir *dir, const struct nlattr *attr,
		       struct netlink_ext_ack *extack)
{
	u8 patches[LINK_PATCH_MAX];
	struct link_conf conf;
	bool restart;
	u32 size;

	present_conf(dir, &conf);
	link_conf_parse(attr, &conf, &restart, extack);
	size = link_conf_patches(attr, &conf, patches);
	if (size)
		link_dir_patch(dir, patches, size, restart);
}

int link_set_dirs(struct net_device *dev, const struct nlattr *dir,
		  const struct nlattr *back, struct netlink_ext_ack *extack)
{
	const struct nlattr *attrs[] = { dir, back };
	struct link_conf conf;
	int i, err;

	for (i = 0; i < ARRAY_SIZE(attrs); i++) {
		err = check_dir(way(dev, i), attrs[i], NULL, &conf, extack);
		if (err)
			return err;
	}
	for (i = 0; i < ARRAY_SIZE(attrs); i++)
		commit_dir(way(dev, i), attrs[i], extack);
	return 0;
}

int link_check(struct net_device *dev, struct nlattr **tb,
	       struct link_plan *plan, const struct genl_info *info)
{
	struct link_conf conf;
	int i, err;

	for (i = 0; i < way_count(dev); i++) {
		err = plan ? link_table_parse(plan, i, info) : 0;
		if (!err)
			err = check_dir(way(dev, i), tb[dir_attrs[i]],
					plan ? plan->table[i] : NULL, &conf,
					info->extack);
		if (!err && plan)
			err = link_plan_parse(plan, i, &conf, info);
		if (err)
			return err;
	}
	return 0;
}

void link_commit(struct net_device *dev, struct nlattr **tb,
		 struct link_plan *plan, struct netlink_ext_ack *extack)
{
	int i;

	for (i = 0; i < way_count(dev); i++) {
		struct link_dir *dir = way(dev, i);

		if (plan && plan->table[i]) {
			link_table_set(dir, plan->table[i]);
			plan->table[i] = NULL;
		}
		commit_dir(dir, tb[dir_attrs[i]], extack);
		if (plan)
			link_plan_commit(plan, i, dir);
	}
	if (tb[NLAB_A_LINK_OWNER])
		nla_strscpy(link_first_of(dev)->owner, tb[NLAB_A_LINK_OWNER],
			    LINK_OWNER_SIZE);
}

/*
 * Who says the same for both directions means the only one that there is; of
 * what comes in another device (ifb) has the queueing discipline.
 */
static int check_sched(struct net_device *dev, struct nlattr **tb,
		       struct link_plan *plan, const struct genl_info *info)
{
	const struct nlattr *out = tb[NLAB_A_LINK_DIR];
	const struct nlattr *in = tb[NLAB_A_LINK_PEER_DIR];
	int err;

	if (tb[NLAB_A_LINK_OWNER])
		return refuse(info->extack, tb[NLAB_A_LINK_OWNER],
			      "a queueing discipline has no owner", -EINVAL);
	if (in && (!out || nla_len(in) != nla_len(out) ||
		   memcmp(nla_data(in), nla_data(out), nla_len(in))))
		return refuse(info->extack, in,
			      "a queueing discipline has one direction, out",
			      -EINVAL);
	err = link_plan_check_out(info);
	if (!err)
		err = link_check(dev, tb, plan, info);
	if (!err && plan && link_plan_switches_carrier(plan))
		err = refuse(info->extack, NULL,
			     "a queueing discipline has no carrier to switch",
			     -EINVAL);
	return err;
}

static int check_link(struct sk_buff *msg, struct net_device *dev,
		      const struct nlattr *attr, struct nlattr **tb,
		      struct link_plan *plan, const struct genl_info *info)
{
	if ((tb[NLAB_A_LINK_PEER_DIR] || tb[NLAB_A_LINK_OWNER] || plan) &&
	    !netlink_ns_capable(msg, dev_net(link_peer_of(dev))->user_ns,
				CAP_NET_ADMIN))
		return refuse(info->extack, attr,
			      "this needs CAP_NET_ADMIN in the peer's namespace too",
			      -EPERM);
	return link_check(dev, tb, plan, info);
}

/* @plan: schedules, made in the first pass and used in the second, or NULL */
static int set_one(struct sk_buff *msg, struct genl_info *info,
		   const struct nlattr *attr, struct link_plan *plan,
		   bool commit)
{
	struct nlattr *tb[NLAB_A_LINK_PEER_NETNS + 1];
	struct net *net = genl_info_net(info);
	struct net_device *dev;
	int err;

	err = link_parse(attr, tb, info->extack);
	if (err)
		return err;
	dev = link_find(net, tb[NLAB_A_LINK_NAME], info->extack);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	if (!commit)
		return link_is_link(dev) ?
		       check_link(msg, dev, attr, tb, plan, info) :
		       check_sched(dev, tb, plan, info);
	link_commit(dev, tb, plan, info->extack);
	link_event(net, dev);
	return 0;
}

int nlab_nl_link_set_doit(struct sk_buff *msg, struct genl_info *info)
{
	int asked = link_plan_asked(info), pass, rem, err = 0;
	struct link_plan plan = {};
	const struct nlattr *attr;

	if (asked < 0)
		return asked;
	if (GENL_REQ_ATTR_CHECK(info, NLAB_A_LINK))
		return -EINVAL;
	rtnl_lock();
	for (pass = 0; pass < 2 && !err; pass++) {
		nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
			if (nla_type(attr) != NLAB_A_LINK)
				continue;
			err = set_one(msg, info, attr, asked ? &plan : NULL,
				      pass);
			if (err)
				break;
		}
	}
	rtnl_unlock();
	link_plan_free(&plan);
	return err;
}
