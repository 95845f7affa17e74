// SPDX-License-Identifier: GPL-2.0
/* Netlink verbs of the translator's settings and counters. */
#include <linux/netlink.h>
#include <net/ipv6.h>

#include "../netlink-gen.h"
#include "../netlink.h"
#include "../pure/addr.h"
#include "xlat_nl.h"

static int parse_prefix(struct nlattr **tb, struct xlat_conf *conf,
			struct netlink_ext_ack *extack)
{
	struct nlattr *addr = tb[NLAB_A_XLAT_PREFIX_ADDR];
	struct nlattr *len = tb[NLAB_A_XLAT_PREFIX_LEN];
	const char *msg;

	if (!addr && !len)
		return 0;
	if (!len) {
		NL_SET_ERR_MSG_ATTR(extack, addr,
				    "prefix address without length");
		return -EINVAL;
	}
	if (!nla_get_u32(len)) {
		memset(&conf->prefix, 0, sizeof(conf->prefix));
		conf->prefix_len = 0;
		conf->wkp = false;
		return 0;
	}
	if (!addr) {
		NL_SET_ERR_MSG_ATTR(extack, len,
				    "prefix length without address");
		return -EINVAL;
	}
	conf->prefix = nla_get_in6_addr(addr);
	conf->prefix_len = nla_get_u32(len);
	conf->wkp = rfc6052_is_wkp(&conf->prefix, conf->prefix_len);
	switch (rfc6052_check(&conf->prefix, conf->prefix_len)) {
	case RFC6052_OK:
		return 0;
	case RFC6052_BAD_LENGTH:
		NL_SET_ERR_MSG_ATTR(extack, len,
				    "prefix length must be 32, 40, 48, 56, 64 or 96 (RFC 6052)");
		return -EINVAL;
	case RFC6052_HOST_BITS:
		msg = "prefix has bits set behind its length";
		break;
	case RFC6052_U_OCTET:
		msg = "bits 64 to 71 of the prefix must be zero (RFC 6052)";
		break;
	default:
		msg = "prefix is link-local, multicast or in ::/16";
		break;
	}
	extack->_msg = msg;
	NL_SET_BAD_ATTR(extack, addr);
	return -EINVAL;
}

static int parse_pool4(struct nlattr **tb, struct xlat_conf *conf,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *addr = tb[NLAB_A_XLAT_ERROR_POOL4_ADDR];
	struct nlattr *len = tb[NLAB_A_XLAT_ERROR_POOL4_LEN];

	if (!addr && !len)
		return 0;
	if (len && !nla_get_u32(len)) {
		conf->pool4 = 0;
		conf->pool4_len = 0;
		return 0;
	}
	if (!addr || !len) {
		NL_SET_ERR_MSG_ATTR(extack, addr ? addr : len,
				    "error-pool4 needs an address and a length");
		return -EINVAL;
	}
	conf->pool4 = nla_get_be32(addr);
	conf->pool4_len = nla_get_u32(len);
	if (conf->pool4 & ~addr4_mask(conf->pool4_len)) {
		NL_SET_ERR_MSG_ATTR(extack, addr,
				    "error-pool4 has bits set behind its length");
		return -EINVAL;
	}
	if (addr4_never_translated(conf->pool4)) {
		NL_SET_ERR_MSG_ATTR(extack, addr,
				    "error-pool4 is no range of unicast addresses");
		return -EINVAL;
	}
	return 0;
}

static int parse_pool6(struct nlattr **tb, struct xlat_conf *conf,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *attr = tb[NLAB_A_XLAT_ERROR_POOL6];

	if (!attr)
		return 0;
	conf->pool6 = nla_get_in6_addr(attr);
	if (!ipv6_addr_any(&conf->pool6) &&
	    addr6_never_translated(&conf->pool6)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "error-pool6 is no global unicast address");
		return -EINVAL;
	}
	return 0;
}

static void parse_u8(struct nlattr *attr, u8 *out)
{
	if (attr)
		*out = nla_get_u32(attr);
}

static void parse_bool(struct nlattr *attr, bool *out)
{
	if (attr)
		*out = nla_get_u32(attr);
}

