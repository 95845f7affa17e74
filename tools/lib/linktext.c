// SPDX-License-Identifier: GPL-2.0
/* Parameters of links as text, driven by one table. Pure. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names-gen.h"
#include "nlab.h"

enum {
	/* of a new link */
	LIMIT_PACKETS = 1000,
	CODEL_INTERVAL = 100000000,
	RED_CHANCE = 429496730,	/* 10 % */
};

static const char *const no_words[] = { NULL };
static const char *const switch_words[] = { "off", "on", NULL };
static const char *const none_words[] = { "none", NULL };

/* In the order of the keys, and of their attributes. */
static const struct {
	enum nlab_link_kind kind;
	const char *placeholder;
	const char *const *words;
	uint64_t max;
} table[NLAB_LINK_KEYS] = {
	[NLAB_LINK_RATE] = { NLAB_LINK_KIND_RATE, "RATE", none_words,
		10000000000000 },
	[NLAB_LINK_OVERHEAD] = { NLAB_LINK_KIND_SIGNED, "BYTES", no_words,
		65535 },
	[NLAB_LINK_CELL_SIZE] = { NLAB_LINK_KIND_NUMBER, "BYTES", none_words,
		65535 },
	[NLAB_LINK_CELL_OVERHEAD] = { NLAB_LINK_KIND_SIGNED, "BYTES", no_words,
		65535 },
	[NLAB_LINK_LIMIT_PACKETS] = { NLAB_LINK_KIND_NUMBER, "NUMBER",
		none_words, UINT32_MAX },
	[NLAB_LINK_LIMIT_BYTES] = { NLAB_LINK_KIND_NUMBER, "BYTES", none_words,
		INT64_MAX },
	[NLAB_LINK_DELAY] = { NLAB_LINK_KIND_TIME, "TIME", no_words,
		3600000000000 },
	[NLAB_LINK_JITTER] = { NLAB_LINK_KIND_TIME, "TIME", no_words,
		3600000000000 },
	[NLAB_LINK_DISTRIBUTION] = { NLAB_LINK_KIND_ENUM, "FILE",
		nlab_link_distribution_names, 0 },
	[NLAB_LINK_ORDER] = { NLAB_LINK_KIND_ENUM, NULL,
		nlab_link_order_names, 0 },
	[NLAB_LINK_LOSS] = { NLAB_LINK_KIND_CHANCE, "PERCENT", no_words, 0 },
	[NLAB_LINK_GE_ENTER] = { NLAB_LINK_KIND_CHANCE, "PERCENT", no_words,
		0 },
	[NLAB_LINK_GE_LEAVE] = { NLAB_LINK_KIND_CHANCE, "PERCENT", no_words,
		0 },
	[NLAB_LINK_GE_LOSS] = { NLAB_LINK_KIND_CHANCE, "PERCENT", no_words, 0 },
	[NLAB_LINK_DUPLICATE] = { NLAB_LINK_KIND_CHANCE, "PERCENT", no_words,
		0 },
	[NLAB_LINK_CORRUPT] = { NLAB_LINK_KIND_CHANCE, "PERCENT", no_words, 0 },
	[NLAB_LINK_REORDER] = { NLAB_LINK_KIND_CHANCE, "PERCENT", no_words, 0 },
	[NLAB_LINK_SEED] = { NLAB_LINK_KIND_NUMBER, "NUMBER", no_words,
		UINT64_MAX },
	[NLAB_LINK_JITTER_CORRELATION] = { NLAB_LINK_KIND_CHANCE, "PERCENT",
		no_words, 0 },
	[NLAB_LINK_MARKOV_13] = { NLAB_LINK_KIND_CHANCE, "PERCENT", no_words,
		0 },
	[NLAB_LINK_MARKOV_14] = { NLAB_LINK_KIND_CHANCE, "PERCENT", no_words,
		0 },
	[NLAB_LINK_MARKOV_31] = { NLAB_LINK_KIND_CHANCE, "PERCENT", no_words,
		0 },
	[NLAB_LINK_MARKOV_32] = { NLAB_LINK_KIND_CHANCE, "PERCENT", no_words,
		0 },
	[NLAB_LINK_MARKOV_23] = { NLAB_LINK_KIND_CHANCE, "PERCENT", no_words,
		0 },
	[NLAB_LINK_LOSS_PATTERN] = { NLAB_LINK_KIND_PATTERN, "BITS",
		none_words, 0 },
	[NLAB_LINK_LOSS_LIST] = { NLAB_LINK_KIND_LIST, "NUMBER[-NUMBER],...",
		none_words, UINT32_MAX },
	[NLAB_LINK_CODEL_TARGET] = { NLAB_LINK_KIND_TIME, "TIME", no_words,
		3600000000000 },
	[NLAB_LINK_CODEL_INTERVAL] = { NLAB_LINK_KIND_TIME, "TIME", no_words,
		3600000000000 },
	[NLAB_LINK_ECN] = { NLAB_LINK_KIND_ENUM, NULL, switch_words, 0 },
	[NLAB_LINK_RED_MIN] = { NLAB_LINK_KIND_NUMBER, "BYTES", no_words,
		UINT32_MAX },
	[NLAB_LINK_RED_MAX] = { NLAB_LINK_KIND_NUMBER, "BYTES", none_words,
		UINT32_MAX },
	[NLAB_LINK_RED_CHANCE] = { NLAB_LINK_KIND_CHANCE, "PERCENT", no_words,
		0 },
	[NLAB_LINK_SLOT_DELAY] = { NLAB_LINK_KIND_TIME, "TIME", no_words,
		3600000000000 },
	[NLAB_LINK_SLOT_JITTER] = { NLAB_LINK_KIND_TIME, "TIME", no_words,
		3600000000000 },
	[NLAB_LINK_SLOT_DISTRIBUTION] = { NLAB_LINK_KIND_ENUM, NULL,
		nlab_link_distribution_names, 0 },
	[NLAB_LINK_SLOT_PACKETS] = { NLAB_LINK_KIND_NUMBER, "NUMBER",
		none_words, UINT32_MAX },
	[NLAB_LINK_SLOT_BYTES] = { NLAB_LINK_KIND_NUMBER, "BYTES", none_words,
		UINT32_MAX },
};

