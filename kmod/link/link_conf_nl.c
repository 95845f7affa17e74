// SPDX-License-Identifier: GPL-2.0
/* Parameters and counters of a direction in netlink messages. */
#include <linux/netlink.h>

#include "../netlink-gen.h"
#include "link_nl.h"

/* Limits that keep the arithmetic of pure/ within 64 bits. */
#define LINK_TIME_MAX	(3600ULL * NSEC_PER_SEC)
#define LINK_RATE_MAX	10000000000000ULL
#define LINK_BYTES_MIN	-1024
#define LINK_BYTES_MAX	65535

static int refuse(struct netlink_ext_ack *extack, const struct nlattr *attr,
		  const char *msg)
{
	extack->_msg = msg;
	NL_SET_BAD_ATTR(extack, attr);
	return -ERANGE;
}

/* Attributes of the chain's steps, in the order of enum link_step. */
static const u8 markov_attrs[LINK_STEPS] = {
	NLAB_A_LINK_DIR_MARKOV_13, NLAB_A_LINK_DIR_MARKOV_14,
	NLAB_A_LINK_DIR_MARKOV_31, NLAB_A_LINK_DIR_MARKOV_32,
	NLAB_A_LINK_DIR_MARKOV_23,
};

static int check_ranges(struct nlattr **tb, struct netlink_ext_ack *extack)
{
	static const u8 times[] = { NLAB_A_LINK_DIR_DELAY,
				    NLAB_A_LINK_DIR_JITTER,
				    NLAB_A_LINK_DIR_CODEL_TARGET,
				    NLAB_A_LINK_DIR_CODEL_INTERVAL };
	static const u8 bytes[] = { NLAB_A_LINK_DIR_OVERHEAD,
				    NLAB_A_LINK_DIR_CELL_OVERHEAD };
	struct nlattr *attr;
	int i;

	for (i = 0; i < ARRAY_SIZE(times); i++) {
		attr = tb[times[i]];
		if (attr && nla_get_u64(attr) > LINK_TIME_MAX)
			return refuse(extack, attr, "time above one hour");
	}
	for (i = 0; i < ARRAY_SIZE(bytes); i++) {
		attr = tb[bytes[i]];
		if (attr && (nla_get_s32(attr) < LINK_BYTES_MIN ||
			     nla_get_s32(attr) > LINK_BYTES_MAX))
			return refuse(extack, attr,
				      "overhead must be -1024 to 65535 bytes");
	}
	attr = tb[NLAB_A_LINK_DIR_RATE];
	if (attr && nla_get_u64(attr) > LINK_RATE_MAX)
		return refuse(extack, attr, "rate above 10 Tbit/s");
	attr = tb[NLAB_A_LINK_DIR_CODEL_INTERVAL];
	if (attr && !nla_get_u64(attr))
		return refuse(extack, attr, "an interval of 0");
	attr = tb[NLAB_A_LINK_DIR_STATS];
	return attr ? refuse(extack, attr, "attribute is read only") : 0;
}

static void take_u64(u64 *to, const struct nlattr *attr)
{
	if (attr)
		*to = nla_get_u64(attr);
}

static void take_u32(u32 *to, const struct nlattr *attr)
{
	if (attr)
		*to = nla_get_u32(attr);
}

static void take_s32(s32 *to, const struct nlattr *attr)
{
	if (attr)
		*to = nla_get_s32(attr);
}

static void take_u8(u8 *to, const struct nlattr *attr)
{
	if (attr)
		*to = nla_get_u32(attr);
}

static int take_pattern(struct link_conf *conf, const struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	const char *text = attr ? nla_data(attr) : "";
	size_t i, len = strlen(text);

	if (!attr)
		return 0;
	if (strspn(text, "01") != len)
		return refuse(extack, attr, "pattern must be of 0 and 1");
	memset(conf->pattern, 0, sizeof(conf->pattern));
	for (i = 0; i < len; i++)
		conf->pattern[i / 32] |= (u32)(text[i] == '1') << (i % 32);
	conf->pattern_bits = len;
	return 0;
}

