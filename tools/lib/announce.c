// SPDX-License-Identifier: GPL-2.0
/* The announcement of the node, in the kernel and as text. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "names-gen.h"
#include "sock.h"

enum {
	INTERVAL_MIN = 10,
	INTERVAL_MAX = 1000,
	FALL_MAX = 100,
	HOLD_MAX = 600000,
};

static const char *const words_empty[] = { NULL };
static const char *const words_none[] = { "none", NULL };

/* The keys of set-announce; each is an attribute of the same name. */
static const struct {
	unsigned int attr;
	const char *const *words;
	const char *placeholder;
	uint32_t min, max;
} table[NLAB_ANNOUNCE_KEYS] = {
	[NLAB_ANNOUNCE_DEVICE] = { NLAB_A_ANNOUNCE_DEVICE, words_empty,
		"DEVICE", 0, 0 },
	[NLAB_ANNOUNCE_FORM] = { NLAB_A_ANNOUNCE_FORM,
		nlab_announce_form_names, NULL, 0, 0 },
	[NLAB_ANNOUNCE_PREFIX] = { NLAB_A_ANNOUNCE_PREFIX, words_none,
		"PREFIX,...", 0, 0 },
	[NLAB_ANNOUNCE_UPLINK] = { NLAB_A_ANNOUNCE_UPLINK, words_none,
		"DEVICE,...", 0, 0 },
	[NLAB_ANNOUNCE_PROBE] = { NLAB_A_ANNOUNCE_PROBE, words_none,
		"ADDRESS", 0, 0 },
	[NLAB_ANNOUNCE_INTERVAL] = { NLAB_A_ANNOUNCE_INTERVAL, words_empty,
		"MS", INTERVAL_MIN, INTERVAL_MAX },
	[NLAB_ANNOUNCE_FALL] = { NLAB_A_ANNOUNCE_FALL, words_empty,
		"NUMBER", 1, FALL_MAX },
	[NLAB_ANNOUNCE_HOLD] = { NLAB_A_ANNOUNCE_HOLD, words_empty,
		"MS", 0, HOLD_MAX },
	[NLAB_ANNOUNCE_DIGEST] = { NLAB_A_ANNOUNCE_MAPS_DIGEST, words_none,
		"DIGEST", 0, 0 },
};

const char *nlab_announce_key_name(enum nlab_announce_key key)
{
	return nlab_announce_names[table[key].attr];
}

const char *nlab_announce_key_placeholder(enum nlab_announce_key key)
{
	return table[key].placeholder;
}

const char *const *nlab_announce_key_words(enum nlab_announce_key key)
{
	return table[key].words;
}

/* --- from text --- */

static int parse_form(struct nlab_announce *ann, struct nlab_word word,
		      struct nlab_err *err)
{
	for (ann->form = 0; nlab_announce_form_names[ann->form]; ann->form++)
		if (nlab_word_is(word, nlab_announce_form_names[ann->form]))
			return 0;
	return nlab_unknown(err, "form", word, nlab_announce_form_names);
}

static int parse_number(uint32_t *number, enum nlab_announce_key key,
			struct nlab_word word, struct nlab_err *err)
{
	char quoted[NLAB_QUOTED];
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < word.len && i < 8; i++) {
		if (word.str[i] < '0' || word.str[i] > '9')
			break;
		sum = sum * 10 + (uint64_t)(word.str[i] - '0');
	}
	*number = (uint32_t)sum;
	if (word.len && i == word.len && sum >= table[key].min &&
	    sum <= table[key].max)
		return 0;
	return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
			 "bad %s %s, which is %u..%u",
			 nlab_announce_key_name(key), nlab_quote(quoted, word),
			 table[key].min, table[key].max);
}

static int parse_device(char *name, struct nlab_word word,
			struct nlab_err *err)
{
	char quoted[NLAB_QUOTED];

	if (!word.len || word.len >= NLAB_DEV_NAME)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "bad device name %s, it has 1 to %d characters",
				 nlab_quote(quoted, word), NLAB_DEV_NAME - 1);
	memcpy(name, word.str, word.len);
	name[word.len] = '\0';
	return 0;
}

static int parse_prefix(struct nlab_announce *ann, struct nlab_word word,
			struct nlab_err *err)
{
	int ret;

