// SPDX-License-Identifier: GPL-2.0
/* Maps in netlink messages, and the verbs that read them. */
#include <linux/netlink.h>
#include <net/ipv6.h>

#include "../netlink-gen.h"
#include "../netlink.h"
#include "../pure/addr.h"
#include "xlat_nl.h"
#include "xlat_path.h"

int xlat_nl_refuse(struct netlink_ext_ack *extack, const struct nlattr *attr,
		   const char *msg, int err)
{
	extack->_msg = msg;
	NL_SET_BAD_ATTR(extack, attr);
	return err;
}

/* --- from a request --- */

static bool is_special4(__be32 addr, u32 len)
{
	return (len >= 8 && addr4_never_translated(addr)) ||
	       (len >= 4 && ntohl(addr) >> 28 == 14);
}

static bool is_special6(const struct in6_addr *addr, u32 len)
{
	return (len == 128 && addr6_never_translated(addr)) ||
	       (len >= 8 && ipv6_addr_is_multicast(addr)) ||
	       (len >= 10 && (addr->s6_addr32[0] & htonl(0xffc00000)) ==
			     htonl(0xfe800000));
}

static int parse_prefix6(struct nlattr **tb, int addr, int len,
			 struct in6_addr *prefix, u8 *prefix_len,
			 struct netlink_ext_ack *extack)
{
	struct in6_addr masked;

	*prefix = nla_get_in6_addr(tb[addr]);
	*prefix_len = tb[len] ? nla_get_u32(tb[len]) : 128;
	masked = *prefix;
	addr6_mask(&masked, *prefix_len);
	if (!ipv6_addr_equal(&masked, prefix))
		return xlat_nl_refuse(extack, tb[addr],
			      "bits set behind the prefix length", -EINVAL);
	if (is_special6(prefix, *prefix_len))
		return xlat_nl_refuse(extack, tb[addr],
			      "address is never translated (loopback, link-local, multicast)",
			      -EINVAL);
	return 0;
}

static int parse_outside4(struct nlattr **tb, struct xlat_map *map,
			  struct netlink_ext_ack *extack)
{
	struct nlattr *addr = tb[NLAB_A_MAP_OUTSIDE4];
	struct nlattr *len = tb[NLAB_A_MAP_OUTSIDE_LEN];

	map->outside4 = nla_get_be32(addr);
	map->outside_len = len ? nla_get_u32(len) : 32;
	if (map->outside_len > 32)
		return xlat_nl_refuse(extack, len, "IPv4 prefix length above 32",
			      -ERANGE);
	if (map->outside4 & ~addr4_mask(map->outside_len))
		return xlat_nl_refuse(extack, addr,
			      "bits set behind the prefix length", -EINVAL);
	if (is_special4(map->outside4, map->outside_len))
		return xlat_nl_refuse(extack, addr,
			      "address is never translated (loopback, link-local, multicast)",
			      -EINVAL);
	if (32 - map->outside_len > 128 - map->inside_len)
		return xlat_nl_refuse(extack, tb[NLAB_A_MAP_INSIDE_LEN],
			      "IPv6 prefix leaves fewer bits than the IPv4 prefix (RFC 7757)",
			      -EINVAL);
	return 0;
}

static int parse_outside6(struct nlattr **tb, struct xlat_map *map,
			  struct netlink_ext_ack *extack)
{
	int err = parse_prefix6(tb, NLAB_A_MAP_OUTSIDE6,
				NLAB_A_MAP_OUTSIDE_LEN, &map->outside6,
				&map->outside_len, extack);

