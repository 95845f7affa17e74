// SPDX-License-Identifier: GPL-2.0
/* A map file with the files that it includes, read into memory. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "import.h"

enum {
	INCLUDE_DEPTH = 16,
	MAPS_FIRST = 1024,
	MAP_TEXT = 12,		/* "0.0.0.0 ::1\n" */
	READ_BYTES = 1 << 16,	/* the longest line, and at a time */
	FILE_MAX = 1 << 30,
};

/* A file that is being read, linked to the one that includes it. */
struct reading {
	const struct reading *parent;
	struct nlab_place at;		/* the include line, in the parent */
	const char *path;
	uint32_t file;
	unsigned int depth;
	dev_t dev;
	ino_t ino;
	struct nlab_digest before;	/* of the maps before this file's */
	struct nlab_digest digest;	/* that the file says it has */
	struct nlab_place digest_at;	/* where */
	struct nlab_place version_at;
};

static int no_memory(struct nlab_err *err)
{
	return nlab_fail(err, NLAB_FAULT_KERNEL, ENOMEM, "out of memory");
}

static void place_text(char *buf, size_t size, const struct nlab_mapset *set,
		       struct nlab_place place)
{
	snprintf(buf, size, "%s:%u", set->files[place.file], place.line);
}

void nlab_mapset_blame(const struct nlab_mapset *set, struct nlab_place place,
		       struct nlab_err *err)
{
	if (place.line)
		place_text(err->place, sizeof(err->place), set, place);
}

/* Adds the file's name to the set, for places. */
int nlab_mapset_add_file(struct nlab_mapset *set, const char *name,
			 uint32_t *index, struct nlab_err *err)
{
	char **files = reallocarray(set->files, set->file_count + 1,
				    sizeof(*files));

	if (!files)
		return no_memory(err);
	set->files = files;
	files[set->file_count] = strdup(name);
	if (!files[set->file_count])
		return no_memory(err);
	*index = (uint32_t)set->file_count++;
	return 0;
}

static int make_room(struct nlab_mapset *set, size_t room, struct nlab_err *err)
{
	void *mem = reallocarray(set->maps, room, sizeof(*set->maps));

	if (!mem)
		return no_memory(err);
	set->maps = mem;
	mem = reallocarray(set->places, room, sizeof(*set->places));
	if (!mem)
		return no_memory(err);
	set->places = mem;
	set->room = room;
	return 0;
}

int nlab_mapset_add(struct nlab_mapset *set, const struct nlab_map *map,
		    struct nlab_place place, struct nlab_err *err)
{
	int ret;

	if (set->count == set->room) {
		ret = make_room(set, set->room ? 2 * set->room : MAPS_FIRST,
				err);
		if (ret)
			return ret;
	}
	nlab_digest_add(&set->identity.digest, map);
	set->maps[set->count] = *map;
	set->places[set->count++] = place;
	return 0;
}

/* Settings that the line made get its place; one that stood before is named
 * with both.
 */
static int note_settings(struct nlab_mapset *set, struct nlab_word text,
			 struct nlab_place place, int ret, struct nlab_err *err)
{
	struct nlab_xlat alone = { 0 };
	struct nlab_err ignored;
	struct nlab_line line;
	unsigned int key;
	size_t len;

	for (key = 0; key < NLAB_KEYS; key++)
		if (set->xlat.key[key].set && !set->set_places[key].line)
			set->set_places[key] = place;
	if (ret != -EEXIST)
		return ret;
	nlab_line_parse(&line, &alone, text, &ignored);
	for (key = 0; key < NLAB_KEYS; key++) {
		if (!alone.key[key].set)
			continue;
		len = strlen(err->text);
		snprintf(err->text + len, sizeof(err->text) - len, ", first at ");
		len = strlen(err->text);
		place_text(err->text + len, sizeof(err->text) - len, set,
			   set->set_places[key]);
	}
	return ret;
}

static int read_file(struct nlab_mapset *set, struct reading *reading,
		     struct nlab_err *err);

/* The name is relative to the folder of the including file. */
static int read_include(struct nlab_mapset *set, const struct reading *parent,
			struct nlab_word name, struct nlab_place place,
			struct nlab_err *err)
{
	struct reading child = { .parent = parent, .at = place,
				 .depth = parent->depth + 1,
				 .before = set->identity.digest };
	const char *slash = strrchr(parent->path, '/');
	size_t folder = slash ? (size_t)(slash - parent->path) + 1 : 0;
	char quoted[NLAB_QUOTED];
	char *path;
	int ret;

