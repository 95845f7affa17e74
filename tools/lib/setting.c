// SPDX-License-Identifier: GPL-2.0
/* Settings of the translator as text, driven by one table. Pure. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "attr.h"
#include "names-gen.h"
#include "nlab.h"

/* Limits that the specification states too (checks of the xlat set). */
enum {
	MTU_MIN = 1280,
	MTU_MAX = 65535,
	TOS_MAX = 255,
	NUMBER_DIGITS = 10,
};

static const char *const words_none[] = { "none", NULL };
static const char *const words_bool[] = { "off", "on", NULL };
static const char *const words_copy[] = { "copy", NULL };
static const char *const words_empty[] = { NULL };

/* name is that of the specification unless two attributes make one setting. */
static const struct {
	const char *name;
	enum nlab_kind kind;
	unsigned int attr;
	const char *const *words;
	const char *placeholder;
	int32_t min, max;
} table[NLAB_KEYS] = {
	[NLAB_KEY_PREFIX] = { "prefix", NLAB_KIND_PREFIX,
		NLAB_A_XLAT_PREFIX_ADDR, words_none, "PREFIX", 0, 0 },
	[NLAB_KEY_MODE] = { NULL, NLAB_KIND_ENUM,
		NLAB_A_XLAT_MODE, nlab_xlat_mode_names, NULL, 0, 0 },
	[NLAB_KEY_LOWEST_IPV6_MTU] = { NULL, NLAB_KIND_NUMBER,
		NLAB_A_XLAT_LOWEST_IPV6_MTU, words_empty, "BYTES",
		MTU_MIN, MTU_MAX },
	[NLAB_KEY_UDP_ZERO_CHECKSUM] = { NULL, NLAB_KIND_ENUM,
		NLAB_A_XLAT_UDP_ZERO_CHECKSUM, nlab_udp_zero_names, NULL,
		0, 0 },
	[NLAB_KEY_ERROR_POOL4] = { "error-pool4", NLAB_KIND_POOL4,
		NLAB_A_XLAT_ERROR_POOL4_ADDR, words_none, "PREFIX", 0, 0 },
	[NLAB_KEY_ERROR_POOL4_SELECT] = { NULL, NLAB_KIND_ENUM,
		NLAB_A_XLAT_ERROR_POOL4_SELECT, nlab_error_select_names, NULL,
		0, 0 },
	[NLAB_KEY_ERROR_POOL6] = { NULL, NLAB_KIND_ADDR6,
		NLAB_A_XLAT_ERROR_POOL6, words_none, "ADDRESS", 0, 0 },
	[NLAB_KEY_HAIRPIN] = { NULL, NLAB_KIND_ENUM,
		NLAB_A_XLAT_HAIRPIN, nlab_hairpin_names, NULL, 0, 0 },
	[NLAB_KEY_TOS] = { NULL, NLAB_KIND_TOS,
		NLAB_A_XLAT_TOS, words_copy, "0..255", 0, TOS_MAX },
	[NLAB_KEY_PRIORITY] = { NULL, NLAB_KIND_NUMBER,
		NLAB_A_XLAT_PRIORITY, words_empty, "NUMBER",
		INT32_MIN, INT32_MAX },
	[NLAB_KEY_LOCAL] = { NULL, NLAB_KIND_BOOL,
		NLAB_A_XLAT_LOCAL, words_bool, NULL, 0, 0 },
	[NLAB_KEY_ICMP_ERRORS] = { NULL, NLAB_KIND_BOOL,
		NLAB_A_XLAT_ICMP_ERRORS, words_bool, NULL, 0, 0 },
	[NLAB_KEY_WKP_STRICT] = { NULL, NLAB_KIND_BOOL,
		NLAB_A_XLAT_WKP_STRICT, words_bool, NULL, 0, 0 },
	[NLAB_KEY_PREFER_NATIVE] = { NULL, NLAB_KIND_BOOL,
		NLAB_A_XLAT_PREFER_NATIVE, words_bool, NULL, 0, 0 },
	[NLAB_KEY_ERROR_SOURCE] = { NULL, NLAB_KIND_BOOL,
		NLAB_A_XLAT_ERROR_SOURCE, words_bool, NULL, 0, 0 },
};