	if (err)
		return err;
	map->nat66 = true;
	if (map->outside_len != map->inside_len)
		return xlat_nl_refuse(extack, tb[NLAB_A_MAP_OUTSIDE6],
			      "both prefixes of an IPv6 pair need the same length",
			      -EINVAL);
	if (map->outside_len > 64 && map->outside_len < 128)
		return xlat_nl_refuse(extack, tb[NLAB_A_MAP_OUTSIDE_LEN],
			      "prefix length of an IPv6 pair must be 0 to 64, or 128 (RFC 6296)",
			      -ERANGE);
	if (ipv6_addr_equal(&map->outside6, &map->inside))
		return xlat_nl_refuse(extack, tb[NLAB_A_MAP_INSIDE],
			      "both prefixes are the same", -EINVAL);
	return 0;
}

int xlat_map_parse(const struct nlattr *attr, struct xlat_map *map,
		   struct netlink_ext_ack *extack)
{
	struct nlattr *tb[ARRAY_SIZE(nlab_map_nl_policy)];
	int err, i;

	memset(map, 0, sizeof(*map));
	err = nla_parse_nested(tb, ARRAY_SIZE(tb) - 1, attr,
			       nlab_map_nl_policy, extack);
	if (err)
		return err;
	for (i = NLAB_A_MAP_OVERLAP + 1; i < ARRAY_SIZE(tb); i++)
		if (tb[i])
			return xlat_nl_refuse(extack, tb[i], "attribute is read only",
				      -EINVAL);
	if (!tb[NLAB_A_MAP_INSIDE])
		return xlat_nl_refuse(extack, attr, "map without inside address",
			      -EINVAL);
	if (!tb[NLAB_A_MAP_OUTSIDE4] == !tb[NLAB_A_MAP_OUTSIDE6])
		return xlat_nl_refuse(extack, attr,
			      "map needs either outside4 or outside6",
			      -EINVAL);
	err = parse_prefix6(tb, NLAB_A_MAP_INSIDE, NLAB_A_MAP_INSIDE_LEN,
			    &map->inside, &map->inside_len, extack);
	if (err)
		return err;
	map->overlap = nla_get_flag(tb[NLAB_A_MAP_OVERLAP]);
	return tb[NLAB_A_MAP_OUTSIDE4] ? parse_outside4(tb, map, extack) :
					 parse_outside6(tb, map, extack);
}

/* --- to a message --- */

static int fill_keys(struct sk_buff *skb, const struct xlat_map *map)
{
	if (map->nat66 ?
	    nla_put_in6_addr(skb, NLAB_A_MAP_OUTSIDE6, &map->outside6) ||
	    nla_put_u32(skb, NLAB_A_MAP_OUTSIDE_LEN, map->outside_len) :
	    nla_put_be32(skb, NLAB_A_MAP_OUTSIDE4, map->outside4) ||
	    nla_put_u32(skb, NLAB_A_MAP_OUTSIDE_LEN, map->outside_len))
		return -EMSGSIZE;
	if (nla_put_in6_addr(skb, NLAB_A_MAP_INSIDE, &map->inside) ||
	    nla_put_u32(skb, NLAB_A_MAP_INSIDE_LEN, map->inside_len) ||
	    (map->overlap && nla_put_flag(skb, NLAB_A_MAP_OVERLAP)))
		return -EMSGSIZE;
	return 0;
}

static int fill_counts(struct sk_buff *skb, const struct xlat_map *map)
{
	struct xlat_count_sum sum;

	xlat_count_sum(map, &sum);
	if (nla_put_u64_64bit(skb, NLAB_A_MAP_IN_PACKETS,
			      sum.packets[XLAT_IN], NLAB_A_MAP_PAD) ||
	    nla_put_u64_64bit(skb, NLAB_A_MAP_IN_BYTES, sum.bytes[XLAT_IN],
			      NLAB_A_MAP_PAD) ||
	    nla_put_u64_64bit(skb, NLAB_A_MAP_OUT_PACKETS,
			      sum.packets[XLAT_OUT], NLAB_A_MAP_PAD) ||
	    nla_put_u64_64bit(skb, NLAB_A_MAP_OUT_BYTES, sum.bytes[XLAT_OUT],
			      NLAB_A_MAP_PAD))
		return -EMSGSIZE;
	if (sum.last_used != U64_MAX &&
	    nla_put_u64_64bit(skb, NLAB_A_MAP_LAST_USED, sum.last_used,
			      NLAB_A_MAP_PAD))
		return -EMSGSIZE;
	return 0;
}