static void parse_plain(struct nlattr **tb, struct xlat_conf *conf)
{
	parse_u8(tb[NLAB_A_XLAT_MODE], &conf->mode);
	parse_u8(tb[NLAB_A_XLAT_UDP_ZERO_CHECKSUM], &conf->udp_zero);
	parse_u8(tb[NLAB_A_XLAT_HAIRPIN], &conf->hairpin);
	parse_u8(tb[NLAB_A_XLAT_ERROR_POOL4_SELECT], &conf->pool4_select);
	parse_bool(tb[NLAB_A_XLAT_LOCAL], &conf->local);
	parse_bool(tb[NLAB_A_XLAT_ICMP_ERRORS], &conf->icmp_errors);
	parse_bool(tb[NLAB_A_XLAT_WKP_STRICT], &conf->wkp_strict);
	parse_bool(tb[NLAB_A_XLAT_PREFER_NATIVE], &conf->prefer_native);
	parse_bool(tb[NLAB_A_XLAT_ERROR_SOURCE], &conf->error_source);
	if (tb[NLAB_A_XLAT_TOS])
		conf->tos = nla_get_u32(tb[NLAB_A_XLAT_TOS]);
	if (tb[NLAB_A_XLAT_LOWEST_IPV6_MTU])
		conf->lowest_ipv6_mtu =
			nla_get_u32(tb[NLAB_A_XLAT_LOWEST_IPV6_MTU]);
	if (tb[NLAB_A_XLAT_PRIORITY])
		conf->priority = nla_get_s32(tb[NLAB_A_XLAT_PRIORITY]);
}

int xlat_conf_parse(const struct nlattr *attr, struct xlat_conf *conf,
		    struct netlink_ext_ack *extack)
{
	static const u8 read_only[] = {
		NLAB_A_XLAT_MAPS, NLAB_A_XLAT_GENERATION,
		NLAB_A_XLAT_MAPS_VERSION, NLAB_A_XLAT_MAPS_DIGEST,
	};
	struct nlattr *tb[ARRAY_SIZE(nlab_xlat_nl_policy)];
	int err, i;

	err = nla_parse_nested(tb, ARRAY_SIZE(tb) - 1, attr,
			       nlab_xlat_nl_policy, extack);
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(read_only); i++) {
		if (!tb[read_only[i]])
			continue;
		NL_SET_ERR_MSG_ATTR(extack, tb[read_only[i]],
				    "attribute is read only");
		return -EINVAL;
	}
	err = parse_prefix(tb, conf, extack);
	if (!err)
		err = parse_pool4(tb, conf, extack);
	if (!err)
		err = parse_pool6(tb, conf, extack);
	if (err)
		return err;
	parse_plain(tb, conf);
	return 0;
}

static int fill_addresses(struct sk_buff *skb, const struct xlat_conf *conf)
{
	if (conf->prefix_len &&
	    (nla_put_in6_addr(skb, NLAB_A_XLAT_PREFIX_ADDR, &conf->prefix) ||
	     nla_put_u32(skb, NLAB_A_XLAT_PREFIX_LEN, conf->prefix_len)))
		return -EMSGSIZE;
	if (conf->pool4_len &&
	    (nla_put_be32(skb, NLAB_A_XLAT_ERROR_POOL4_ADDR, conf->pool4) ||
	     nla_put_u32(skb, NLAB_A_XLAT_ERROR_POOL4_LEN, conf->pool4_len)))
		return -EMSGSIZE;
	if (!ipv6_addr_any(&conf->pool6) &&
	    nla_put_in6_addr(skb, NLAB_A_XLAT_ERROR_POOL6, &conf->pool6))
		return -EMSGSIZE;
	return 0;
}

static int fill_plain(struct sk_buff *skb, const struct xlat_conf *conf)
{
	if (nla_put_u32(skb, NLAB_A_XLAT_MODE, conf->mode) ||
	    nla_put_u32(skb, NLAB_A_XLAT_LOWEST_IPV6_MTU,
			conf->lowest_ipv6_mtu) ||
	    nla_put_u32(skb, NLAB_A_XLAT_UDP_ZERO_CHECKSUM, conf->udp_zero) ||
	    nla_put_u32(skb, NLAB_A_XLAT_ERROR_POOL4_SELECT,
			conf->pool4_select) ||
	    nla_put_u32(skb, NLAB_A_XLAT_HAIRPIN, conf->hairpin) ||
	    nla_put_u32(skb, NLAB_A_XLAT_TOS, conf->tos) ||
	    nla_put_s32(skb, NLAB_A_XLAT_PRIORITY, conf->priority) ||
	    nla_put_u32(skb, NLAB_A_XLAT_LOCAL, conf->local) ||
	    nla_put_u32(skb, NLAB_A_XLAT_ICMP_ERRORS, conf->icmp_errors) ||
	    nla_put_u32(skb, NLAB_A_XLAT_WKP_STRICT, conf->wkp_strict) ||
	    nla_put_u32(skb, NLAB_A_XLAT_PREFER_NATIVE,
			conf->prefer_native) ||
	    nla_put_u32(skb, NLAB_A_XLAT_ERROR_SOURCE, conf->error_source))
		return -EMSGSIZE;
	return 0;
}