unsigned int nlab_link_key_attr(enum nlab_link_key key)
{
	unsigned int attr = NLAB_A_LINK_DIR_RATE + key;

	/* between them are those that have a form of their own */
	if (attr >= NLAB_A_LINK_DIR_STATS)
		attr++;
	if (attr >= NLAB_A_LINK_DIR_SCHEDULE)
		attr += 2;
	return attr;
}

const char *nlab_link_key_name(enum nlab_link_key key)
{
	return nlab_link_dir_names[nlab_link_key_attr(key)];
}

enum nlab_link_kind nlab_link_key_kind(enum nlab_link_key key)
{
	return table[key].kind;
}

const char *const *nlab_link_key_words(enum nlab_link_key key)
{
	return table[key].words;
}

const char *nlab_link_key_placeholder(enum nlab_link_key key)
{
	return table[key].placeholder;
}

const char *const *nlab_link_key_names(void)
{
	static const char *names[NLAB_LINK_KEYS + 1];
	unsigned int key;

	for (key = 0; key < NLAB_LINK_KEYS; key++)
		names[key] = nlab_link_key_name(key);
	return names;
}

uint64_t nlab_link_default(enum nlab_link_key key)
{
	switch (key) {
	case NLAB_LINK_LIMIT_PACKETS:
		return LIMIT_PACKETS;
	case NLAB_LINK_CODEL_INTERVAL:
		return CODEL_INTERVAL;
	case NLAB_LINK_RED_CHANCE:
		return RED_CHANCE;
	case NLAB_LINK_GE_LOSS:
		return UINT32_MAX;
	default:
		return 0;
	}
}

bool nlab_link_is_default(const struct nlab_link_dir *dir,
			  enum nlab_link_key key)
{
	return key != NLAB_LINK_SEED &&
	       dir->value[key] == nlab_link_default(key);
}

/* --- from text --- */

/* FNV-1a */
uint64_t nlab_link_hash(const void *data, size_t len, size_t count)
{
	const unsigned char *byte = data;
	uint64_t hash = 14695981039346656037ULL;

	while (len--)
		hash = (hash ^ *byte++) * 1099511628211ULL;
	return count ? hash << NLAB_LINK_COUNT | count : 0;
}

/* Zeros and ones, one for each packet. */
static bool parse_pattern(struct nlab_link_dir *dir, uint64_t *to,
			  struct nlab_word value)
{
	if (!value.len || value.len > NLAB_LINK_PATTERN)
		return false;
	memcpy(dir->pattern, value.str, value.len);
	dir->pattern[value.len] = '\0';
	*to = nlab_link_hash(value.str, value.len, value.len);
	return strspn(dir->pattern, "01") == value.len;
}

/* "3,17,100-110", ascending. */
static bool parse_list(struct nlab_link_dir *dir, uint64_t *to,
		       struct nlab_word value)
{
	uint64_t first, last = 0;
	unsigned int count = 0;

	if (!value.len || value.str[value.len - 1] == ',')
		return false;
	while (value.len) {
		struct nlab_word range = nlab_cut(&value, ','), word;
		bool pair = memchr(range.str, '-', range.len);
		uint64_t before = last;

		word = nlab_cut(&range, '-');
		if (!nlab_whole_parse(&first, word, false, UINT32_MAX))
			return false;
		last = first;
		if (pair && !nlab_whole_parse(&last, range, false, UINT32_MAX))
			return false;
		if (count == NLAB_LINK_RANGES || last < first ||
		    (count && first <= before))
			return false;
		dir->list[count][0] = (uint32_t)first;
		dir->list[count++][1] = (uint32_t)last;
	}
	*to = nlab_link_hash(dir->list, count * sizeof(dir->list[0]), count);
	return true;
}