	if (memchr(name.str, '\0', name.len) || nlab_word_is(name, "-"))
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "bad file name %s", nlab_quote(quoted, name));
	if (child.depth > INCLUDE_DEPTH)
		return nlab_fail(err, NLAB_FAULT_INPUT, ELOOP,
				 "include goes deeper than %d files",
				 INCLUDE_DEPTH);
	if (name.str[0] == '/')
		folder = 0;
	if (asprintf(&path, "%.*s%.*s", (int)folder, parent->path,
		     (int)name.len, name.str) < 0)
		return no_memory(err);
	child.path = path;
	ret = read_file(set, &child, err);
	free(path);
	return ret;
}

/* Each file may say whose version it is, and the digest of its maps with
 * those that it includes. The version that counts is the outermost one's.
 */
static int take_identity(struct nlab_mapset *set, struct reading *reading,
			 const struct nlab_line *line, struct nlab_place place,
			 struct nlab_err *err)
{
	bool version = line->kind == NLAB_LINE_VERSION;
	struct nlab_place *at = version ? &reading->version_at :
					  &reading->digest_at;

	if (at->line)
		return nlab_fail(err, NLAB_FAULT_INPUT, EEXIST,
				 "%s given twice, first in line %u",
				 version ? "version" : "digest", at->line);
	*at = place;
	if (!version)
		reading->digest = line->identity.digest;
	else if (!reading->parent)
		set->identity.version = line->identity.version;
	return 0;
}

static int check_digest(const struct nlab_mapset *set,
			const struct reading *reading, struct nlab_err *err)
{
	struct nlab_digest found = nlab_digest_since(&set->identity.digest,
						     &reading->before);
	char text[NLAB_DIGEST_TEXT];

	if (!reading->digest_at.line ||
	    nlab_digest_equal(&found, &reading->digest))
		return 0;
	nlab_mapset_blame(set, reading->digest_at, err);
	return nlab_fail(err, NLAB_FAULT_INPUT, EBADMSG,
			 "these maps have the digest %s, the file is not what was saved; if it was changed on purpose, write this digest or none",
			 nlab_digest_text(text, &found));
}

static int take_line(struct nlab_mapset *set, struct reading *reading,
		     struct nlab_word text, struct nlab_place place,
		     struct nlab_err *err)
{
	struct nlab_line line;
	int ret;

	ret = nlab_line_parse(&line, &set->xlat, text, err);
	if (line.kind == NLAB_LINE_SET)
		ret = note_settings(set, text, place, ret, err);
	else if (!ret && line.kind == NLAB_LINE_MAP)
		ret = nlab_mapset_add(set, &line.map, place, err);
	else if (!ret && line.kind == NLAB_LINE_INCLUDE)
		ret = read_include(set, reading, line.include, place, err);
	else if (!ret && (line.kind == NLAB_LINE_VERSION ||
			  line.kind == NLAB_LINE_DIGEST))
		ret = take_identity(set, reading, &line, place, err);
	/* The innermost place is the one to blame. */
	if (ret && !err->place[0])
		nlab_mapset_blame(set, place, err);
	return ret;
}

/* All lines in buf that are complete, what is left moves to its front. */
static int take_lines(struct nlab_mapset *set, struct reading *reading,
		      char *buf, size_t *len, bool last,
		      struct nlab_place *place, struct nlab_err *err)
{
	size_t at = 0;
	int ret = 0;

	while (!ret && at < *len) {
		const char *end = memchr(buf + at, '\n', *len - at);
		struct nlab_word line = { .str = buf + at };

		if (!end && !last)
			break;
		line.len = end ? (size_t)(end - line.str) : *len - at;
		place->line++;
		ret = take_line(set, reading, line, *place, err);
		at += line.len + !!end;
	}
	*len -= at;
	memmove(buf, buf + at, *len);
	return ret;
}