static int take_ranges(struct link_conf *conf, const struct nlattr *attr,
		       struct netlink_ext_ack *extack)
{
	const struct link_range *range = attr ? nla_data(attr) : NULL;
	int i, count;

	if (!attr)
		return 0;
	count = nla_len(attr) / sizeof(*range);
	if (nla_len(attr) % sizeof(*range) || count > LINK_RANGES_MAX)
		return refuse(extack, attr,
			      "list must be of 16 pairs of u32 at most");
	for (i = 0; i < count; i++)
		if (range[i].last < range[i].first ||
		    (i && range[i].first <= range[i - 1].last))
			return refuse(extack, attr,
				      "packet numbers must ascend");
	memcpy(conf->ranges, range, count * sizeof(*range));
	conf->range_count = count;
	return 0;
}

static int take_aqm(struct link_conf *conf, struct nlattr **tb,
		    struct netlink_ext_ack *extack)
{
	const struct nlattr *min = tb[NLAB_A_LINK_DIR_RED_MIN];
	const struct nlattr *max = tb[NLAB_A_LINK_DIR_RED_MAX];

	take_u64(&conf->codel_target, tb[NLAB_A_LINK_DIR_CODEL_TARGET]);
	take_u64(&conf->codel_interval, tb[NLAB_A_LINK_DIR_CODEL_INTERVAL]);
	take_u8(&conf->ecn, tb[NLAB_A_LINK_DIR_ECN]);
	take_u32(&conf->red_min, min);
	take_u32(&conf->red_max, max);
	take_u32(&conf->red_chance, tb[NLAB_A_LINK_DIR_RED_CHANCE]);
	if ((min || max) && conf->red_max && conf->red_max <= conf->red_min)
		return refuse(extack, max ? max : min,
			      "red-max must be above red-min");
	return 0;
}

static int take_models(struct link_conf *conf, struct nlattr **tb,
		       struct netlink_ext_ack *extack)
{
	const struct nlattr *last = NULL;
	int i, err;

	take_u32(&conf->correlation, tb[NLAB_A_LINK_DIR_JITTER_CORRELATION]);
	for (i = 0; i < LINK_STEPS; i++) {
		take_u32(&conf->markov[i], tb[markov_attrs[i]]);
		if (tb[markov_attrs[i]])
			last = tb[markov_attrs[i]];
	}
	if (last && !link_markov_valid(conf->markov))
		return refuse(extack, last,
			      "markov-13 and -14, markov-31 and -32 must not be above 100% together");
	err = take_pattern(conf, tb[NLAB_A_LINK_DIR_LOSS_PATTERN], extack);
	return err ? err :
	       take_ranges(conf, tb[NLAB_A_LINK_DIR_LOSS_LIST], extack);
}

int link_conf_parse(const struct nlattr *attr, struct link_conf *conf,
		    bool *restart, struct netlink_ext_ack *extack)
{
	struct nlattr *tb[ARRAY_SIZE(nlab_link_dir_nl_policy)];
	int err;

	*restart = false;
	if (!attr)
		return 0;
	err = nla_parse_nested(tb, ARRAY_SIZE(tb) - 1, attr,
			       nlab_link_dir_nl_policy, extack);
	if (!err)
		err = check_ranges(tb, extack);
	if (err)
		return err;
	take_u64(&conf->rate, tb[NLAB_A_LINK_DIR_RATE]);
	take_s32(&conf->overhead, tb[NLAB_A_LINK_DIR_OVERHEAD]);
	take_u32(&conf->cell_size, tb[NLAB_A_LINK_DIR_CELL_SIZE]);
	take_s32(&conf->cell_overhead, tb[NLAB_A_LINK_DIR_CELL_OVERHEAD]);
	take_u32(&conf->limit_packets, tb[NLAB_A_LINK_DIR_LIMIT_PACKETS]);
	take_u64(&conf->limit_bytes, tb[NLAB_A_LINK_DIR_LIMIT_BYTES]);
	take_u64(&conf->delay, tb[NLAB_A_LINK_DIR_DELAY]);
	take_u64(&conf->jitter, tb[NLAB_A_LINK_DIR_JITTER]);
	take_u8(&conf->distribution, tb[NLAB_A_LINK_DIR_DISTRIBUTION]);
	take_u8(&conf->order, tb[NLAB_A_LINK_DIR_ORDER]);
	take_u32(&conf->loss, tb[NLAB_A_LINK_DIR_LOSS]);
	take_u32(&conf->ge_enter, tb[NLAB_A_LINK_DIR_GE_ENTER]);
	take_u32(&conf->ge_leave, tb[NLAB_A_LINK_DIR_GE_LEAVE]);
	take_u32(&conf->ge_loss, tb[NLAB_A_LINK_DIR_GE_LOSS]);
	take_u32(&conf->duplicate, tb[NLAB_A_LINK_DIR_DUPLICATE]);
	take_u32(&conf->corrupt, tb[NLAB_A_LINK_DIR_CORRUPT]);
	take_u32(&conf->reorder, tb[NLAB_A_LINK_DIR_REORDER]);
	take_u64(&conf->seed, tb[NLAB_A_LINK_DIR_SEED]);
	*restart = tb[NLAB_A_LINK_DIR_SEED];
	err = take_aqm(conf, tb, extack);
	return err ? err : take_models(conf, tb, extack);
}