/* The one fill function of this object, for answers and events. */
static int conf_fill(struct sk_buff *skb, struct xlat_net *xn)
{
	const struct xlat_view *view = xlat_view_locked(xn);
	struct nlattr *nest = nla_nest_start(skb, NLAB_A_XLAT);
	u8 digest[MAP_DIGEST_BYTES];

	map_digest_bytes(digest, &view->table->digest);
	if (!nest || fill_addresses(skb, &view->conf) ||
	    fill_plain(skb, &view->conf) ||
	    nla_put_u32(skb, NLAB_A_XLAT_MAPS, view->table->maps) ||
	    nla_put_u64_64bit(skb, NLAB_A_XLAT_GENERATION, xn->generation,
			      NLAB_A_XLAT_PAD) ||
	    nla_put_u64_64bit(skb, NLAB_A_XLAT_MAPS_VERSION,
			      view->table->version, NLAB_A_XLAT_PAD) ||
	    nla_put(skb, NLAB_A_XLAT_MAPS_DIGEST, sizeof(digest), digest))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

void xlat_conf_event(struct xlat_net *xn)
{
	void *hdr;
	struct sk_buff *skb = nlab_nl_event_new(xn->net, NLAB_CMD_XLAT_NTF,
						&hdr);

	if (skb)
		nlab_nl_event(xn->net, skb, hdr, conf_fill(skb, xn));
}

int nlab_nl_xlat_get_doit(struct sk_buff *msg, struct genl_info *info)
{
	struct xlat_net *xn = xlat_net(genl_info_net(info));
	struct sk_buff *skb;
	void *hdr;
	int err;

	skb = nlab_nl_reply_new(info, &hdr);
	if (!skb)
		return -ENOMEM;
	mutex_lock(&xn->lock);
	err = conf_fill(skb, xn);
	mutex_unlock(&xn->lock);
	return nlab_nl_reply(info, skb, hdr, err);
}

int nlab_nl_xlat_set_doit(struct sk_buff *msg, struct genl_info *info)
{
	struct xlat_net *xn = xlat_net(genl_info_net(info));
	struct xlat_view *view;
	struct xlat_conf conf;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, NLAB_A_XLAT))
		return -EINVAL;
	mutex_lock(&xn->lock);
	view = xlat_view_locked(xn);
	conf = view->conf;
	err = xlat_conf_parse(info->attrs[NLAB_A_XLAT], &conf, info->extack);
	if (!err) {
		err = xlat_view_replace(xn, &conf, view->table);
		if (err)
			NL_SET_ERR_MSG(info->extack,
				       "can't register the hooks");
	}
	if (!err)
		xlat_conf_event(xn);
	mutex_unlock(&xn->lock);
	return err;
}

int nlab_nl_stats_get_doit(struct sk_buff *msg, struct genl_info *info)
{
	struct xlat_net *xn = xlat_net(genl_info_net(info));
	struct nlattr *nest;
	struct sk_buff *skb;
	int attr, err = 0;
	void *hdr;

	skb = nlab_nl_reply_new(info, &hdr);
	if (!skb)
		return -ENOMEM;
	nest = nla_nest_start(skb, NLAB_A_STATS);
	if (!nest)
		err = -EMSGSIZE;
	for (attr = NLAB_A_STATS_PAD + 1; !err && attr <= NLAB_A_STATS_MAX;
	     attr++)
		err = nla_put_u64_64bit(skb, attr,
					nlab_stats_sum(xn->stats, attr),
					NLAB_A_STATS_PAD);
	if (!err)
		nla_nest_end(skb, nest);
	return nlab_nl_reply(info, skb, hdr, err);
}
