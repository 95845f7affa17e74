// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink verbs that change maps. Each request is all or nothing: what it has
 * added is taken back when a later part of it is refused.
 */
#include <linux/netlink.h>

#include "../netlink-gen.h"
#include "../netlink.h"
#include "xlat_nl.h"

static int add_error(struct netlink_ext_ack *extack,
		     const struct nlattr *attr, int err)
{
	switch (err) {
	case -EEXIST:
		return xlat_nl_refuse(extack, attr,
			      "outside prefix is already in a map", -EEXIST);
	case -EADDRINUSE:
		return xlat_nl_refuse(extack, attr,
			      "inside prefix is already in a map", -EEXIST);
	case -ENOTUNIQ:
		return xlat_nl_refuse(extack, attr,
			      "map overlaps another one; allow it with overlap",
			      -EEXIST);
	default:
		return xlat_nl_refuse(extack, attr, "out of memory for the map", err);
	}
}

/* --- events --- */

/* Which table there is after a change. */
static int fill_identity(struct sk_buff *skb, struct xlat_net *xn)
{
	const struct xlat_table *table = xlat_view_locked(xn)->table;
	u8 digest[MAP_DIGEST_BYTES];

	map_digest_bytes(digest, &table->digest);
	return nla_put_u64_64bit(skb, NLAB_A_MAPS_VERSION, table->version,
				 NLAB_A_PAD) ||
	       nla_put(skb, NLAB_A_MAPS_DIGEST, sizeof(digest), digest) ?
	       -EMSGSIZE : 0;
}

static void map_event(struct xlat_net *xn, u8 cmd, const struct xlat_map *map)
{
	struct sk_buff *skb;
	void *hdr;
	int err;

	skb = nlab_nl_event_new(xn->net, cmd, &hdr);
	if (!skb)
		return;
	err = xlat_map_fill(skb, map);
	if (!err)
		err = fill_identity(skb, xn);
	nlab_nl_event(xn->net, skb, hdr, err);
}

static int fill_result(struct sk_buff *skb, struct xlat_net *xn,
		       const struct xlat_load_result *r)
{
	if (nla_put_u32(skb, NLAB_A_ADDED, r->added) ||
	    nla_put_u32(skb, NLAB_A_REMOVED, r->removed) ||
	    nla_put_u32(skb, NLAB_A_KEPT, r->kept))
		return -EMSGSIZE;
	return fill_identity(skb, xn);
}

static void result_event(struct xlat_net *xn,
			 const struct xlat_load_result *r)
{
	void *hdr;
	struct sk_buff *skb = nlab_nl_event_new(xn->net, NLAB_CMD_MAPS_NTF,
						&hdr);

	if (skb)
		nlab_nl_event(xn->net, skb, hdr, fill_result(skb, xn, r));
}

/* --- add --- */

/* Adds one map to the table that packets see. Return: it, or an error. */
static struct xlat_map *add_map(struct xlat_net *xn, struct xlat_table *table,
				const struct nlattr *attr,
				struct netlink_ext_ack *extack)
{
	struct xlat_map tmpl, *map;
	int err;

	err = xlat_map_parse(attr, &tmpl, extack);
	if (err)
		return ERR_PTR(err);
	map = xlat_map_alloc(&tmpl);
	if (!map)
		return ERR_PTR(add_error(extack, attr, -ENOMEM));
	err = xlat_count_alloc(&xn->counters, map);
	if (!err && xlat_table_overlap(table, map))
		err = -ENOTUNIQ;
	if (!err)
		err = xlat_table_add(table, map);
	if (err) {
		/* Readers may have found it while only one side was added. */
		xlat_map_free_rcu(map);
		return ERR_PTR(add_error(extack, attr, err));
	}
	return map;
}

static void remove_map(struct xlat_table *table, struct xlat_map *map)
{
	xlat_table_del(table, map);
	xlat_map_free_rcu(map);
}

