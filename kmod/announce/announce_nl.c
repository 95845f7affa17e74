// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink verbs of the announcement: get and set, of settings, of what the
 * administrator wants (drained) and of what the agent found (healthy, faults).
 */
#include <linux/ipv6.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "../netlink-gen.h"
#include "../netlink.h"
#include "../pure/addr.h"
#include "announce.h"

static int refuse(struct netlink_ext_ack *extack, const struct nlattr *attr,
		  const char *msg)
{
	extack->_msg = msg;
	NL_SET_BAD_ATTR(extack, attr);
	return -EINVAL;
}

/* --- to a message --- */

static int fill_prefix(struct sk_buff *skb, const struct announce_prefix *p)
{
	struct nlattr *nest = nla_nest_start(skb, NLAB_A_ANNOUNCE_PREFIX);
	int err;

	if (!nest)
		return -EMSGSIZE;
	if (p->is_v4)
		err = nla_put_be32(skb, NLAB_A_ANNOUNCE_PREFIX_ADDR4, p->v4);
	else
		err = nla_put_in6_addr(skb, NLAB_A_ANNOUNCE_PREFIX_ADDR6,
				       &p->v6);
	if (err || nla_put_u32(skb, NLAB_A_ANNOUNCE_PREFIX_LEN, p->len))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_conf(struct sk_buff *skb, const struct announce_conf *conf)
{
	int i;

	if (nla_put_string(skb, NLAB_A_ANNOUNCE_DEVICE, conf->device) ||
	    nla_put_u32(skb, NLAB_A_ANNOUNCE_FORM, conf->form) ||
	    nla_put_be32(skb, NLAB_A_ANNOUNCE_PROBE, conf->probe) ||
	    nla_put_u32(skb, NLAB_A_ANNOUNCE_INTERVAL, conf->interval) ||
	    nla_put_u32(skb, NLAB_A_ANNOUNCE_FALL, conf->fall) ||
	    nla_put_u32(skb, NLAB_A_ANNOUNCE_HOLD, conf->hold) ||
	    (memchr_inv(conf->digest, 0, sizeof(conf->digest)) &&
	     nla_put(skb, NLAB_A_ANNOUNCE_MAPS_DIGEST, sizeof(conf->digest),
		     conf->digest)))
		return -EMSGSIZE;
	for (i = 0; i < conf->uplinks; i++)
		if (nla_put_string(skb, NLAB_A_ANNOUNCE_UPLINK,
				   conf->uplink[i]))
			return -EMSGSIZE;
	for (i = 0; i < conf->prefixes; i++)
		if (fill_prefix(skb, &conf->prefix[i]))
			return -EMSGSIZE;
	return 0;
}

/* The one fill function of this object, for answers and events. */
static int announce_fill(struct sk_buff *skb, const struct announce_net *an)
{
	struct nlattr *nest = nla_nest_start(skb, NLAB_A_ANNOUNCE);

	if (!nest || fill_conf(skb, announce_conf(an)) ||
	    nla_put_u32(skb, NLAB_A_ANNOUNCE_DRAINED, an->drained) ||
	    nla_put_u32(skb, NLAB_A_ANNOUNCE_HEALTHY, an->healthy) ||
	    nla_put_u32(skb, NLAB_A_ANNOUNCE_FAULTS, an->faults) ||
	    nla_put_u32(skb, NLAB_A_ANNOUNCE_UP, an->up) ||
	    nla_put_u32(skb, NLAB_A_ANNOUNCE_REASONS, an->reasons) ||
	    (an->beaten &&
	     nla_put_u32(skb, NLAB_A_ANNOUNCE_AGENT_AGE,
			 min_t(u64, U32_MAX,
			       jiffies64_to_msecs(get_jiffies_64() -
						  an->beat)))))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

void announce_event(struct announce_net *an)
{
	struct sk_buff *skb;
	void *hdr;

	/* A translator that nobody announces has nothing to tell. */
	if (!an->conf)
		return;
	skb = nlab_nl_event_new(an->net, NLAB_CMD_ANNOUNCE_NTF, &hdr);
	if (skb)
		nlab_nl_event(an->net, skb, hdr, announce_fill(skb, an));
}

/* --- from a request --- */

static int parse_v4(const struct nlattr *attr, u32 len,
		    struct announce_prefix *p, struct netlink_ext_ack *extack)
{
	p->is_v4 = true;
	p->v4 = nla_get_be32(attr);
	if (len > 32)
		return refuse(extack, attr, "IPv4 prefix longer than 32");
	if (p->v4 & ~addr4_mask(len))
		return refuse(extack, attr,
			      "prefix has bits set behind its length");
	return 0;
}

static int parse_v6(const struct nlattr *attr, u32 len,
		    struct announce_prefix *p, struct netlink_ext_ack *extack)
{
	struct in6_addr masked;

	p->v6 = nla_get_in6_addr(attr);
	ipv6_addr_prefix(&masked, &p->v6, len);
	if (!ipv6_addr_equal(&masked, &p->v6))
		return refuse(extack, attr,
			      "prefix has bits set behind its length");
	return 0;
}

/* An empty one stands for no prefixes at all. */
static int parse_prefix(const struct nlattr *attr, struct announce_conf *conf,
			struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NLAB_A_ANNOUNCE_PREFIX_LEN + 1], *addr4, *addr6;
	struct announce_prefix p = {};
	u32 len;
	int err;

	err = nla_parse_nested(tb, NLAB_A_ANNOUNCE_PREFIX_LEN, attr,
			       nlab_announce_prefix_nl_policy, extack);
	if (err)
		return err;
	addr4 = tb[NLAB_A_ANNOUNCE_PREFIX_ADDR4];
	addr6 = tb[NLAB_A_ANNOUNCE_PREFIX_ADDR6];
	if (!addr4 && !addr6 && !tb[NLAB_A_ANNOUNCE_PREFIX_LEN])
		return 0;
	if (!addr4 == !addr6 || !tb[NLAB_A_ANNOUNCE_PREFIX_LEN])
		return refuse(extack, attr,
			      "prefix needs one address and a length");
	if (conf->prefixes == ANNOUNCE_PREFIXES)
		return refuse(extack, attr, "more than 64 prefixes");
	len = nla_get_u32(tb[NLAB_A_ANNOUNCE_PREFIX_LEN]);
	p.len = len;
	err = addr4 ? parse_v4(addr4, len, &p, extack) :
		      parse_v6(addr6, len, &p, extack);
	if (!err)
		conf->prefix[conf->prefixes++] = p;
	return err;
}

/* An empty name stands for no uplinks at all. */
static int parse_uplink(const struct nlattr *attr, struct announce_conf *conf,
			struct netlink_ext_ack *extack)
{
	char name[IFNAMSIZ];

	nla_strscpy(name, attr, sizeof(name));
	if (!*name)
		return 0;
	if (!dev_valid_name(name))
		return refuse(extack, attr, "not a device name");
	if (conf->uplinks == ANNOUNCE_UPLINKS)
		return refuse(extack, attr, "more than 8 uplinks");
	strscpy(conf->uplink[conf->uplinks++], name, IFNAMSIZ);
	return 0;
}

/* Lists are replaced as a whole. */
static int parse_lists(const struct nlattr *nest, struct nlattr **tb,
		       struct announce_conf *conf,
		       struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	int rem, err = 0;

	if (tb[NLAB_A_ANNOUNCE_PREFIX])
		conf->prefixes = 0;
	if (tb[NLAB_A_ANNOUNCE_UPLINK])
		conf->uplinks = 0;
	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) == NLAB_A_ANNOUNCE_PREFIX)
			err = parse_prefix(attr, conf, extack);
		else if (nla_type(attr) == NLAB_A_ANNOUNCE_UPLINK)
			err = parse_uplink(attr, conf, extack);
		if (err)
			return err;
	}
	return 0;
}

