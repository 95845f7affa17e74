// SPDX-License-Identifier: GPL-2.0
/* Between the structs of nlab.h and netlink attributes. */
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <string.h>

#include "attr.h"
#include "names-gen.h"

void nlab_put_map(struct nlmsghdr *nlh, const struct nlab_map *map)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, NLAB_A_MAP);

	if (map->outside.family == AF_INET)
		mnl_attr_put_u32(nlh, NLAB_A_MAP_OUTSIDE4,
				 map->outside.v4.s_addr);
	else
		mnl_attr_put(nlh, NLAB_A_MAP_OUTSIDE6, sizeof(map->outside.v6),
			     &map->outside.v6);
	if (!nlab_prefix_is_host(&map->outside))
		mnl_attr_put_u32(nlh, NLAB_A_MAP_OUTSIDE_LEN, map->outside.len);
	mnl_attr_put(nlh, NLAB_A_MAP_INSIDE, sizeof(map->inside.v6),
		     &map->inside.v6);
	if (!nlab_prefix_is_host(&map->inside))
		mnl_attr_put_u32(nlh, NLAB_A_MAP_INSIDE_LEN, map->inside.len);
	if (map->overlap)
		mnl_attr_put(nlh, NLAB_A_MAP_OVERLAP, 0, NULL);
	mnl_attr_nest_end(nlh, nest);
}

void nlab_put_addr(struct nlmsghdr *nlh, const struct nlab_prefix *addr)
{
	if (addr->family == AF_INET)
		mnl_attr_put_u32(nlh, NLAB_A_ADDR4, addr->v4.s_addr);
	else
		mnl_attr_put(nlh, NLAB_A_ADDR6, sizeof(addr->v6), &addr->v6);
}

static void put_setting(struct nlmsghdr *nlh, enum nlab_key key,
			const struct nlab_setting *setting)
{
	const struct nlab_prefix *prefix = &setting->prefix;
	uint16_t attr = (uint16_t)nlab_key_attr(key);

	switch (nlab_key_kind(key)) {
	case NLAB_KIND_PREFIX:
		mnl_attr_put(nlh, attr, sizeof(prefix->v6), &prefix->v6);
		mnl_attr_put_u32(nlh, NLAB_A_XLAT_PREFIX_LEN, prefix->len);
		break;
	case NLAB_KIND_POOL4:
		mnl_attr_put_u32(nlh, attr, prefix->v4.s_addr);
		mnl_attr_put_u32(nlh, NLAB_A_XLAT_ERROR_POOL4_LEN, prefix->len);
		break;
	case NLAB_KIND_ADDR6:
		mnl_attr_put(nlh, attr, sizeof(prefix->v6), &prefix->v6);
		break;
	default:
		mnl_attr_put_u32(nlh, attr, (uint32_t)setting->number);
		break;
	}
}

void nlab_put_xlat(struct nlmsghdr *nlh, const struct nlab_xlat *xlat)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, NLAB_A_XLAT);
	unsigned int key;

	for (key = 0; key < NLAB_KEYS; key++)
		if (xlat->key[key].set)
			put_setting(nlh, key, &xlat->key[key]);
	mnl_attr_nest_end(nlh, nest);
}

/* An attribute shorter than its type reads as zero, as if it were absent. */
uint32_t nlab_get_u32(const struct nlattr *attr)
{
	return mnl_attr_get_payload_len(attr) < sizeof(uint32_t) ?
	       0 : mnl_attr_get_u32(attr);
}

static uint64_t get_u64(const struct nlattr *attr)
{
	return mnl_attr_get_payload_len(attr) < sizeof(uint64_t) ?
	       0 : mnl_attr_get_u64(attr);
}

void nlab_get_identity(struct nlab_identity *identity,
		       const struct nlattr *attr)
{
	if (mnl_attr_get_type(attr) == NLAB_A_MAPS_VERSION)
		identity->version = get_u64(attr);
	if (mnl_attr_get_type(attr) == NLAB_A_MAPS_DIGEST &&
	    mnl_attr_get_payload_len(attr) >= NLAB_DIGEST_BYTES)
		nlab_digest_from(&identity->digest, mnl_attr_get_payload(attr));
}

void nlab_put_identity(struct nlmsghdr *nlh,
		       const struct nlab_identity *identity)
{
	uint8_t digest[NLAB_DIGEST_BYTES];

	nlab_digest_bytes(digest, &identity->digest);
	mnl_attr_put(nlh, NLAB_A_MAPS_DIGEST, sizeof(digest), digest);
	if (identity->version)
		mnl_attr_put_u64(nlh, NLAB_A_MAPS_VERSION, identity->version);
}