const char *nlab_key_name(enum nlab_key key)
{
	return table[key].name ? table[key].name :
				 nlab_xlat_names[table[key].attr];
}

enum nlab_kind nlab_key_kind(enum nlab_key key)
{
	return table[key].kind;
}

const char *const *nlab_key_words(enum nlab_key key)
{
	return table[key].words;
}

const char *nlab_key_placeholder(enum nlab_key key)
{
	return table[key].placeholder;
}

unsigned int nlab_key_attr(enum nlab_key key)
{
	return table[key].attr;
}

const char *const *nlab_key_names(void)
{
	static const char *names[NLAB_KEYS + 1];
	unsigned int key;

	for (key = 0; key < NLAB_KEYS; key++)
		names[key] = nlab_key_name(key);
	return names;
}

static int find_word(const char *const *words, struct nlab_word value)
{
	int i;

	for (i = 0; words[i]; i++)
		if (nlab_word_is(value, words[i]))
			return i;
	return -1;
}

/* Decimal with a sign, or if octet is true also 0x. */
static bool parse_number(int32_t *number, struct nlab_word value, bool octet)
{
	bool minus = value.len && value.str[0] == '-';
	size_t i = minus, base = 10, digits;
	int64_t sum = 0;

	if (octet && value.len > 2 && value.str[0] == '0' &&
	    (value.str[1] == 'x' || value.str[1] == 'X')) {
		base = 16;
		i = 2;
	}
	digits = value.len - i;
	if (!digits || digits > NUMBER_DIGITS)
		return false;
	for (; i < value.len; i++) {
		static const char set[] = "0123456789abcdef";
		char c = value.str[i];
		const char *at;

		if (c >= 'A' && c <= 'F')
			c = (char)(c - 'A' + 'a');
		at = memchr(set, c, base);
		if (!at)
			return false;
		sum = sum * (int64_t)base + (at - set);
	}
	if (minus)
		sum = -sum;
	if (sum < INT32_MIN || sum > INT32_MAX)
		return false;
	*number = (int32_t)sum;
	return true;
}

static int parse_setting_number(struct nlab_setting *setting, enum nlab_key key,
				struct nlab_word value, struct nlab_err *err)
{
	bool octet = table[key].kind == NLAB_KIND_TOS;
	char quoted[NLAB_QUOTED];

	if (octet && nlab_word_is(value, words_copy[0])) {
		setting->number = NLAB_TOS_COPY;
		return 0;
	}
	if (parse_number(&setting->number, value, octet) &&
	    setting->number >= table[key].min &&
	    setting->number <= table[key].max)
		return 0;
	return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
			 "bad %s %s, which is %s%d..%d", nlab_key_name(key),
			 nlab_quote(quoted, value), octet ? "copy or " : "",
			 table[key].min, table[key].max);
}

/* RFC 6052 section 2.2: six lengths; bits 64 to 71 are zero. */
static int check_rfc6052(const struct nlab_prefix *prefix, bool has_len,
			 struct nlab_err *err)
{
	static const uint8_t lens[] = { 32, 40, 48, 56, 64, 96 };

	if (prefix->family != AF_INET6)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "prefix must be IPv6");
	if (!has_len)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "prefix needs its length, as in '64:ff9b::/96'");
	if (!memchr(lens, prefix->len, sizeof(lens)))
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "bad prefix length %u, which is 32, 40, 48, 56, 64 or 96 (RFC 6052 section 2.2)",
				 prefix->len);
	if (prefix->v6.s6_addr[8])
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "bits 64 to 71 of the prefix must be zero (RFC 6052 section 2.2)");
	return 0;
}