/* Adds the maps of a request; @list becomes the list of them. */
static int add_maps(struct xlat_net *xn, struct genl_info *info,
		    struct xlat_map **list)
{
	struct xlat_table *table = xlat_view_locked(xn)->table;
	struct xlat_map *map;
	struct nlattr *attr;
	int rem, err = 0;

	*list = NULL;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != NLAB_A_MAP)
			continue;
		map = add_map(xn, table, attr, info->extack);
		if (IS_ERR(map)) {
			err = PTR_ERR(map);
			break;
		}
		map->next = *list;
		*list = map;
	}
	if (!err) {
		err = xlat_maps_changed(xn);
		if (err)
			NL_SET_ERR_MSG(info->extack,
				       "can't register the hooks");
	}
	while (err && *list) {
		map = *list;
		*list = map->next;
		remove_map(table, map);
	}
	return err;
}

int nlab_nl_map_add_doit(struct sk_buff *msg, struct genl_info *info)
{
	struct xlat_net *xn = xlat_net(genl_info_net(info));
	struct xlat_map *list;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, NLAB_A_MAP))
		return -EINVAL;
	mutex_lock(&xn->lock);
	err = add_maps(xn, info, &list);
	if (!err)
		for (; list; list = list->next)
			map_event(xn, NLAB_CMD_MAP_ADD_NTF, list);
	mutex_unlock(&xn->lock);
	return err;
}

/* --- delete --- */

int nlab_nl_map_del_doit(struct sk_buff *msg, struct genl_info *info)
{
	struct xlat_net *xn = xlat_net(genl_info_net(info));
	struct xlat_table *table;
	struct xlat_map *map;
	int err = xlat_map_check_name(info);

	if (err)
		return err;
	mutex_lock(&xn->lock);
	table = xlat_view_locked(xn)->table;
	rcu_read_lock();
	map = xlat_map_find(table, info, true);
	rcu_read_unlock();
	if (map) {
		xlat_table_del(table, map);
		/* hooks only go here, and that can't fail */
		xlat_maps_changed(xn);
		map_event(xn, NLAB_CMD_MAP_DEL_NTF, map);
		xlat_map_free_rcu(map);
	} else {
		NL_SET_ERR_MSG(info->extack, "no such map");
		err = -ENOENT;
	}
	mutex_unlock(&xn->lock);
	return err;
}

int nlab_nl_map_flush_doit(struct sk_buff *msg, struct genl_info *info)
{
	struct xlat_net *xn = xlat_net(genl_info_net(info));
	struct xlat_load_result result = {};
	struct xlat_table *empty;
	struct sk_buff *skb;
	void *hdr;
	int err;

	skb = nlab_nl_reply_new(info, &hdr);
	empty = xlat_table_alloc();
	if (!skb || !empty) {
		nlmsg_free(skb);
		if (empty)
			xlat_table_put(empty);
		return -ENOMEM;
	}
	mutex_lock(&xn->lock);
	result.removed = xlat_view_locked(xn)->table->maps;
	err = xlat_view_replace(xn, &xlat_view_locked(xn)->conf, empty);
	if (err)
		xlat_table_put(empty);
	else
		result_event(xn, &result);
	mutex_unlock(&xn->lock);
	if (!err)
		err = nla_put_u32(skb, NLAB_A_REMOVED, result.removed);
	return nlab_nl_reply(info, skb, hdr, err);
}

/* --- replace --- */

int nlab_nl_load_begin_doit(struct sk_buff *msg, struct genl_info *info)
{
	struct xlat_net *xn = xlat_net(genl_info_net(info));
	int err;

	mutex_lock(&xn->lock);
	err = xlat_load_begin(xn, info->snd_portid);
	mutex_unlock(&xn->lock);
	return err;
}

static int load_add(struct xlat_load *load, const struct nlattr *attr,
		    struct netlink_ext_ack *extack)
{
	struct xlat_map tmpl, *map;
	int err;

	err = xlat_map_parse(attr, &tmpl, extack);
	if (err)
		return err;
	map = xlat_map_alloc(&tmpl);
	if (!map)
		return add_error(extack, attr, -ENOMEM);
	err = xlat_load_add(load, map);
	if (err) {
		xlat_map_free(map);
		return add_error(extack, attr, err);
	}
	return 0;
}

