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

/*
 * Where the values of attributes are. Those of more than 8 bytes, and what
 * belongs to them, are of another form in a message.
 */
static const struct {
	u8 attr;
	u8 size;
	u16 at;
} fields[] = {
#define FIELD(attr, name)						\
	{ NLAB_A_LINK_DIR_##attr, sizeof_field(struct link_conf, name),	\
	  offsetof(struct link_conf, name) }
	FIELD(RATE, rate),
	FIELD(OVERHEAD, overhead),
	FIELD(CELL_SIZE, cell_size),
	FIELD(CELL_OVERHEAD, cell_overhead),
	FIELD(LIMIT_PACKETS, limit_packets),
	FIELD(LIMIT_BYTES, limit_bytes),
	FIELD(DELAY, delay),
	FIELD(JITTER, jitter),
	FIELD(DISTRIBUTION, distribution),
	FIELD(ORDER, order),
	FIELD(LOSS, loss),
	FIELD(GE_ENTER, ge_enter),
	FIELD(GE_LEAVE, ge_leave),
	FIELD(GE_LOSS, ge_loss),
	FIELD(DUPLICATE, duplicate),
	FIELD(CORRUPT, corrupt),
	FIELD(REORDER, reorder),
	FIELD(SEED, seed),
	FIELD(CODEL_TARGET, codel_target),
	FIELD(CODEL_INTERVAL, codel_interval),
	FIELD(ECN, ecn),
	FIELD(RED_MIN, red_min),
	FIELD(RED_MAX, red_max),
	FIELD(RED_CHANCE, red_chance),
	FIELD(JITTER_CORRELATION, correlation),
	FIELD(MARKOV_13, markov[LINK_STEP_13]),
	FIELD(MARKOV_14, markov[LINK_STEP_14]),
	FIELD(MARKOV_31, markov[LINK_STEP_31]),
	FIELD(MARKOV_32, markov[LINK_STEP_32]),
	FIELD(MARKOV_23, markov[LINK_STEP_23]),
	FIELD(SLOT_DELAY, slot_delay),
	FIELD(SLOT_JITTER, slot_jitter),
	FIELD(SLOT_DISTRIBUTION, slot_distribution),
	FIELD(SLOT_PACKETS, slot_packets),
	FIELD(SLOT_BYTES, slot_bytes),
	FIELD(LOSS_PATTERN, pattern),
	FIELD(LOSS_PATTERN, pattern_bits),
	FIELD(LOSS_LIST, ranges),
	FIELD(LOSS_LIST, range_count),
#undef FIELD
};

static bool is_number(int attr)
{
	return attr != NLAB_A_LINK_DIR_LOSS_PATTERN &&
	       attr != NLAB_A_LINK_DIR_LOSS_LIST;
}

static int check_ranges(struct nlattr **tb, struct netlink_ext_ack *extack)
{
	static const u8 times[] = { NLAB_A_LINK_DIR_DELAY,
				    NLAB_A_LINK_DIR_JITTER,
				    NLAB_A_LINK_DIR_CODEL_TARGET,
				    NLAB_A_LINK_DIR_CODEL_INTERVAL,
				    NLAB_A_LINK_DIR_SLOT_DELAY,
				    NLAB_A_LINK_DIR_SLOT_JITTER };
	static const u8 bytes[] = { NLAB_A_LINK_DIR_OVERHEAD,
				    NLAB_A_LINK_DIR_CELL_OVERHEAD };
	struct nlattr *attr;
	int i;

	for (i = 0; i < ARRAY_SIZE(times); i++) {
		attr = tb[times[i]];
		if (attr && nla_get_u64(attr) > LINK_TIME_MAX)
			return refuse(extack, attr, "time above one hour", -ERANGE);
	}
	for (i = 0; i < ARRAY_SIZE(bytes); i++) {
		attr = tb[bytes[i]];
		if (attr && (nla_get_s32(attr) < LINK_BYTES_MIN ||
			     nla_get_s32(attr) > LINK_BYTES_MAX))
			return refuse(extack, attr,
				      "overhead must be -1024 to 65535 bytes", -ERANGE);
	}
	attr = tb[NLAB_A_LINK_DIR_RATE];
	if (attr && nla_get_u64(attr) > LINK_RATE_MAX)
		return refuse(extack, attr, "rate above 10 Tbit/s", -ERANGE);
	attr = tb[NLAB_A_LINK_DIR_CODEL_INTERVAL];
	if (attr && !nla_get_u64(attr))
		return refuse(extack, attr, "an interval of 0", -ERANGE);
	attr = tb[NLAB_A_LINK_DIR_STATS];
	if (!attr)
		attr = tb[NLAB_A_LINK_DIR_SCHEDULE];
	if (!attr)
		attr = tb[NLAB_A_LINK_DIR_TRACE];
	return attr ? refuse(extack, attr, "attribute is read only", -ERANGE) : 0;
}

