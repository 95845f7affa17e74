/* SPDX-License-Identifier: GPL-2.0 */
/* Configurations of other translators, read as maps and settings. A part of
 * the library that needs no kernel.
 */
#ifndef NLAB_LIB_IMPORT_H
#define NLAB_LIB_IMPORT_H

#include <stdio.h>

#include "parse.h"

/**
 * struct nlab_import - What became of a configuration.
 * @set: Maps and settings; it has one file, the configuration.
 * @note: Called for everything that has no equal in nlab, with its line, or 0
 *	if it has none.
 * @arg: Handed to @note.
 */
struct nlab_import {
	struct nlab_mapset set;
	void (*note)(void *arg, uint32_t line, const char *text);
	void *arg;
};

/**
 * nlab_import_jool() - Read the JSON configuration of an SIIT Jool.
 * @import: Result in @import->set, to be freed in any case; its other members
 *	are the caller's.
 * @path: Name of the file; "-" is standard input.
 * @err: Reason of a failure, with its place.
 *
 * Maps that lie in others are marked as meant to overlap.
 *
 * Return: 0 or a negative errno.
 */
int nlab_import_jool(struct nlab_import *import, const char *path,
		     struct nlab_err *err);
/* The same for tayga.conf, or a file of maps that it names. */
int nlab_import_tayga(struct nlab_import *import, const char *path,
		      struct nlab_err *err);

/* import.c: what the readers share */

/* Read the file into @text, which ends with a zero, and name it in the set. */
int nlab_import_begin(struct nlab_import *import, const char *path,
		      char **text, size_t *len, struct nlab_err *err);
void nlab_import_note(const struct nlab_import *import, uint32_t line,
		      const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* A map or a setting of a line; on failure the line is named. */
int nlab_import_map(struct nlab_import *import, uint32_t line,
		    struct nlab_word outside, struct nlab_word inside,
		    struct nlab_err *err);
int nlab_import_set(struct nlab_import *import, uint32_t line,
		    enum nlab_key key, struct nlab_word value,
		    struct nlab_err *err);
/* Names the line in a failure. Returns @ret. */
int nlab_import_blame(const struct nlab_import *import, uint32_t line, int ret,
		      struct nlab_err *err);
/* Settle what overlaps. */
int nlab_import_end(struct nlab_import *import, struct nlab_err *err);

/* file.c */

/**
 * nlab_text_read() - Read all of a file.
 * @file: The file.
 * @text: Result, to be freed in any case; ends with a zero.
 * @len: Number of bytes before it.
 *
 * Return: 0 or a positive errno.
 */
int nlab_text_read(FILE *file, char **text, size_t *len);
/* The same of a path, "-" for standard input; 0 or a negative errno. */
int nlab_file_read(const char *path, char **text, size_t *len,
		   struct nlab_err *err);

/* check.c: refuse prefixes that are equal, or inside others; or, to count them
 * in @marked, mark those inside others as meant to be there.
 */
int nlab_mapset_check(struct nlab_mapset *set, size_t *marked,
		      struct nlab_err *err);

/* mapset.c */
int nlab_mapset_add_file(struct nlab_mapset *set, const char *name,
			 uint32_t *index, struct nlab_err *err);
int nlab_mapset_add(struct nlab_mapset *set, const struct nlab_map *map,
		    struct nlab_place place, struct nlab_err *err);

#endif
