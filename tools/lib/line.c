// SPDX-License-Identifier: GPL-2.0
/* One line of a map file, in our own format and in that of map646.conf. Pure:
 * bytes in, struct out.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "parse.h"

enum {
	/* The longest form, and one word to see what is too much. */
	WORDS_MAX = 4,
	/* map646 always has the address last. */
	MAPPING_PREFIX_LEN = 96,
};

static const char *const keywords[] = {
	"set", "include", "version", "digest", "map-static", "map66-static",
	"mapping-prefix", NULL
};

static const char *const map_words[] = { "overlap", NULL };

/* Exactly as many words as the line's form has. */
static int want(const struct nlab_word *word, size_t count, size_t wanted,
		const char *form, struct nlab_err *err)
{
	char quoted[NLAB_QUOTED];

	if (count < wanted)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "something missing after %s, expected: %s",
				 nlab_quote(quoted, word[count - 1]), form);
	if (count > wanted)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "unexpected %s, expected: %s",
				 nlab_quote(quoted, word[wanted]), form);
	return 0;
}

static int parse_map(struct nlab_line *line, const struct nlab_word *word,
		     size_t count, struct nlab_err *err)
{
	bool overlap = count > 2;
	int ret;

	if (overlap && !nlab_word_is(word[2], map_words[0]))
		return nlab_unknown(err, "word", word[2], map_words);
	ret = want(word, count, 2 + overlap, "OUTSIDE INSIDE [overlap]", err);
	if (ret)
		return ret;
	line->kind = NLAB_LINE_MAP;
	ret = nlab_map_parse(&line->map, word[0], word[1], err);
	line->map.overlap = overlap;
	return ret;
}

/* map646: the outside address comes first in both of its lines. */
static int parse_static(struct nlab_line *line, const struct nlab_word *word,
			size_t count, int family, struct nlab_err *err)
{
	bool v4 = family == AF_INET;
	char quoted[NLAB_QUOTED];
	int ret;

	ret = want(word, count, 3, v4 ? "map-static IPV4 IPV6" :
		   "map66-static OUTSIDE INSIDE", err);
	if (ret)
		return ret;
	line->kind = NLAB_LINE_MAP;
	ret = nlab_map_parse(&line->map, word[1], word[2], err);
	if (ret)
		return ret;
	if (line->map.outside.family != family)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "%s is not %s", nlab_quote(quoted, word[1]),
				 v4 ? "IPv4" : "IPv6");
	return 0;
}

static int parse_mapping_prefix(struct nlab_xlat *xlat,
				const struct nlab_word *word, size_t count,
				struct nlab_err *err)
{
	char prefix[NLAB_PREFIX_TEXT + sizeof("/96")];
	int ret;

	ret = want(word, count, 2, "mapping-prefix PREFIX", err);
	if (ret)
		return ret;
	if (memchr(word[1].str, '/', word[1].len) ||
	    word[1].len >= NLAB_PREFIX_TEXT ||
	    memchr(word[1].str, '\0', word[1].len))
		return nlab_xlat_parse(xlat, nlab_word("prefix"), word[1], err);
	snprintf(prefix, sizeof(prefix), "%.*s/%d", (int)word[1].len,
		 word[1].str, MAPPING_PREFIX_LEN);
	return nlab_xlat_parse(xlat, nlab_word("prefix"), nlab_word(prefix),
			       err);
}

static int parse_identity(struct nlab_line *line, const struct nlab_word *word,
			  size_t count, struct nlab_err *err)
{
	bool version = nlab_word_is(word[0], "version");
	int ret;

	line->kind = version ? NLAB_LINE_VERSION : NLAB_LINE_DIGEST;
	ret = want(word, count, 2, version ? "version NUMBER" : "digest DIGEST",
		   err);
	if (ret)
		return ret;
	return version ?
	       nlab_version_parse(&line->identity.version, word[1], err) :
	       nlab_digest_parse(&line->identity.digest, word[1], err);
}

int nlab_line_parse(struct nlab_line *line, struct nlab_xlat *xlat,
		    struct nlab_word text, struct nlab_err *err)
{
	struct nlab_word word[WORDS_MAX] = { { 0 } };
	size_t count = nlab_split(word, WORDS_MAX, text);
	int ret;

	memset(line, 0, sizeof(*line));
	if (!count)
		return 0;
	if (nlab_word_is(word[0], "map-static"))
		return parse_static(line, word, count, AF_INET, err);
	if (nlab_word_is(word[0], "map66-static"))
		return parse_static(line, word, count, AF_INET6, err);
	if (nlab_word_is(word[0], "mapping-prefix")) {
		line->kind = NLAB_LINE_SET;
		return parse_mapping_prefix(xlat, word, count, err);
	}
	if (nlab_word_is(word[0], "include")) {
		line->kind = NLAB_LINE_INCLUDE;
		ret = want(word, count, 2, "include FILE", err);
		if (!ret)
			line->include = word[1];
		return ret;
	}
	if (nlab_word_is(word[0], "version") || nlab_word_is(word[0], "digest"))
		return parse_identity(line, word, count, err);
	if (nlab_word_is(word[0], "set")) {
		line->kind = NLAB_LINE_SET;
		ret = want(word, count, 3, "set KEY VALUE", err);
		return ret ? ret : nlab_xlat_parse(xlat, word[1], word[2], err);
	}
	/* An address has a dot or a colon, a misspelt keyword has none. */
	if (!memchr(word[0].str, '.', word[0].len) &&
	    !memchr(word[0].str, ':', word[0].len))
		return nlab_unknown(err, "keyword", word[0], keywords);
	return parse_map(line, word, count, err);
}