static int parse_conf(struct nlattr **tb, struct announce_conf *conf,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *attr = tb[NLAB_A_ANNOUNCE_DEVICE];

	if (attr) {
		nla_strscpy(conf->device, attr, IFNAMSIZ);
		if (!dev_valid_name(conf->device))
			return refuse(extack, attr, "not a device name");
	}
	attr = tb[NLAB_A_ANNOUNCE_PROBE];
	if (attr) {
		conf->probe = nla_get_be32(attr);
		if (conf->probe && (addr4_never_translated(conf->probe) ||
				    addr4_illegal_source(conf->probe)))
			return refuse(extack, attr,
				      "probe is no unicast address that may be translated");
	}
	if (tb[NLAB_A_ANNOUNCE_FORM])
		conf->form = nla_get_u32(tb[NLAB_A_ANNOUNCE_FORM]);
	if (tb[NLAB_A_ANNOUNCE_INTERVAL])
		conf->interval = nla_get_u32(tb[NLAB_A_ANNOUNCE_INTERVAL]);
	if (tb[NLAB_A_ANNOUNCE_FALL])
		conf->fall = nla_get_u32(tb[NLAB_A_ANNOUNCE_FALL]);
	if (tb[NLAB_A_ANNOUNCE_HOLD])
		conf->hold = nla_get_u32(tb[NLAB_A_ANNOUNCE_HOLD]);
	if (tb[NLAB_A_ANNOUNCE_MAPS_DIGEST])
		nla_memcpy(conf->digest, tb[NLAB_A_ANNOUNCE_MAPS_DIGEST],
			   sizeof(conf->digest));
	return 0;
}