	if (ann->prefixes == NLAB_ANNOUNCE_PREFIXES)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "more than %d prefixes",
				 NLAB_ANNOUNCE_PREFIXES);
	ret = nlab_prefix_parse(&ann->prefix[ann->prefixes], NULL, word, err);
	if (!ret)
		ann->prefixes++;
	return ret;
}

static int parse_uplink(struct nlab_announce *ann, struct nlab_word word,
			struct nlab_err *err)
{
	if (ann->uplinks == NLAB_ANNOUNCE_UPLINKS)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "more than %d uplinks", NLAB_ANNOUNCE_UPLINKS);
	return parse_device(ann->uplink[ann->uplinks++], word, err);
}

/* Words between commas; "none" is an empty list. */
static int parse_list(struct nlab_announce *ann, struct nlab_word list,
		      int (*parse)(struct nlab_announce *ann,
				   struct nlab_word word, struct nlab_err *err),
		      struct nlab_err *err)
{
	struct nlab_word word;
	const char *comma;
	int ret;

	if (nlab_word_is(list, words_none[0]))
		return 0;
	do {
		comma = memchr(list.str, ',', list.len);
		word.str = list.str;
		word.len = comma ? (size_t)(comma - list.str) : list.len;
		ret = parse(ann, word, err);
		if (comma) {
			list.len -= word.len + 1;
			list.str = comma + 1;
		}
	} while (!ret && comma);
	return ret;
}

static int parse_probe(struct nlab_announce *ann, struct nlab_word word,
		       struct nlab_err *err)
{
	char quoted[NLAB_QUOTED];
	int ret;

	if (nlab_word_is(word, words_none[0]))
		return 0;
	ret = nlab_addr_parse(&ann->probe, word, err);
	if (!ret && ann->probe.family != AF_INET)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "probe %s is no IPv4 address",
				 nlab_quote(quoted, word));
	return ret;
}

static int parse_value(struct nlab_announce *ann, enum nlab_announce_key key,
		       struct nlab_word value, struct nlab_err *err)
{
	switch (key) {
	case NLAB_ANNOUNCE_DEVICE:
		return parse_device(ann->device, value, err);
	case NLAB_ANNOUNCE_FORM:
		return parse_form(ann, value, err);
	case NLAB_ANNOUNCE_PREFIX:
		return parse_list(ann, value, parse_prefix, err);
	case NLAB_ANNOUNCE_UPLINK:
		return parse_list(ann, value, parse_uplink, err);
	case NLAB_ANNOUNCE_PROBE:
		return parse_probe(ann, value, err);
	case NLAB_ANNOUNCE_INTERVAL:
		return parse_number(&ann->interval, key, value, err);
	case NLAB_ANNOUNCE_FALL:
		return parse_number(&ann->fall, key, value, err);
	case NLAB_ANNOUNCE_DIGEST:
		ann->has_digest = !nlab_word_is(value, words_none[0]);
		return ann->has_digest ?
		       nlab_digest_parse(&ann->digest, value, err) : 0;
	default:
		return parse_number(&ann->hold, key, value, err);
	}
}

int nlab_announce_parse(struct nlab_announce *ann, struct nlab_word name,
			struct nlab_word value, struct nlab_err *err)
{
	const char *names[NLAB_ANNOUNCE_KEYS + 1];
	unsigned int key;

	for (key = 0; key < NLAB_ANNOUNCE_KEYS; key++)
		names[key] = nlab_announce_key_name(key);
	names[key] = NULL;
	for (key = 0; key < NLAB_ANNOUNCE_KEYS; key++)
		if (nlab_word_is(name, names[key]))
			break;
	if (key == NLAB_ANNOUNCE_KEYS)
		return nlab_unknown(err, "setting", name, names);
	if (ann->set & 1U << key)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "setting '%s' given twice", names[key]);
	ann->set |= 1U << key;
	return parse_value(ann, key, value, err);
}

/* --- to the kernel --- */

static void put_prefix(struct nlmsghdr *nlh, const struct nlab_prefix *prefix)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, NLAB_A_ANNOUNCE_PREFIX);

	if (prefix->family == AF_INET)
		mnl_attr_put_u32(nlh, NLAB_A_ANNOUNCE_PREFIX_ADDR4,
				 prefix->v4.s_addr);
	else if (prefix->family == AF_INET6)
		mnl_attr_put(nlh, NLAB_A_ANNOUNCE_PREFIX_ADDR6,
			     sizeof(prefix->v6), &prefix->v6);
	if (prefix->family != AF_UNSPEC)
		mnl_attr_put_u32(nlh, NLAB_A_ANNOUNCE_PREFIX_LEN, prefix->len);
	mnl_attr_nest_end(nlh, nest);
}