static int put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, NLAB_A_LINK_DIR_PAD);
}

static int fill_conf(struct sk_buff *skb, const struct link_conf *conf)
{
	return put_u64(skb, NLAB_A_LINK_DIR_RATE, conf->rate) ||
	       nla_put_s32(skb, NLAB_A_LINK_DIR_OVERHEAD, conf->overhead) ||
	       nla_put_u32(skb, NLAB_A_LINK_DIR_CELL_SIZE, conf->cell_size) ||
	       nla_put_s32(skb, NLAB_A_LINK_DIR_CELL_OVERHEAD,
			   conf->cell_overhead) ||
	       nla_put_u32(skb, NLAB_A_LINK_DIR_LIMIT_PACKETS,
			   conf->limit_packets) ||
	       put_u64(skb, NLAB_A_LINK_DIR_LIMIT_BYTES, conf->limit_bytes) ||
	       put_u64(skb, NLAB_A_LINK_DIR_DELAY, conf->delay) ||
	       put_u64(skb, NLAB_A_LINK_DIR_JITTER, conf->jitter) ||
	       nla_put_u32(skb, NLAB_A_LINK_DIR_DISTRIBUTION,
			   conf->distribution) ||
	       nla_put_u32(skb, NLAB_A_LINK_DIR_ORDER, conf->order) ||
	       nla_put_u32(skb, NLAB_A_LINK_DIR_LOSS, conf->loss) ||
	       nla_put_u32(skb, NLAB_A_LINK_DIR_GE_ENTER, conf->ge_enter) ||
	       nla_put_u32(skb, NLAB_A_LINK_DIR_GE_LEAVE, conf->ge_leave) ||
	       nla_put_u32(skb, NLAB_A_LINK_DIR_GE_LOSS, conf->ge_loss) ||
	       nla_put_u32(skb, NLAB_A_LINK_DIR_DUPLICATE, conf->duplicate) ||
	       nla_put_u32(skb, NLAB_A_LINK_DIR_CORRUPT, conf->corrupt) ||
	       nla_put_u32(skb, NLAB_A_LINK_DIR_REORDER, conf->reorder) ||
	       put_u64(skb, NLAB_A_LINK_DIR_SEED, conf->seed);
}

static int fill_aqm(struct sk_buff *skb, const struct link_conf *conf)
{
	return put_u64(skb, NLAB_A_LINK_DIR_CODEL_TARGET, conf->codel_target) ||
	       put_u64(skb, NLAB_A_LINK_DIR_CODEL_INTERVAL,
		       conf->codel_interval) ||
	       nla_put_u32(skb, NLAB_A_LINK_DIR_ECN, conf->ecn) ||
	       nla_put_u32(skb, NLAB_A_LINK_DIR_RED_MIN, conf->red_min) ||
	       nla_put_u32(skb, NLAB_A_LINK_DIR_RED_MAX, conf->red_max) ||
	       nla_put_u32(skb, NLAB_A_LINK_DIR_RED_CHANCE, conf->red_chance);
}

