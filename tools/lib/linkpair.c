// SPDX-License-Identifier: GPL-2.0
/* Parameters of both directions of a link as words. Pure. */
#include <stddef.h>

#include "linktext.h"

static int parse_which(unsigned int *which, struct nlab_word word,
		       struct nlab_err *err)
{
	static const char *const words[] = { "out", "in", "both", NULL };
	unsigned int i;

	for (i = 0; words[i]; i++)
		if (nlab_word_is(word, words[i])) {
			*which = i + 1;
			return 0;
		}
	return nlab_unknown(err, "value of dir", word, words);
}

int nlab_link_parse_pair(struct nlab_link_dir dir[2], unsigned int *which,
			 struct nlab_word key, struct nlab_word value,
			 struct nlab_err *err)
{
	unsigned int d;
	int ret = 0;

	if (nlab_word_is(key, "dir"))
		return parse_which(which, value, err);
	for (d = 0; d < 2 && !ret; d++)
		if (*which & (NLAB_LINK_OUT << d))
			ret = nlab_link_parse(&dir[d], key, value, err);
	return ret;
}
