// SPDX-License-Identifier: GPL-2.0
/* JSON configuration of SIIT Jool 4 ("file handle"). Jool's keys have no case,
 * and any object may hold comments.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import.h"
#include "jsonline.h"

/**
 * struct jool - A configuration that is being read.
 * @import: Where to.
 * @text: All of it, ends with a zero.
 * @global: Its section "global", or NULL.
 * @override_tos: Jool writes @tos into IPv4.
 * @zeroize: Jool writes zero into IPv6.
 * @tos: The value.
 * @tos_line: Where one of these stands.
 */
struct jool {
	struct nlab_import *import;
	const char *text;
	const char *global;
	bool override_tos;
	bool zeroize;
	json_int_t tos;
	uint32_t tos_line;
};

/**
 * struct global - A key of the section "global".
 * @name: The key.
 * @key: Setting that it becomes; NLAB_KEYS if none.
 * @words: For a switch, the values of the setting when it is off and on.
 * @note: If it becomes none: why; told if the value is not @silent.
 * @silent: What needs no word: JSON_FALSE, JSON_TRUE, or JSON_NULL for none.
 */
struct global {
	const char *name;
	enum nlab_key key;
	const char *words[2];
	const char *note;
	json_type silent;
};

static const struct global globals[] = {
	{ "pool6", NLAB_KEY_PREFIX, { NULL }, NULL, JSON_NULL },
	{ "lowest-ipv6-mtu", NLAB_KEY_LOWEST_IPV6_MTU, { NULL }, NULL,
	  JSON_NULL },
	{ "amend-udp-checksum-zero", NLAB_KEY_UDP_ZERO_CHECKSUM,
	  { "drop", "compute" }, NULL, JSON_NULL },
	{ "randomize-rfc6791-addresses", NLAB_KEY_ERROR_POOL4_SELECT,
	  { "hops", "random" }, NULL, JSON_NULL },
	{ "rfc6791v4-prefix", NLAB_KEY_ERROR_POOL4, { NULL }, NULL,
	  JSON_NULL },
	{ "manually-enabled", NLAB_KEYS, { NULL },
	  "this instance is switched off in Jool; here, maps that are loaded translate",
	  JSON_TRUE },
	{ "mtu-plateaus", NLAB_KEYS, { NULL },
	  "nlab has the plateaus of RFC 1191, they can't be set", JSON_NULL },
	{ "logging-debug", NLAB_KEYS, { NULL },
	  "nlab writes no log, it has tracepoints", JSON_FALSE },
	{ "trace", NLAB_KEYS, { NULL },
	  "nlab writes no log, it has tracepoints", JSON_FALSE },
	{ NULL, NLAB_KEYS, { NULL }, NULL, JSON_NULL },
};

static const char *const hairpin_words[] = { "off", "simple", "intrinsic" };

static bool is_comment(const char *key)
{
	return !strncasecmp(key, "comment", strlen("comment"));
}

static uint32_t line_at(const struct jool *jool, const char *at)
{
	return nlab_json_line(jool->text, at);
}

static int bad_value(const struct jool *jool, uint32_t line, const char *key,
		     const char *wanted, struct nlab_err *err)
{
	int ret = nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
			    "value of '%s' must be %s", key, wanted);

	return nlab_import_blame(jool->import, line, ret, err);
}

/* A number or a text as text, for the parser of settings. */
static int take_plain(const struct jool *jool, uint32_t line,
		      const struct global *global, const json_t *value,
		      struct nlab_err *err)
{
	char number[NLAB_VALUE_TEXT];
	const char *text = json_string_value(value);

	if (json_is_null(value))
		return 0;
	if (json_is_integer(value)) {
		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
			 json_integer_value(value));
		text = number;
	}
	if (!text)
		return bad_value(jool, line, global->name,
				 "a text, a number or null", err);
	return nlab_import_set(jool->import, line, global->key,
			       nlab_word(text), err);
}

/* Names of the modes, or their numbers. */
static int take_hairpin(const struct jool *jool, uint32_t line,
			const json_t *value, struct nlab_err *err)
{
	json_int_t number = json_integer_value(value);
	const char *text = json_string_value(value);

	if (json_is_integer(value) && number >= 0 && number < 3)
		text = hairpin_words[number];
	if (!text)
		return bad_value(jool, line, "eam-hairpin-mode",
				 "off, simple or intrinsic", err);
	return nlab_import_set(jool->import, line, NLAB_KEY_HAIRPIN,
			       nlab_word(text), err);
}