static void take_numbers(struct link_conf *conf, struct nlattr **tb)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		const struct nlattr *attr = tb[fields[i].attr];
		void *to = (u8 *)conf + fields[i].at;

		if (!attr || !is_number(fields[i].attr))
			continue;
		if (fields[i].size == sizeof(u64))
			*(u64 *)to = nla_get_u64(attr);
		else if (fields[i].size == sizeof(u32))
			*(u32 *)to = nla_get_u32(attr);
		else
			*(u8 *)to = nla_get_u32(attr);
	}
}

static int take_pattern(struct link_conf *conf, const struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	const char *text = attr ? nla_data(attr) : "";
	size_t i, len = strlen(text);

	if (!attr)
		return 0;
	if (strspn(text, "01") != len)
		return refuse(extack, attr, "pattern must be of 0 and 1", -ERANGE);
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
			      "list must be of 16 pairs of u32 at most", -ERANGE);
	for (i = 0; i < count; i++)
		if (range[i].last < range[i].first ||
		    (i && range[i].first <= range[i - 1].last))
			return refuse(extack, attr,
				      "packet numbers must ascend", -ERANGE);
	memcpy(conf->ranges, range, count * sizeof(*range));
	conf->range_count = count;
	return 0;
}

/* What can't be seen of one parameter alone. */
static int check_together(const struct link_conf *conf, struct nlattr **tb,
			  struct netlink_ext_ack *extack)
{
	const struct nlattr *min = tb[NLAB_A_LINK_DIR_RED_MIN];
	const struct nlattr *max = tb[NLAB_A_LINK_DIR_RED_MAX];
	const struct nlattr *jitter = tb[NLAB_A_LINK_DIR_DISTRIBUTION];
	const struct nlattr *slot = tb[NLAB_A_LINK_DIR_SLOT_DISTRIBUTION];
	int i;

	if (!conf->table &&
	    ((jitter && conf->distribution == NLAB_LINK_DISTRIBUTION_TABLE) ||
	     (slot && conf->slot_distribution == NLAB_LINK_DISTRIBUTION_TABLE)))
		return refuse(extack, jitter ? jitter : slot,
			      "the direction has no table", -EINVAL);
	if ((min || max) && conf->red_max && conf->red_max <= conf->red_min)
		return refuse(extack, max ? max : min,
			      "red-max must be above red-min", -ERANGE);
	for (i = NLAB_A_LINK_DIR_MARKOV_13; i <= NLAB_A_LINK_DIR_MARKOV_23; i++)
		if (tb[i] && !link_markov_valid(conf->markov))
			return refuse(extack, tb[i],
				      "markov-13 and -14, markov-31 and -32 must not be above 100% together", -ERANGE);
	return 0;
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
	take_numbers(conf, tb);
	*restart = tb[NLAB_A_LINK_DIR_SEED];
	err = take_pattern(conf, tb[NLAB_A_LINK_DIR_LOSS_PATTERN], extack);
	if (!err)
		err = take_ranges(conf, tb[NLAB_A_LINK_DIR_LOSS_LIST], extack);
	return err ? err : check_together(conf, tb, extack);
}

u32 link_conf_patches(const struct nlattr *nest, const struct link_conf *conf,
		      u8 *patches)
{
	struct link_patch patch;
	u32 size = 0;
	int i;

	if (!nest)
		return 0;
	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		if (!nla_find_nested(nest, fields[i].attr))
			continue;
		patch = (struct link_patch){ fields[i].at, fields[i].size };
		if (patches) {
			memcpy(patches + size, &patch, sizeof(patch));
			memcpy(patches + size + sizeof(patch),
			       (const u8 *)conf + patch.at, patch.size);
		}
		size += sizeof(patch) + patch.size;
	}
	return size;
}

static int put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, NLAB_A_LINK_DIR_PAD);
}

static int fill_number(struct sk_buff *skb, int attr, int size,
		       const void *from)
{
	if (size == sizeof(u64))
		return put_u64(skb, attr, *(const u64 *)from);
	return nla_put_u32(skb, attr, size == sizeof(u32) ?
			   *(const u32 *)from : *(const u8 *)from);
}

static int fill_conf(struct sk_buff *skb, const struct link_conf *conf)
{
	struct nlattr *attr;
	char *text;
	int i;

	for (i = 0; i < ARRAY_SIZE(fields); i++)
		if (is_number(fields[i].attr) &&
		    fill_number(skb, fields[i].attr, fields[i].size,
				(const u8 *)conf + fields[i].at))
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
	err = fill_conf(skb, &dir->conf);
	if (!err && stats)
		err = link_schedule_fill(skb, dir) ||
		      link_trace_fill(skb, dir);
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