static void put_lists(struct nlmsghdr *nlh, const struct nlab_announce *ann)
{
	static const struct nlab_prefix none;
	unsigned int i;

	if (ann->set & 1U << NLAB_ANNOUNCE_PREFIX) {
		for (i = 0; i < ann->prefixes; i++)
			put_prefix(nlh, &ann->prefix[i]);
		if (!ann->prefixes)
			put_prefix(nlh, &none);
	}
	if (ann->set & 1U << NLAB_ANNOUNCE_UPLINK) {
		for (i = 0; i < ann->uplinks; i++)
			mnl_attr_put_strz(nlh, NLAB_A_ANNOUNCE_UPLINK,
					  ann->uplink[i]);
		if (!ann->uplinks)
			mnl_attr_put_strz(nlh, NLAB_A_ANNOUNCE_UPLINK, "");
	}
}

static void put_number(struct nlmsghdr *nlh, const struct nlab_announce *ann,
		       enum nlab_announce_key key, uint32_t number)
{
	if (ann->set & 1U << key)
		mnl_attr_put_u32(nlh, (uint16_t)table[key].attr, number);
}

int nlab_announce_set(struct nlab *nl, const struct nlab_announce *ann,
		      struct nlab_err *err)
{
	struct nlmsghdr *nlh = nlab_request(nl, NLAB_CMD_ANNOUNCE_SET);
	struct nlattr *nest = mnl_attr_nest_start(nlh, NLAB_A_ANNOUNCE);
	uint8_t digest[NLAB_DIGEST_BYTES];

	if (ann->set & 1U << NLAB_ANNOUNCE_DEVICE)
		mnl_attr_put_strz(nlh, NLAB_A_ANNOUNCE_DEVICE, ann->device);
	put_number(nlh, ann, NLAB_ANNOUNCE_FORM, ann->form);
	put_number(nlh, ann, NLAB_ANNOUNCE_PROBE, ann->probe.v4.s_addr);
	put_number(nlh, ann, NLAB_ANNOUNCE_INTERVAL, ann->interval);
	put_number(nlh, ann, NLAB_ANNOUNCE_FALL, ann->fall);
	put_number(nlh, ann, NLAB_ANNOUNCE_HOLD, ann->hold);
	if (ann->set & 1U << NLAB_ANNOUNCE_DIGEST) {
		nlab_digest_bytes(digest, &ann->digest);
		mnl_attr_put(nlh, NLAB_A_ANNOUNCE_MAPS_DIGEST, sizeof(digest),
			     digest);
	}
	put_lists(nlh, ann);
	mnl_attr_nest_end(nlh, nest);
	return nlab_talk(nl, nlh, NULL, NULL, err);
}

int nlab_announce_drain(struct nlab *nl, bool drained, struct nlab_err *err)
{
	struct nlmsghdr *nlh = nlab_request(nl, NLAB_CMD_ANNOUNCE_SET);
	struct nlattr *nest = mnl_attr_nest_start(nlh, NLAB_A_ANNOUNCE);

	mnl_attr_put_u32(nlh, NLAB_A_ANNOUNCE_DRAINED, drained);
	mnl_attr_nest_end(nlh, nest);
	return nlab_talk(nl, nlh, NULL, NULL, err);
}

int nlab_announce_verdict(struct nlab *nl, bool healthy, uint32_t faults,
			  struct nlab_err *err)
{
	struct nlmsghdr *nlh = nlab_request(nl, NLAB_CMD_ANNOUNCE_SET);
	struct nlattr *nest = mnl_attr_nest_start(nlh, NLAB_A_ANNOUNCE);

	mnl_attr_put_u32(nlh, NLAB_A_ANNOUNCE_HEALTHY, healthy);
	mnl_attr_put_u32(nlh, NLAB_A_ANNOUNCE_FAULTS, faults);
	mnl_attr_nest_end(nlh, nest);
	return nlab_talk(nl, nlh, NULL, NULL, err);
}

int nlab_announce_probe(struct nlab *nl, const struct nlab_packet *packet,
			unsigned int packets, struct nlab_err *err)
{
	struct nlmsghdr *nlh = nlab_request(nl, NLAB_CMD_ANNOUNCE_PROBE);
	unsigned int i;

	for (i = 0; i < packets; i++)
		mnl_attr_put(nlh, NLAB_A_PACKET, packet[i].len, packet[i].data);
	return nlab_talk(nl, nlh, NULL, NULL, err);
}