static struct xlat_load *find_load(struct xlat_net *xn,
				   struct genl_info *info)
{
	struct xlat_load *load = xlat_load_find(xn, info->snd_portid);

	if (!load)
		NL_SET_ERR_MSG(info->extack,
			       "this socket has not begun to load");
	return load;
}

int nlab_nl_load_add_doit(struct sk_buff *msg, struct genl_info *info)
{
	struct xlat_net *xn = xlat_net(genl_info_net(info));
	struct xlat_load *load;
	struct nlattr *attr;
	int rem, err = 0;
	u32 n = 0;

	if (GENL_REQ_ATTR_CHECK(info, NLAB_A_MAP))
		return -EINVAL;
	mutex_lock(&xn->lock);
	load = find_load(xn, info);
	if (!load) {
		err = -EBADFD;
		goto out;
	}
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != NLAB_A_MAP)
			continue;
		err = load_add(load, attr, info->extack);
		if (err)
			break;
		n++;
	}
	while (err && n--)
		xlat_load_undo(load);
out:
	mutex_unlock(&xn->lock);
	return err;
}

/* What was sent must be what its sender meant to send. */
static int check_digest(const struct xlat_load *load,
			const struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	u8 digest[MAP_DIGEST_BYTES];

	map_digest_bytes(digest, &load->table->digest);
	if (!attr || !memcmp(nla_data(attr), digest, sizeof(digest)))
		return 0;
	return xlat_nl_refuse(extack, attr, "the new maps have another digest",
			      -EBADMSG);
}

static int load_commit(struct xlat_net *xn, struct genl_info *info,
		       struct xlat_load_result *result)
{
	const struct xlat_conf *old = &xlat_view_locked(xn)->conf;
	struct nlattr *attr = info->attrs[NLAB_A_XLAT];
	struct nlattr *version = info->attrs[NLAB_A_MAPS_VERSION];
	struct xlat_conf conf = *old;
	struct xlat_load *load;
	int err;

	load = find_load(xn, info);
	if (!load)
		return -EBADFD;
	err = check_digest(load, info->attrs[NLAB_A_MAPS_DIGEST],
			   info->extack);
	if (err)
		return err;
	load->table->version = version ? nla_get_u64(version) : 0;
	if (attr) {
		err = xlat_conf_parse(attr, &conf, info->extack);
		if (err)
			return err;
	}
	err = xlat_load_commit(xn, info->snd_portid, &conf, result);
	if (err == -EEXIST)
		NL_SET_ERR_MSG(info->extack,
			       "maps overlap; allow it with overlap");
	else if (err)
		NL_SET_ERR_MSG(info->extack, "can't replace the maps");
	return err;
}

int nlab_nl_load_commit_doit(struct sk_buff *msg, struct genl_info *info)
{
	struct xlat_net *xn = xlat_net(genl_info_net(info));
	struct xlat_load_result result = {};
	struct sk_buff *skb;
	void *hdr;
	int err;

	skb = nlab_nl_reply_new(info, &hdr);
	if (!skb)
		return -ENOMEM;
	mutex_lock(&xn->lock);
	err = load_commit(xn, info, &result);
	if (!err) {
		result_event(xn, &result);
		if (info->attrs[NLAB_A_XLAT])
			xlat_conf_event(xn);
		err = fill_result(skb, xn, &result);
	}
	mutex_unlock(&xn->lock);
	return nlab_nl_reply(info, skb, hdr, err);
}

int nlab_nl_load_abort_doit(struct sk_buff *msg, struct genl_info *info)
{
	struct xlat_net *xn = xlat_net(genl_info_net(info));
	int err = 0;

	mutex_lock(&xn->lock);
	if (find_load(xn, info))
		xlat_load_abort(xn, info->snd_portid);
	else
		err = -EBADFD;
	mutex_unlock(&xn->lock);
	return err;
}