int xlat_map_fill(struct sk_buff *skb, const struct xlat_map *map)
{
	struct nlattr *nest = nla_nest_start(skb, NLAB_A_MAP);

	if (!nest || fill_keys(skb, map) || fill_counts(skb, map))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* --- get --- */

struct xlat_map *xlat_map_find(struct xlat_table *table,
			       struct genl_info *info, bool exact)
{
	static const u8 lpms[] = { XLAT_OUT6, XLAT_IN4, XLAT_IN6 };
	struct nlattr *len = info->attrs[NLAB_A_ADDR_LEN];
	struct xlat_map *map;
	struct in6_addr addr;
	int i;

	exact = exact || len;
	if (info->attrs[NLAB_A_ADDR4]) {
		__be32 addr4 = nla_get_be32(info->attrs[NLAB_A_ADDR4]);

		return exact ? xlat_table_find4(table, addr4,
						len ? nla_get_u32(len) : 32) :
			       xlat_match4(table, addr4);
	}
	addr = nla_get_in6_addr(info->attrs[NLAB_A_ADDR6]);
	for (i = 0; i < ARRAY_SIZE(lpms); i++) {
		map = exact ? xlat_table_find6(table, lpms[i], &addr,
					       len ? nla_get_u32(len) : 128) :
			      xlat_match6(table, lpms[i], &addr);
		if (map)
			return map;
	}
	return NULL;
}

static int check_addr(struct genl_info *info)
{
	if (!info->attrs[NLAB_A_ADDR4] == !info->attrs[NLAB_A_ADDR6]) {
		NL_SET_ERR_MSG(info->extack, "either addr4 or addr6 is needed");
		return -EINVAL;
	}
	return 0;
}

int xlat_map_check_name(struct genl_info *info)
{
	struct nlattr *addr4 = info->attrs[NLAB_A_ADDR4];
	struct nlattr *len = info->attrs[NLAB_A_ADDR_LEN];
	int err = check_addr(info);

	if (err)
		return err;
	if (addr4 && len && nla_get_u32(len) > 32)
		return xlat_nl_refuse(info->extack, len,
			      "IPv4 prefix length above 32", -ERANGE);
	return 0;
}

int nlab_nl_map_get_doit(struct sk_buff *msg, struct genl_info *info)
{
	struct xlat_net *xn = xlat_net(genl_info_net(info));
	struct xlat_map *map;
	struct sk_buff *skb;
	void *hdr;
	int err = xlat_map_check_name(info);

	if (err)
		return err;
	skb = nlab_nl_reply_new(info, &hdr);
	if (!skb)
		return -ENOMEM;
	rcu_read_lock();
	map = xlat_map_find(rcu_dereference(xn->view)->table, info, false);
	err = map ? xlat_map_fill(skb, map) : -ENOENT;
	rcu_read_unlock();
	if (err == -ENOENT)
		NL_SET_ERR_MSG(info->extack, "no such map");
	return nlab_nl_reply(info, skb, hdr, err);
}

/**
 * struct map_dump - a dump between two messages
 * @table: the table as it was at the beginning
 * @lpm: XLAT_OUT4, then XLAT_OUT6, then XLAT_LPMS at the end
 * @cursor: place in it, of the map that did not fit the last message
 */
struct map_dump {
	struct xlat_table *table;
	unsigned int lpm;
	struct xlat_cursor cursor;
};

int nlab_nl_map_get_start(struct netlink_callback *cb)
{
	struct xlat_net *xn = xlat_net(sock_net(cb->skb->sk));
	struct map_dump *d = kzalloc(sizeof(*d), GFP_KERNEL_ACCOUNT);

	if (!d)
		return -ENOMEM;
	mutex_lock(&xn->lock);
	d->table = xlat_table_get(xlat_view_locked(xn)->table);
	mutex_unlock(&xn->lock);
	d->lpm = XLAT_OUT4;
	cb->args[0] = (long)d;
	return 0;
}

int nlab_nl_map_get_done(struct netlink_callback *cb)
{
	struct map_dump *d = (struct map_dump *)cb->args[0];

	if (!d)
		return 0;
	xlat_table_put(d->table);
	kfree(d);
	return 0;
}

static int dump_one(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct xlat_map *map)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &nlab_nl_family,
				NLM_F_MULTI, NLAB_CMD_MAP_GET);

	if (!hdr)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, hdr);
	if (xlat_map_fill(skb, map)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* Changes under way show in the next message; zero would mean nothing. */
static void set_seq(struct netlink_callback *cb, const struct map_dump *d,
		    u64 generation)
{
	cb->seq = (unsigned int)(generation + d->cursor.rewinds) | BIT(31);
}

/* Fills one message from the present lpm; -EMSGSIZE if it is full. */
static int dump_lpm(struct sk_buff *skb, struct netlink_callback *cb,
		    struct map_dump *d, u64 generation)
{
	struct xlat_map *map;
	int err = 0;

	rcu_read_lock();
	while ((map = xlat_lpm_next(&d->table->lpm[d->lpm], &d->cursor))) {
		set_seq(cb, d, generation);
		err = dump_one(skb, cb, map);
		if (err)
			break;
		d->cursor.at++;
	}
	rcu_read_unlock();
	return err;
}

int nlab_nl_map_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct xlat_net *xn = xlat_net(sock_net(cb->skb->sk));
	struct map_dump *d = (struct map_dump *)cb->args[0];

	while (d->lpm != XLAT_LPMS) {
		if (dump_lpm(skb, cb, d, READ_ONCE(xn->generation)))
			return skb->len;
		d->lpm = d->lpm == XLAT_OUT4 ? XLAT_OUT6 : XLAT_LPMS;
		d->cursor.id = 0;
	}
	/* for the last message of all, which has no maps */
	set_seq(cb, d, READ_ONCE(xn->generation));
	return skb->len;
}