static int take_text(struct nlab_mapset *set, struct reading *reading,
		     FILE *file, char *buf, struct nlab_err *err)
{
	struct nlab_place place = { .file = reading->file };
	size_t len = 0, all = 0, got;
	char quoted[NLAB_QUOTED];
	int ret, error;

	do {
		got = fread(buf + len, 1, READ_BYTES - len, file);
		error = ferror(file) ? errno : 0;
		len += got;
		all += got;
		if (all > FILE_MAX)
			error = EFBIG;
		ret = take_lines(set, reading, buf, &len, !got, &place, err);
		if (!ret && len == READ_BYTES) {
			place.line++;
			nlab_mapset_blame(set, place, err);
			ret = nlab_fail(err, NLAB_FAULT_INPUT, E2BIG,
					"a line of more than %d bytes",
					READ_BYTES - 1);
		}
		if (!ret && error)
			ret = nlab_fail(err, NLAB_FAULT_INPUT, error,
					"can't read %s: %s",
					nlab_quote(quoted, nlab_word(reading->path)),
					strerror(error));
	} while (!ret && got);
	return ret ? ret : check_digest(set, reading, err);
}

/* A file must not include itself, directly or through others. */
static int check_loop(const struct nlab_mapset *set, struct reading *reading,
		      const struct stat *st, struct nlab_err *err)
{
	const struct reading *up, *below = reading;
	char first[NLAB_PLACE], quoted[NLAB_QUOTED];

	reading->dev = st->st_dev;
	reading->ino = st->st_ino;
	for (up = reading->parent; up; below = up, up = up->parent) {
		if (up->dev != st->st_dev || up->ino != st->st_ino)
			continue;
		/* below is what the repeated file included first. */
		place_text(first, sizeof(first), set, below->at);
		return nlab_fail(err, NLAB_FAULT_INPUT, ELOOP,
				 "include loop: file %s includes itself, through %s",
				 nlab_quote(quoted, nlab_word(reading->path)),
				 first);
	}
	return 0;
}

/* Room for as many maps as the file can hold: to grow later moves them all,
 * and each page is dear when it is touched again. What stays unused costs none.
 */
static int reserve(struct nlab_mapset *set, const struct stat *st,
		   struct nlab_err *err)
{
	size_t room = set->count + (size_t)st->st_size / MAP_TEXT;

	if (!S_ISREG(st->st_mode) || st->st_size > FILE_MAX ||
	    room <= set->room || room < MAPS_FIRST)
		return 0;
	return make_room(set, room, err);
}

static int read_open(struct nlab_mapset *set, struct reading *reading,
		     FILE *file, bool input, struct nlab_err *err)
{
	struct stat st = { 0 };
	char *buf;
	int ret;

	if (!fstat(fileno(file), &st)) {
		ret = check_loop(set, reading, &st, err);
		if (ret)
			return ret;
	}
	ret = nlab_mapset_add_file(set, input ? "stdin" : reading->path,
				   &reading->file, err);
	if (!ret)
		ret = reserve(set, &st, err);
	if (ret)
		return ret;
	buf = malloc(READ_BYTES);
	if (!buf)
		return no_memory(err);
	ret = take_text(set, reading, file, buf, err);
	free(buf);
	return ret;
}

static int read_file(struct nlab_mapset *set, struct reading *reading,
		     struct nlab_err *err)
{
	bool input = !reading->parent && !strcmp(reading->path, "-");
	FILE *file = input ? stdin : fopen(reading->path, "re");
	char quoted[NLAB_QUOTED];
	int ret, error;

	if (!file) {
		error = errno;
		return nlab_fail(err, NLAB_FAULT_INPUT, error, "can't open %s: %s",
				 nlab_quote(quoted, nlab_word(reading->path)),
				 strerror(error));
	}
	ret = read_open(set, reading, file, input, err);
	if (!input)
		fclose(file);
	return ret;
}

int nlab_mapset_read(struct nlab_mapset *set, const char *path,
		     struct nlab_err *err)
{
	struct reading reading = { .path = path };
	int ret;

	memset(set, 0, sizeof(*set));
	ret = read_file(set, &reading, err);
	return ret ? ret : nlab_mapset_check(set, NULL, err);
}

void nlab_mapset_free(struct nlab_mapset *set)
{
	size_t i;

	for (i = 0; i < set->file_count; i++)
		free(set->files[i]);
	free(set->files);
	free(set->maps);
	free(set->places);
	memset(set, 0, sizeof(*set));
}
