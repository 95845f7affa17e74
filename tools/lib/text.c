// SPDX-License-Identifier: GPL-2.0
/* Errors, and words that somebody typed. Pure: memory in, memory out, so that
 * the parsers above it can be fuzzed.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "parse.h"

/* Longest word that is compared; names are much shorter. */
#define NEAREST_MAX	32

int nlab_fail(struct nlab_err *err, enum nlab_fault fault, int error,
	      const char *fmt, ...)
{
	va_list args;

	err->fault = fault;
	va_start(args, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
	return -error;
}

struct nlab_word nlab_word(const char *str)
{
	return (struct nlab_word){ .str = str, .len = strlen(str) };
}

bool nlab_word_is(struct nlab_word word, const char *str)
{
	return word.len == strlen(str) && !memcmp(word.str, str, word.len);
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

size_t nlab_split(struct nlab_word *word, size_t max, struct nlab_word line)
{
	size_t i = 0, count = 0;

	while (count < max) {
		while (i < line.len && is_blank(line.str[i]))
			i++;
		if (i == line.len || line.str[i] == '#')
			break;
		word[count].str = line.str + i;
		while (i < line.len && !is_blank(line.str[i]))
			i++;
		word[count].len = (size_t)(line.str + i - word[count].str);
		count++;
	}
	return count;
}

const char *nlab_quote(char *buf, struct nlab_word word)
{
	static const char more[] = "...";
	size_t room = NLAB_QUOTED - sizeof("''");
	size_t len = word.len, i, n = 0;
	bool cut = len > room;

	if (cut)
		len = room - strlen(more);
	buf[n++] = '\'';
	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)word.str[i];

		buf[n++] = c >= ' ' && c < 0x7f ? (char)c : '?';
	}
	if (cut) {
		memcpy(buf + n, more, strlen(more));
		n += strlen(more);
	}
	buf[n++] = '\'';
	buf[n] = '\0';
	return buf;
}

/* Levenshtein distance, one row of the matrix at a time. */
static size_t distance(struct nlab_word a, const char *b)
{
	size_t row[NEAREST_MAX + 1], blen = strlen(b), i, j;

	if (blen > NEAREST_MAX)
		return NEAREST_MAX;
	for (j = 0; j <= blen; j++)
		row[j] = j;
	for (i = 1; i <= a.len; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (j = 1; j <= blen; j++) {
			size_t best = diagonal + (a.str[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (best > row[j] + 1)
				best = row[j] + 1;
			if (best > row[j - 1] + 1)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[blen];
}

const char *nlab_nearest(struct nlab_word word, const char *const *names)
{
	const char *best = NULL;
	size_t least = NEAREST_MAX;

	if (!word.len || word.len > NEAREST_MAX)
		return NULL;
	for (; *names; names++) {
		size_t d = distance(word, *names);

		if (d < least) {
			least = d;
			best = *names;
		}
	}
	/* A third of the letters wrong is a slip, more is another word. */
	return best && least <= 1 + strlen(best) / 3 &&
	       least < strlen(best) ? best : NULL;
}

int nlab_unknown(struct nlab_err *err, const char *what, struct nlab_word word,
		 const char *const *names)
{
	const char *near = nlab_nearest(word, names);
	char quoted[NLAB_QUOTED];

	nlab_quote(quoted, word);
	if (near)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "unknown %s %s, did you mean '%s'?", what,
				 quoted, near);
	return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL, "unknown %s %s", what,
			 quoted);
}