static void get_v4(struct nlab_prefix *prefix, const struct nlattr *attr)
{
	if (mnl_attr_get_payload_len(attr) < sizeof(prefix->v4))
		return;
	prefix->family = AF_INET;
	memcpy(&prefix->v4, mnl_attr_get_payload(attr), sizeof(prefix->v4));
}

static void get_v6(struct nlab_prefix *prefix, const struct nlattr *attr)
{
	if (mnl_attr_get_payload_len(attr) < sizeof(prefix->v6))
		return;
	prefix->family = AF_INET6;
	memcpy(&prefix->v6, mnl_attr_get_payload(attr), sizeof(prefix->v6));
}

/* The protocol leaves the length out of whole addresses. */
static void set_len(struct nlab_prefix *prefix, const struct nlattr *len)
{
	uint8_t bits = prefix->family == AF_INET ? 32 : 128;

	prefix->len = len && nlab_get_u32(len) < bits ?
		      (uint8_t)nlab_get_u32(len) : bits;
}

void nlab_get_addr(struct nlab_prefix *addr, const struct nlattr *attr)
{
	memset(addr, 0, sizeof(*addr));
	if (mnl_attr_get_payload_len(attr) == sizeof(addr->v4))
		get_v4(addr, attr);
	else
		get_v6(addr, attr);
	set_len(addr, NULL);
}

void nlab_get_map(struct nlab_entry *entry, const struct nlattr *nest)
{
	const struct nlattr *outside_len = NULL, *inside_len = NULL, *attr;

	memset(entry, 0, sizeof(*entry));
	mnl_attr_for_each_nested(attr, nest) {
		switch (mnl_attr_get_type(attr)) {
		case NLAB_A_MAP_OUTSIDE4:
			get_v4(&entry->map.outside, attr);
			break;
		case NLAB_A_MAP_OUTSIDE6:
			get_v6(&entry->map.outside, attr);
			break;
		case NLAB_A_MAP_OUTSIDE_LEN:
			outside_len = attr;
			break;
		case NLAB_A_MAP_INSIDE:
			get_v6(&entry->map.inside, attr);
			break;
		case NLAB_A_MAP_INSIDE_LEN:
			inside_len = attr;
			break;
		case NLAB_A_MAP_OVERLAP:
			entry->map.overlap = true;
			break;
		case NLAB_A_MAP_IN_PACKETS:
			entry->stats.in_packets = get_u64(attr);
			break;
		case NLAB_A_MAP_IN_BYTES:
			entry->stats.in_bytes = get_u64(attr);
			break;
		case NLAB_A_MAP_OUT_PACKETS:
			entry->stats.out_packets = get_u64(attr);
			break;
		case NLAB_A_MAP_OUT_BYTES:
			entry->stats.out_bytes = get_u64(attr);
			break;
		case NLAB_A_MAP_LAST_USED:
			entry->stats.used = true;
			entry->stats.last_used = get_u64(attr);
			break;
		}
	}
	set_len(&entry->map.outside, outside_len);
	set_len(&entry->map.inside, inside_len);
}

static void get_setting(struct nlab_setting *setting, enum nlab_key key,
			const struct nlattr *attr)
{
	setting->set = true;
	switch (nlab_key_kind(key)) {
	case NLAB_KIND_PREFIX:
	case NLAB_KIND_ADDR6:
		get_v6(&setting->prefix, attr);
		break;
	case NLAB_KIND_POOL4:
		get_v4(&setting->prefix, attr);
		break;
	default:
		setting->number = (int32_t)nlab_get_u32(attr);
		break;
	}
}

/* A length of zero, and the unspecified address, stand for none. */
static void finish_xlat(struct nlab_xlat *xlat, uint32_t prefix_len,
			uint32_t pool4_len)
{
	struct nlab_prefix *prefix = &xlat->key[NLAB_KEY_PREFIX].prefix;
	struct nlab_prefix *pool4 = &xlat->key[NLAB_KEY_ERROR_POOL4].prefix;
	struct nlab_prefix *pool6 = &xlat->key[NLAB_KEY_ERROR_POOL6].prefix;

	prefix->len = (uint8_t)prefix_len;
	if (!prefix_len)
		prefix->family = AF_UNSPEC;
	pool4->len = (uint8_t)pool4_len;
	if (!pool4_len)
		pool4->family = AF_UNSPEC;
	pool6->len = 128;
	if (IN6_IS_ADDR_UNSPECIFIED(&pool6->v6))
		pool6->family = AF_UNSPEC;
}