static bool has_setting(struct nlattr **tb)
{
	int i;

	for (i = NLAB_A_ANNOUNCE_DEVICE; i <= NLAB_A_ANNOUNCE_MAPS_DIGEST; i++)
		if (tb[i])
			return true;
	return false;
}

static void set_verdict(struct announce_net *an, struct nlattr **tb)
{
	if (tb[NLAB_A_ANNOUNCE_DRAINED])
		an->drained = nla_get_u32(tb[NLAB_A_ANNOUNCE_DRAINED]);
	if (tb[NLAB_A_ANNOUNCE_FAULTS])
		an->faults = nla_get_u32(tb[NLAB_A_ANNOUNCE_FAULTS]);
	if (!tb[NLAB_A_ANNOUNCE_HEALTHY])
		return;
	an->healthy = nla_get_u32(tb[NLAB_A_ANNOUNCE_HEALTHY]);
	an->beat = get_jiffies_64();
	an->beaten = true;
}

static int announce_set(struct announce_net *an, const struct nlattr *nest,
			struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NLAB_A_ANNOUNCE_AGENT_AGE + 1];
	struct announce_conf *conf = NULL;
	bool drained = an->drained;
	int err, i;

	err = nla_parse_nested(tb, NLAB_A_ANNOUNCE_AGENT_AGE, nest,
			       nlab_announce_nl_policy, extack);
	if (err)
		return err;
	for (i = NLAB_A_ANNOUNCE_UP; i <= NLAB_A_ANNOUNCE_AGENT_AGE; i++)
		if (tb[i])
			return refuse(extack, tb[i], "attribute is read only");
	if (has_setting(tb) || !an->conf) {
		conf = kmemdup(announce_conf(an), sizeof(*conf),
			       GFP_KERNEL_ACCOUNT);
		if (!conf)
			return -ENOMEM;
		err = parse_conf(tb, conf, extack);
		if (!err)
			err = parse_lists(nest, tb, conf, extack);
		if (err) {
			kfree(conf);
			return err;
		}
		kfree(an->conf);
		an->conf = conf;
	}
	set_verdict(an, tb);
	if (has_setting(tb) || drained != an->drained)
		announce_event(an);
	announce_update(an);
	return 0;
}

int nlab_nl_announce_set_doit(struct sk_buff *msg, struct genl_info *info)
{
	int err;

	if (GENL_REQ_ATTR_CHECK(info, NLAB_A_ANNOUNCE))
		return -EINVAL;
	rtnl_lock();
	err = announce_set(announce_net(genl_info_net(info)),
			   info->attrs[NLAB_A_ANNOUNCE], info->extack);
	rtnl_unlock();
	return err;
}

static int check_packet(const struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	const u8 *packet = nla_data(attr);
	int len = nla_len(attr);

	if (len > IPV6_MIN_MTU)
		return refuse(extack, attr, "packet longer than 1280 bytes");
	if (!(packet[0] >> 4 == 4 || (packet[0] >> 4 == 6 &&
				      len >= (int)sizeof(struct ipv6hdr))))
		return refuse(extack, attr, "neither IPv4 nor IPv6");
	return 0;
}

/* The message alone is checked as a whole; a device may go meanwhile. */
int nlab_nl_announce_probe_doit(struct sk_buff *msg, struct genl_info *info)
{
	struct net *net = genl_info_net(info);
	const struct nlattr *attr;
	int err = 0, rem;

	if (GENL_REQ_ATTR_CHECK(info, NLAB_A_PACKET))
		return -EINVAL;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		err = check_packet(attr, info->extack);
		if (err)
			return err;
	}
	rtnl_lock();
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		err = announce_receive(net,
				       announce_conf(announce_net(net))->device,
				       nla_data(attr), nla_len(attr));
		if (err)
			break;
	}
	rtnl_unlock();
	if (err == -ENODEV)
		NL_SET_ERR_MSG(info->extack, "no anchor (announce device)");
	return err;
}

int nlab_nl_announce_get_doit(struct sk_buff *msg, struct genl_info *info)
{
	struct announce_net *an = announce_net(genl_info_net(info));
	struct sk_buff *skb;
	void *hdr;
	int err;

	skb = nlab_nl_reply_new(info, &hdr);
	if (!skb)
		return -ENOMEM;
	rtnl_lock();
	announce_update(an);
	err = announce_fill(skb, an);
	rtnl_unlock();
	return nlab_nl_reply(info, skb, hdr, err);
}