static const char *expected(enum nlab_link_kind kind)
{
	switch (kind) {
	case NLAB_LINK_KIND_RATE:
		return "a number with bit, kbit, mbit, gbit or tbit, or none";
	case NLAB_LINK_KIND_TIME:
		return "a number with ns, us, ms or s, at most one hour";
	case NLAB_LINK_KIND_CHANCE:
		return "0% to 100%";
	case NLAB_LINK_KIND_SIGNED:
		return "-1024..65535";
	case NLAB_LINK_KIND_PATTERN:
		return "up to 256 of 0 and 1, or none";
	case NLAB_LINK_KIND_LIST:
		return "up to 16 ascending numbers or ranges like 3,17,100-110, or none";
	default:
		return "a number";
	}
}

static int find_word(const char *const *words, struct nlab_word value)
{
	int i;

	for (i = 0; words[i]; i++)
		if (nlab_word_is(value, words[i]))
			return i;
	return -1;
}

static int parse_value(struct nlab_link_dir *dir, enum nlab_link_key key,
		       struct nlab_word value, struct nlab_err *err)
{
	uint64_t *to = &dir->value[key];
	char quoted[NLAB_QUOTED], what[NLAB_VALUE_TEXT];
	int word = find_word(table[key].words, value);
	uint64_t max = table[key].max;
	bool good;

	if (word >= 0) {
		*to = (uint64_t)word;
		return 0;
	}
	switch (table[key].kind) {
	case NLAB_LINK_KIND_ENUM:
		snprintf(what, sizeof(what), "value of %s",
			 nlab_link_key_name(key));
		return nlab_unknown(err, what, value, table[key].words);
	case NLAB_LINK_KIND_RATE:
		good = nlab_rate_parse(to, value, max);
		break;
	case NLAB_LINK_KIND_TIME:
		good = nlab_time_parse(to, value, max);
		break;
	case NLAB_LINK_KIND_CHANCE:
		good = nlab_chance_parse(to, value);
		break;
	case NLAB_LINK_KIND_SIGNED:
		good = nlab_whole_parse(to, value, true, max) &&
		       (int64_t)*to >= -1024;
		break;
	case NLAB_LINK_KIND_PATTERN:
		good = parse_pattern(dir, to, value);
		break;
	case NLAB_LINK_KIND_LIST:
		good = parse_list(dir, to, value);
		break;
	default:
		good = nlab_whole_parse(to, value, false, max);
		break;
	}
	if (good)
		return 0;
	return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL, "bad %s %s, which is %s",
			 nlab_link_key_name(key), nlab_quote(quoted, value),
			 expected(table[key].kind));
}

int nlab_link_parse(struct nlab_link_dir *dir, struct nlab_word key_word,
		    struct nlab_word value, struct nlab_err *err)
{
	const char *const *names = nlab_link_key_names();
	int key = find_word(names, key_word);

	if (key < 0)
		return nlab_unknown(err, "parameter", key_word, names);
	if (dir->set[key])
		return nlab_fail(err, NLAB_FAULT_INPUT, EEXIST,
				 "parameter '%s' given twice", names[key]);
	dir->set[key] = true;
	return parse_value(dir, (enum nlab_link_key)key, value, err);
}

/* --- to text --- */

static void list_text(char *buf, const struct nlab_link_dir *dir,
		      uint64_t count)
{
	size_t used = 0;
	uint64_t i;

	for (i = 0; i < count && i < NLAB_LINK_RANGES; i++) {
		const uint32_t *range = dir->list[i];

		used += (size_t)snprintf(buf + used, NLAB_LINK_TEXT - used,
					 "%s%" PRIu32, i ? "," : "", range[0]);
		if (range[1] != range[0])
			used += (size_t)snprintf(buf + used,
						 NLAB_LINK_TEXT - used,
						 "-%" PRIu32, range[1]);
	}
	if (!used)
		snprintf(buf, NLAB_LINK_TEXT, "none");
}

const char *nlab_link_text(char *buf, const struct nlab_link_dir *dir,
			   enum nlab_link_key key)
{
	uint64_t value = dir->value[key], i;

	switch (table[key].kind) {
	case NLAB_LINK_KIND_RATE:
		return value ? nlab_rate_text(buf, value) :
			       strcpy(buf, "none");
	case NLAB_LINK_KIND_TIME:
		return nlab_time_text(buf, value);
	case NLAB_LINK_KIND_CHANCE:
		nlab_chance_text(buf, value);
		return buf;
	case NLAB_LINK_KIND_SIGNED:
		snprintf(buf, NLAB_VALUE_TEXT, "%" PRId64, (int64_t)value);
		return buf;
	case NLAB_LINK_KIND_ENUM:
		/* A number that a newer kernel may know is shown as it is. */
		for (i = 0; table[key].words[i]; i++)
			if (i == value) {
				snprintf(buf, NLAB_VALUE_TEXT, "%s",
					 table[key].words[i]);
				return buf;
			}
		break;
	case NLAB_LINK_KIND_PATTERN:
		snprintf(buf, NLAB_LINK_TEXT, "%s",
			 value ? dir->pattern : "none");
		return buf;
	case NLAB_LINK_KIND_LIST:
		list_text(buf, dir, nlab_link_count(value));
		return buf;
	default:
		break;
	}
	snprintf(buf, NLAB_VALUE_TEXT, "%" PRIu64, value);
	return buf;
}