static int parse_setting_prefix(struct nlab_setting *setting, enum nlab_key key,
				struct nlab_word value, struct nlab_err *err)
{
	struct nlab_prefix *prefix = &setting->prefix;
	char quoted[NLAB_QUOTED];
	bool has_len;
	int ret;

	memset(prefix, 0, sizeof(*prefix));
	if (nlab_word_is(value, words_none[0]))
		return 0;
	ret = nlab_prefix_parse(prefix, &has_len, value, err);
	if (ret)
		return ret;
	nlab_quote(quoted, value);
	switch (table[key].kind) {
	case NLAB_KIND_PREFIX:
		return check_rfc6052(prefix, has_len, err);
	case NLAB_KIND_POOL4:
		if (prefix->family == AF_INET && prefix->len)
			return 0;
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "%s %s must be an IPv4 prefix of length 1..32",
				 nlab_key_name(key), quoted);
	default:
		if (prefix->family == AF_INET6 && !has_len &&
		    !IN6_IS_ADDR_UNSPECIFIED(&prefix->v6))
			return 0;
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "%s %s must be an IPv6 address",
				 nlab_key_name(key), quoted);
	}
}

static int parse_setting_word(struct nlab_setting *setting, enum nlab_key key,
			      struct nlab_word value, struct nlab_err *err)
{
	int i = find_word(table[key].words, value);
	char what[NLAB_VALUE_TEXT];

	if (i >= 0) {
		setting->number = i;
		return 0;
	}
	snprintf(what, sizeof(what), "value of %s", nlab_key_name(key));
	return nlab_unknown(err, what, value, table[key].words);
}

int nlab_xlat_parse(struct nlab_xlat *xlat, struct nlab_word key_word,
		    struct nlab_word value, struct nlab_err *err)
{
	const char *const *names = nlab_key_names();
	int key = find_word(names, key_word);
	struct nlab_setting *setting;

	if (key < 0)
		return nlab_unknown(err, "setting", key_word, names);
	setting = &xlat->key[key];
	if (setting->set)
		return nlab_fail(err, NLAB_FAULT_INPUT, EEXIST,
				 "setting '%s' given twice", names[key]);
	setting->set = true;
	switch (table[key].kind) {
	case NLAB_KIND_PREFIX:
	case NLAB_KIND_POOL4:
	case NLAB_KIND_ADDR6:
		return parse_setting_prefix(setting, key, value, err);
	case NLAB_KIND_NUMBER:
	case NLAB_KIND_TOS:
		return parse_setting_number(setting, key, value, err);
	default:
		return parse_setting_word(setting, key, value, err);
	}
}

const char *nlab_xlat_text(char *buf, const struct nlab_xlat *xlat,
			   enum nlab_key key)
{
	const struct nlab_setting *setting = &xlat->key[key];
	int i;

	switch (table[key].kind) {
	case NLAB_KIND_PREFIX:
	case NLAB_KIND_POOL4:
	case NLAB_KIND_ADDR6:
		if (setting->prefix.family == AF_UNSPEC)
			snprintf(buf, NLAB_VALUE_TEXT, "none");
		else
			nlab_prefix_text(buf, &setting->prefix);
		return buf;
	case NLAB_KIND_TOS:
		if (setting->number == NLAB_TOS_COPY) {
			snprintf(buf, NLAB_VALUE_TEXT, "copy");
			return buf;
		}
		break;
	default:
		/* A number that a newer kernel may know is shown as it is. */
		for (i = 0; table[key].words[i]; i++)
			if (i == setting->number) {
				snprintf(buf, NLAB_VALUE_TEXT, "%s",
					 table[key].words[i]);
				return buf;
			}
		break;
	}
	snprintf(buf, NLAB_VALUE_TEXT, "%d", setting->number);
	return buf;
}