/* Jool makes addresses of a whole prefix, nlab uses one. */
static int take_pool6(const struct jool *jool, uint32_t line,
		      const json_t *value, struct nlab_err *err)
{
	char text[NLAB_PREFIX_TEXT], quoted[NLAB_QUOTED];
	struct nlab_prefix prefix;
	int ret;

	if (json_is_null(value))
		return 0;
	if (!json_is_string(value))
		return bad_value(jool, line, "rfc6791v6-prefix",
				 "an IPv6 prefix or null", err);
	ret = nlab_prefix_parse(&prefix, NULL,
				nlab_word(json_string_value(value)), err);
	if (ret)
		return nlab_import_blame(jool->import, line, ret, err);
	if (!nlab_prefix_is_host(&prefix)) {
		nlab_import_note(jool->import, line,
				 "rfc6791v6-prefix: nlab uses one address, give one of %s with 'set error-pool6'",
				 nlab_quote(quoted,
					    nlab_word(json_string_value(value))));
		return 0;
	}
	return nlab_import_set(jool->import, line, NLAB_KEY_ERROR_POOL6,
			       nlab_word(nlab_prefix_text(text, &prefix)), err);
}

/* The four keys that become one setting. */
static int take_tos(struct jool *jool, uint32_t line, const char *key,
		    const json_t *value, bool *known, struct nlab_err *err)
{
	bool tos = !strcasecmp(key, "tos");
	bool override = !strcasecmp(key, "override-tos");

	*known = tos || override || !strcasecmp(key, "zeroize-traffic-class") ||
		 !strcasecmp(key, "reset-traffic-class");
	if (!*known)
		return 0;
	if (tos ? !json_is_integer(value) : !json_is_boolean(value))
		return bad_value(jool, line, key,
				 tos ? "a number" : "true or false", err);
	if (tos)
		jool->tos = json_integer_value(value);
	else if (override)
		jool->override_tos = json_is_true(value);
	else
		jool->zeroize = json_is_true(value);
	if (json_is_true(value))
		jool->tos_line = line;
	return 0;
}

static int finish_tos(const struct jool *jool, struct nlab_err *err)
{
	char text[NLAB_VALUE_TEXT];
	json_int_t tos = jool->override_tos ? jool->tos : 0;

	if (!jool->override_tos && !jool->zeroize)
		return 0;
	if (!jool->override_tos || !jool->zeroize || tos)
		nlab_import_note(jool->import, jool->tos_line,
				 "nlab writes tos in both directions, Jool %s",
				 !jool->zeroize ? "into IPv4 only" :
				 !jool->override_tos ? "into IPv6 only" :
				 "zero into IPv6");
	snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT, tos);
	return nlab_import_set(jool->import, jool->tos_line, NLAB_KEY_TOS,
			       nlab_word(text), err);
}

static int take_global(struct jool *jool, const char *key, const json_t *value,
		       struct nlab_err *err)
{
	uint32_t line = line_at(jool, nlab_json_member(jool->global, key));
	const struct global *global = globals;
	char quoted[NLAB_QUOTED];
	bool known;
	int ret;

	if (!strcasecmp(key, "eam-hairpin-mode"))
		return take_hairpin(jool, line, value, err);
	if (!strcasecmp(key, "rfc6791v6-prefix"))
		return take_pool6(jool, line, value, err);
	ret = take_tos(jool, line, key, value, &known, err);
	if (ret || known)
		return ret;
	while (global->name && strcasecmp(key, global->name))
		global++;
	if (!global->name) {
		nlab_import_note(jool->import, line,
				 "%s has no equal in nlab (or is for stateful NAT64), ignored",
				 nlab_quote(quoted, nlab_word(key)));
		return 0;
	}
	if (global->note) {
		if (global->silent == JSON_NULL ||
		    json_typeof(value) != global->silent)
			nlab_import_note(jool->import, line, "%s: %s",
					 global->name, global->note);
		return 0;
	}
	if (!global->words[0])
		return take_plain(jool, line, global, value, err);
	if (!json_is_boolean(value))
		return bad_value(jool, line, global->name, "true or false",
				 err);
	return nlab_import_set(jool->import, line, global->key,
			       nlab_word(global->words[json_is_true(value)]),
			       err);
}

static int take_globals(struct jool *jool, const json_t *section,
			struct nlab_err *err)
{
	const char *key;
	json_t *value;
	int ret = 0;

	if (!json_is_object(section))
		return bad_value(jool, line_at(jool, jool->global), "global",
				 "an object", err);
	/* jansson's iterators take no const, and change nothing */
	json_object_foreach((json_t *)(uintptr_t)section, key, value) {
		if (!is_comment(key))
			ret = take_global(jool, key, value, err);
		if (ret)
			return ret;
	}
	return finish_tos(jool, err);
}