int nlab_nl_map_test_doit(struct sk_buff *msg, struct genl_info *info)
{
	struct xlat_net *xn = xlat_net(genl_info_net(info));
	struct in6_addr addr6 = {}, out6 = {};
	enum nlab_xlat_via via;
	struct xlat_map *map;
	struct sk_buff *skb;
	__be32 out4 = 0;
	void *hdr;
	/* no addr-len here: the attributes of this command end before it */
	int err = check_addr(info);

	if (err)
		return err;
	skb = nlab_nl_reply_new(info, &hdr);
	if (!skb)
		return -ENOMEM;
	rcu_read_lock();
	if (info->attrs[NLAB_A_ADDR4]) {
		via = xlat_test4(xn, nla_get_be32(info->attrs[NLAB_A_ADDR4]),
				 &out6, &map);
	} else {
		addr6 = nla_get_in6_addr(info->attrs[NLAB_A_ADDR6]);
		via = xlat_test6(xn, &addr6, &out4, &out6, &map);
	}
	err = nla_put_u32(skb, NLAB_A_VIA, via);
	if (!err && (via == NLAB_XLAT_VIA_MAP || via == NLAB_XLAT_VIA_PREFIX))
		err = out4 ? nla_put_be32(skb, NLAB_A_RESULT4, out4) :
			     nla_put_in6_addr(skb, NLAB_A_RESULT6, &out6);
	if (!err && map)
		err = xlat_map_fill(skb, map);
	rcu_read_unlock();
	return nlab_nl_reply(info, skb, hdr, err);
}
