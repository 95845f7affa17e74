// SPDX-License-Identifier: GPL-2.0
/* What the readers of foreign configurations share. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "import.h"

int nlab_import_begin(struct nlab_import *import, const char *path,
		      char **text, size_t *len, struct nlab_err *err)
{
	uint32_t index;
	int ret = nlab_file_read(path, text, len, err);

	return ret ? ret : nlab_mapset_add_file(&import->set,
						strcmp(path, "-") ? path :
						"stdin", &index, err);
}

void nlab_import_note(const struct nlab_import *import, uint32_t line,
		      const char *fmt, ...)
{
	char text[NLAB_ERR_TEXT];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	import->note(import->arg, line, text);
}

int nlab_import_blame(const struct nlab_import *import, uint32_t line, int ret,
		      struct nlab_err *err)
{
	struct nlab_place place = { .file = 0, .line = line };

	if (ret)
		nlab_mapset_blame(&import->set, place, err);
	return ret;
}

int nlab_import_map(struct nlab_import *import, uint32_t line,
		    struct nlab_word outside, struct nlab_word inside,
		    struct nlab_err *err)
{
	struct nlab_place place = { .file = 0, .line = line };
	char quoted[NLAB_QUOTED];
	struct nlab_map map;
	int ret;

	ret = nlab_map_parse(&map, outside, inside, err);
	if (!ret && map.outside.family != AF_INET)
		ret = nlab_fail(err, NLAB_FAULT_INPUT, EINVAL, "%s is not IPv4",
				nlab_quote(quoted, outside));
	if (!ret)
		ret = nlab_mapset_add(&import->set, &map, place, err);
	return nlab_import_blame(import, line, ret, err);
}

int nlab_import_set(struct nlab_import *import, uint32_t line,
		    enum nlab_key key, struct nlab_word value,
		    struct nlab_err *err)
{
	int ret = nlab_xlat_parse(&import->set.xlat,
				  nlab_word(nlab_key_name(key)), value, err);

	return nlab_import_blame(import, line, ret, err);
}

int nlab_import_end(struct nlab_import *import, struct nlab_err *err)
{
	size_t marked;
	int ret = nlab_mapset_check(&import->set, &marked, err);

	if (!ret && marked)
		nlab_import_note(import, 0,
				 "%zu maps lie in others, they are written with 'overlap'",
				 marked);
	return ret;
}
