// SPDX-License-Identifier: GPL-2.0
/* tayga.conf (TAYGA 0.9): one directive a line. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

enum {
	/* A directive and its arguments, and one to see what is too much. */
	WORDS_MAX = 4,
};

/* What a word of TAYGA's is called here; ends with a NULL. */
struct translation {
	const char *word;
	const char *value;
};

static const struct translation words_strict[] = {
	{ "yes", "on" }, { "no", "off" }, { NULL, NULL }
};

static const struct translation words_checksum[] = {
	{ "drop", "drop" }, { "calc", "compute" }, { "fwd", "forward" },
	{ NULL, NULL }
};

/**
 * struct directive - A line of tayga.conf.
 * @name: Its first word.
 * @key: Setting that it becomes; NLAB_KEYS if none.
 * @words: Its values, or NULL if they are the same here.
 * @note: What to tell about it, or NULL.
 */
struct directive {
	const char *name;
	enum nlab_key key;
	const struct translation *words;
	const char *note;
};

#define NO_DEVICE "nlab has no device, it translates packets where they arrive: "

static const struct directive directives[] = {
	{ "prefix", NLAB_KEY_PREFIX, NULL, NULL },
	{ "wkpf-strict", NLAB_KEY_WKP_STRICT, words_strict, NULL },
	{ "udp-cksum-mode", NLAB_KEY_UDP_ZERO_CHECKSUM, words_checksum, NULL },
	{ "offlink-mtu", NLAB_KEY_LOWEST_IPV6_MTU, NULL, NULL },
	{ "ipv4-addr", NLAB_KEY_ERROR_POOL4, NULL,
	  "written as error-pool4, the source of ICMP errors; the address answers a ping only if the node has it" },
	{ "ipv6-addr", NLAB_KEY_ERROR_POOL6, NULL,
	  "written as error-pool6, the source of ICMP errors; the address answers a ping only if the node has it" },
	{ "dynamic-pool", NLAB_KEYS, NULL,
	  "nlab keeps no state and gives no addresses to hosts as they appear: give each a map, those of the moment stand in dynamic.map of data-dir" },
	{ "map-file", NLAB_KEYS, NULL,
	  "import that file too, and name the result on an 'include' line" },
	{ "data-dir", NLAB_KEYS, NULL, "not needed, nlab stores nothing" },
	{ "tun-device", NLAB_KEYS, NULL,
	  NO_DEVICE "remove the routes that lead to it" },
	{ "tun-up", NLAB_KEYS, NULL, NO_DEVICE "not needed" },
	{ "tun-ip", NLAB_KEYS, NULL,
	  NO_DEVICE "give the address to another device if it is needed" },
	{ "tun-route", NLAB_KEYS, NULL, NO_DEVICE "not needed" },
	{ "strict-frag-hdr", NLAB_KEYS, NULL,
	  "not needed, a Fragment header is added to fragments only (RFC 7915)" },
	{ "log", NLAB_KEYS, NULL,
	  "nlab counts ('nlabctl show-stats') and has tracepoints, it writes no log" },
	{ "worker-threads", NLAB_KEYS, NULL,
	  "not needed, every CPU translates what it receives" },
	{ NULL, NLAB_KEYS, NULL, NULL },
};

static int take_setting(struct nlab_import *import, uint32_t line,
			const struct directive *directive,
			struct nlab_word value, struct nlab_err *err)
{
	const struct translation *word = directive->words;
	char quoted[NLAB_QUOTED];
	int ret;

	if (word) {
		while (word->word && !nlab_word_is(value, word->word))
			word++;
		if (!word->word) {
			ret = nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
					"unknown value of %s: %s",
					directive->name,
					nlab_quote(quoted, value));
			return nlab_import_blame(import, line, ret, err);
		}
		value = nlab_word(word->value);
	}
	return nlab_import_set(import, line, directive->key, value, err);
}

static int wrong_number(struct nlab_import *import, uint32_t line,
			struct nlab_word name, size_t wanted,
			struct nlab_err *err)
{
	char quoted[NLAB_QUOTED];
	int ret = nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
			    "%s takes %zu argument%s", nlab_quote(quoted, name),
			    wanted, wanted == 1 ? "" : "s");

	return nlab_import_blame(import, line, ret, err);
}

static int take_line(struct nlab_import *import, uint32_t line,
		     struct nlab_word text, struct nlab_err *err)
{
	const char *hash = text.len ? memchr(text.str, '#', text.len) : NULL;
	const struct directive *directive = directives;
	struct nlab_word word[WORDS_MAX];
	char quoted[NLAB_QUOTED];
	size_t count;
	int ret = 0;

	/* Here a comment may also begin within a word. */
	if (hash)
		text.len = (size_t)(hash - text.str);
	count = nlab_split(word, WORDS_MAX, text);
	if (!count)
		return 0;
	if (nlab_word_is(word[0], "map")) {
		if (count != 3)
			return wrong_number(import, line, word[0], 2, err);
		return nlab_import_map(import, line, word[1], word[2], err);
	}
	while (directive->name && !nlab_word_is(word[0], directive->name))
		directive++;
	if (!directive->name) {
		nlab_import_note(import, line, "unknown directive %s, ignored",
				 nlab_quote(quoted, word[0]));
		return 0;
	}
	if (directive->key != NLAB_KEYS) {
		if (count != 2)
			return wrong_number(import, line, word[0], 1, err);
		ret = take_setting(import, line, directive, word[1], err);
	}
	if (!ret && directive->note)
		nlab_import_note(import, line, "%s: %s", directive->name,
				 directive->note);
	return ret;
}

int nlab_import_tayga(struct nlab_import *import, const char *path,
		      struct nlab_err *err)
{
	char *text = NULL;
	size_t len = 0, at = 0;
	uint32_t line = 0;
	int ret;

	memset(&import->set, 0, sizeof(import->set));
	ret = nlab_import_begin(import, path, &text, &len, err);
	while (!ret && at < len) {
		struct nlab_word rest = { .str = text + at };
		const char *end = memchr(rest.str, '\n', len - at);

		rest.len = end ? (size_t)(end - rest.str) : len - at;
		ret = take_line(import, ++line, rest, err);
		at += rest.len + 1;
	}
	free(text);
	return ret ? ret : nlab_import_end(import, err);
}