void nlab_get_xlat(struct nlab_xlat *xlat, const struct nlattr *nest)
{
	uint32_t prefix_len = 0, pool4_len = 0;
	const struct nlattr *attr;
	unsigned int key;

	memset(xlat, 0, sizeof(*xlat));
	mnl_attr_for_each_nested(attr, nest) {
		switch (mnl_attr_get_type(attr)) {
		case NLAB_A_XLAT_PREFIX_LEN:
			prefix_len = nlab_get_u32(attr);
			continue;
		case NLAB_A_XLAT_ERROR_POOL4_LEN:
			pool4_len = nlab_get_u32(attr);
			continue;
		case NLAB_A_XLAT_MAPS:
			xlat->maps = nlab_get_u32(attr);
			continue;
		case NLAB_A_XLAT_GENERATION:
			xlat->generation = get_u64(attr);
			continue;
		case NLAB_A_XLAT_MAPS_VERSION:
			xlat->identity.version = get_u64(attr);
			continue;
		case NLAB_A_XLAT_MAPS_DIGEST:
			if (mnl_attr_get_payload_len(attr) >= NLAB_DIGEST_BYTES)
				nlab_digest_from(&xlat->identity.digest,
						 mnl_attr_get_payload(attr));
			continue;
		}
		for (key = 0; key < NLAB_KEYS; key++)
			if (nlab_key_attr(key) == mnl_attr_get_type(attr))
				get_setting(&xlat->key[key], key, attr);
	}
	finish_xlat(xlat, prefix_len, pool4_len);
}

void nlab_get_stats(struct nlab_stats *stats, const struct nlattr *nest)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest) {
		uint16_t type = mnl_attr_get_type(attr);

		if (type <= NLAB_A_STATS_PAD || type > NLAB_A_STATS_MAX)
			continue;
		stats->value[type] = get_u64(attr);
		stats->has[type] = true;
	}
}

void nlab_get_change(struct nlab_change *change, const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;

	memset(change, 0, sizeof(*change));
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		switch (mnl_attr_get_type(attr)) {
		case NLAB_A_ADDED:
			change->added = nlab_get_u32(attr);
			break;
		case NLAB_A_REMOVED:
			change->removed = nlab_get_u32(attr);
			break;
		case NLAB_A_KEPT:
			change->kept = nlab_get_u32(attr);
			break;
		default:
			nlab_get_identity(&change->identity, attr);
		}
	}
}

static bool holds(const struct nlmsghdr *nlh, const struct nlattr *attr,
		  uint32_t offset)
{
	size_t at = (size_t)((const char *)attr - (const char *)nlh);

	return offset >= at && offset < at + attr->nla_len;
}

const struct nlattr *nlab_attr_at(const struct nlmsghdr *nlh, uint32_t offset,
				  size_t *index)
{
	size_t seen[NLAB_A_MAX + 1] = { 0 };
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		uint16_t type = mnl_attr_get_type(attr);

		if (type > NLAB_A_MAX)
			continue;
		if (holds(nlh, attr, offset)) {
			*index = seen[type];
			return attr;
		}
		seen[type]++;
	}
	return NULL;
}

const struct nlattr *nlab_attr_inside(const struct nlmsghdr *nlh,
				      const struct nlattr *nest,
				      uint32_t offset)
{
	uint16_t type = mnl_attr_get_type(nest);
	const struct nlattr *attr;

	if (type != NLAB_A_MAP && type != NLAB_A_XLAT &&
	    type != NLAB_A_LINK && type != NLAB_A_ANNOUNCE)
		return NULL;
	mnl_attr_for_each_nested(attr, nest)
		if (holds(nlh, attr, offset))
			return attr;
	return NULL;
}

const char *nlab_attr_name(const struct nlattr *nest, unsigned int type)
{
	if (!nest)
		return type <= NLAB_A_MAX ? nlab_msg_names[type] : NULL;
	switch (mnl_attr_get_type(nest)) {
	case NLAB_A_MAP:
		return type <= NLAB_A_MAP_MAX ? nlab_map_names[type] : NULL;
	case NLAB_A_XLAT:
		return type <= NLAB_A_XLAT_MAX ? nlab_xlat_names[type] : NULL;
	case NLAB_A_LINK:
		return type <= NLAB_A_LINK_MAX ? nlab_link_names[type] : NULL;
	case NLAB_A_LINK_SCHEDULE:
		return type <= NLAB_A_LINK_SCHEDULE_MAX ?
		       nlab_link_schedule_names[type] : NULL;
	case NLAB_A_LINK_STEP:
		return type <= NLAB_A_LINK_STEP_MAX ?
		       nlab_link_step_names[type] : NULL;
	case NLAB_A_LINK_TRACE:
		return type <= NLAB_A_LINK_TRACE_MAX ?
		       nlab_link_trace_names[type] : NULL;
	case NLAB_A_LINK_TABLE:
		return type <= NLAB_A_LINK_TABLE_MAX ?
		       nlab_link_table_names[type] : NULL;
	case NLAB_A_ANNOUNCE:
		return type <= NLAB_A_ANNOUNCE_MAX ?
		       nlab_announce_names[type] : NULL;
	default:
		return NULL;
	}
}