/* The text of a prefix of an entry, whatever the case of its key. */
static const char *prefix_of(const json_t *entry, const char *name)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)entry, key, value)
		if (!strcasecmp(key, name))
			return json_string_value(value);
	return NULL;
}

static int take_eamt(struct jool *jool, const json_t *eamt, const char *at,
		     struct nlab_err *err)
{
	/* The next entry is looked for from the last one. */
	const char *entry_at = nlab_json_element(at, 0), *from = jool->text;
	uint32_t line = 1;
	size_t i;
	int ret = 0;

	if (!json_is_array(eamt))
		return bad_value(jool, line_at(jool, at), "eamt", "a list",
				 err);
	for (i = 0; !ret && i < json_array_size(eamt); i++) {
		const json_t *entry = json_array_get(eamt, i);
		const char *v4 = prefix_of(entry, "ipv4 prefix");
		const char *v6 = prefix_of(entry, "ipv6 prefix");

		/* nowhere: a second list of that name came in the way */
		if (entry_at) {
			line += nlab_json_line(from, entry_at) - 1;
			from = entry_at;
		}
		if (!v4 || !v6)
			return bad_value(jool, line, "eamt",
					 "objects with 'ipv4 prefix' and 'ipv6 prefix'",
					 err);
		ret = nlab_import_map(jool->import, line, nlab_word(v4),
				      nlab_word(v6), err);
		entry_at = nlab_json_next(entry_at);
	}
	return ret;
}

static void note_section(const struct jool *jool, const char *key,
			 const json_t *value, const char *at)
{
	char quoted[NLAB_QUOTED];
	uint32_t line = line_at(jool, at);

	nlab_quote(quoted, nlab_word(key));
	if (!strcasecmp(key, "instance"))
		nlab_import_note(jool->import, line,
				 "each network namespace has one translator: load the maps in that of this instance (nlabctl -n)");
	else if (!strcasecmp(key, "framework")) {
		if (json_is_string(value) &&
		    !strcasecmp(json_string_value(value), "iptables"))
			nlab_import_note(jool->import, line,
					 "framework iptables: nlab translates without a rule, what its maps and prefix cover");
	} else if (!strcasecmp(key, "denylist4") ||
		   !strcasecmp(key, "blacklist4"))
		nlab_import_note(jool->import, line,
				 "%s: nlab has no such list; own addresses are left alone as they are, others with a route of their own and prefer-native",
				 quoted);
	else if (!strcasecmp(key, "pool4") || !strcasecmp(key, "bib") ||
		 !strcasecmp(key, "static"))
		nlab_import_note(jool->import, line,
				 "%s is for stateful NAT64, which nlab does not do",
				 quoted);
	else
		nlab_import_note(jool->import, line, "unknown key %s, ignored",
				 quoted);
}

static int take_sections(struct jool *jool, json_t *root, struct nlab_err *err)
{
	const char *key;
	json_t *value;
	int ret = 0;

	json_object_foreach(root, key, value) {
		const char *at = nlab_json_member(jool->text, key);

		if (is_comment(key))
			continue;
		if (!strcasecmp(key, "global")) {
			jool->global = at;
			ret = take_globals(jool, value, err);
		} else if (!strcasecmp(key, "eamt")) {
			ret = take_eamt(jool, value, at, err);
		} else {
			note_section(jool, key, value, at);
		}
		if (ret)
			break;
	}
	return ret;
}

int nlab_import_jool(struct nlab_import *import, const char *path,
		     struct nlab_err *err)
{
	struct jool jool = { .import = import };
	json_t *root = NULL;
	json_error_t wrong;
	char *text = NULL;
	size_t len = 0;
	int ret;

	memset(&import->set, 0, sizeof(import->set));
	ret = nlab_import_begin(import, path, &text, &len, err);
	if (ret)
		goto out;
	jool.text = text;
	root = json_loadb(text, len, 0, &wrong);
	if (!root) {
		ret = nlab_fail(err, NLAB_FAULT_INPUT, EINVAL, "no JSON: %s",
				wrong.text);
		nlab_import_blame(import, wrong.line > 0 ?
				  (uint32_t)wrong.line : 1, ret, err);
	} else if (!json_is_object(root)) {
		ret = bad_value(&jool, 1, path, "an object", err);
	} else {
		ret = take_sections(&jool, root, err);
	}
	if (!ret)
		ret = nlab_import_end(import, err);
out:
	json_decref(root);
	free(text);
	return ret;
}