static int fill_models(struct sk_buff *skb, const struct link_conf *conf)
{
	struct nlattr *attr;
	char *text;
	int i;

	if (nla_put_u32(skb, NLAB_A_LINK_DIR_JITTER_CORRELATION,
			conf->correlation))
		return -EMSGSIZE;
	for (i = 0; i < LINK_STEPS; i++)
		if (nla_put_u32(skb, markov_attrs[i], conf->markov[i]))
			return -EMSGSIZE;
	attr = nla_reserve(skb, NLAB_A_LINK_DIR_LOSS_PATTERN,
			   conf->pattern_bits + 1);
	if (!attr)
		return -EMSGSIZE;
	text = nla_data(attr);
	for (i = 0; i < conf->pattern_bits; i++)
		text[i] = conf->pattern[i / 32] >> (i % 32) & 1 ? '1' : '0';
	text[i] = '\0';
	return nla_put(skb, NLAB_A_LINK_DIR_LOSS_LIST,
		       conf->range_count * sizeof(conf->ranges[0]),
		       conf->ranges);
}

static int fill_counts(struct sk_buff *skb, const struct link_dir *dir)
{
	const struct link_counts *c = &dir->counts;
	const u64 value[] = {
		[NLAB_A_LINK_STATS_PACKETS] = c->packets,
		[NLAB_A_LINK_STATS_BYTES] = c->bytes,
		[NLAB_A_LINK_STATS_LOST] = c->lost,
		[NLAB_A_LINK_STATS_DUPLICATED] = c->duplicated,
		[NLAB_A_LINK_STATS_CORRUPTED] = c->corrupted,
		[NLAB_A_LINK_STATS_REORDERED] = c->reordered,
		[NLAB_A_LINK_STATS_SEGMENTED] = c->segmented,
		[NLAB_A_LINK_STATS_DROP_QUEUE] = c->drop_queue,
		[NLAB_A_LINK_STATS_DROP_DOWN] = c->drop_down,
		[NLAB_A_LINK_STATS_DROP_MEMORY] = c->drop_memory,
		[NLAB_A_LINK_STATS_QUEUE_PACKETS] = dir->queue_packets,
		[NLAB_A_LINK_STATS_QUEUE_BYTES] = dir->queue_bytes,
		[NLAB_A_LINK_STATS_QUEUE_MAX_PACKETS] = c->max_packets,
		[NLAB_A_LINK_STATS_QUEUE_MAX_BYTES] = c->max_bytes,
		[NLAB_A_LINK_STATS_FLYING] = skb_queue_len(&dir->line) +
					     dir->passing_count,
	};
	int i;

	for (i = NLAB_A_LINK_STATS_PACKETS; i < ARRAY_SIZE(value); i++)
		if (put_u64(skb, i, value[i]))
			return -EMSGSIZE;
	for (i = 0; i < ARRAY_SIZE(c->late); i++)
		if (put_u64(skb, NLAB_A_LINK_STATS_LATE, c->late[i]))
			return -EMSGSIZE;
	return put_u64(skb, NLAB_A_LINK_STATS_DROP_AQM, c->drop_aqm) ||
	       put_u64(skb, NLAB_A_LINK_STATS_MARKED, c->marked);
}

int link_dir_fill(struct sk_buff *skb, int type, struct link_dir *dir,
		  bool stats)
{
	struct nlattr *nest = nla_nest_start(skb, type), *inner = NULL;
	int err;

	if (!nest)
		return -EMSGSIZE;
	spin_lock_bh(&dir->lock);
	err = fill_conf(skb, &dir->conf) || fill_aqm(skb, &dir->conf) ||
	      fill_models(skb, &dir->conf);
	if (!err && stats) {
		inner = nla_nest_start(skb, NLAB_A_LINK_DIR_STATS);
		err = !inner || fill_counts(skb, dir);
	}
	spin_unlock_bh(&dir->lock);
	if (err)
		return -EMSGSIZE;
	if (inner)
		nla_nest_end(skb, inner);
	nla_nest_end(skb, nest);
	return 0;
}