/* --- from the kernel --- */

static void get_prefix(struct nlab_announce *ann, const struct nlattr *nest)
{
	struct nlab_prefix *prefix = &ann->prefix[ann->prefixes];
	const struct nlattr *attr;

	if (ann->prefixes == NLAB_ANNOUNCE_PREFIXES)
		return;
	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) != NLAB_A_ANNOUNCE_PREFIX_LEN)
			nlab_get_addr(prefix, attr);
	}
	mnl_attr_for_each_nested(attr, nest)
		if (mnl_attr_get_type(attr) == NLAB_A_ANNOUNCE_PREFIX_LEN)
			prefix->len = (uint8_t)nlab_get_u32(attr);
	ann->prefixes++;
}

static void get_name(char *name, const struct nlattr *attr)
{
	snprintf(name, NLAB_DEV_NAME, "%.*s",
		 (int)mnl_attr_get_payload_len(attr),
		 (const char *)mnl_attr_get_payload(attr));
}

static void get_state(struct nlab_announce *ann, const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case NLAB_A_ANNOUNCE_DRAINED:
		ann->drained = nlab_get_u32(attr);
		break;
	case NLAB_A_ANNOUNCE_HEALTHY:
		ann->healthy = nlab_get_u32(attr);
		break;
	case NLAB_A_ANNOUNCE_UP:
		ann->up = nlab_get_u32(attr);
		break;
	case NLAB_A_ANNOUNCE_REASONS:
		ann->reasons = nlab_get_u32(attr);
		break;
	case NLAB_A_ANNOUNCE_AGENT_AGE:
		ann->has_agent = true;
		ann->agent_age = nlab_get_u32(attr);
		break;
	}
}

void nlab_get_announce(struct nlab_announce *ann, const struct nlattr *nest)
{
	const struct nlattr *attr;

	memset(ann, 0, sizeof(*ann));
	mnl_attr_for_each_nested(attr, nest) {
		switch (mnl_attr_get_type(attr)) {
		case NLAB_A_ANNOUNCE_DEVICE:
			get_name(ann->device, attr);
			break;
		case NLAB_A_ANNOUNCE_FORM:
			ann->form = nlab_get_u32(attr);
			break;
		case NLAB_A_ANNOUNCE_PREFIX:
			get_prefix(ann, attr);
			break;
		case NLAB_A_ANNOUNCE_UPLINK:
			if (ann->uplinks < NLAB_ANNOUNCE_UPLINKS)
				get_name(ann->uplink[ann->uplinks++], attr);
			break;
		case NLAB_A_ANNOUNCE_PROBE:
			nlab_get_addr(&ann->probe, attr);
			break;
		case NLAB_A_ANNOUNCE_INTERVAL:
			ann->interval = nlab_get_u32(attr);
			break;
		case NLAB_A_ANNOUNCE_FALL:
			ann->fall = nlab_get_u32(attr);
			break;
		case NLAB_A_ANNOUNCE_HOLD:
			ann->hold = nlab_get_u32(attr);
			break;
		case NLAB_A_ANNOUNCE_MAPS_DIGEST:
			ann->has_digest = mnl_attr_get_payload_len(attr) ==
					  NLAB_DIGEST_BYTES;
			if (ann->has_digest)
				nlab_digest_from(&ann->digest,
						 mnl_attr_get_payload(attr));
			break;
		default:
			get_state(ann, attr);
			break;
		}
	}
}

static int read_announce(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == NLAB_A_ANNOUNCE)
			nlab_get_announce(arg, attr);
	return 0;
}

int nlab_announce_get(struct nlab *nl, struct nlab_announce *ann,
		      struct nlab_err *err)
{
	memset(ann, 0, sizeof(*ann));
	return nlab_talk(nl, nlab_request(nl, NLAB_CMD_ANNOUNCE_GET),
			 read_announce, ann, err);
}

const char *nlab_announce_form_name(uint32_t form)
{
	return form <= NLAB_ANNOUNCE_FORM_STUB ? nlab_announce_form_names[form] :
						 "?";
}

const char *nlab_announce_reason_name(unsigned int number)
{
	return number <= NLAB_ANNOUNCE_REASON_UNTESTED ?
	       nlab_announce_reason_names[number] : NULL;
}
