// SPDX-License-Identifier: GPL-2.0
/* Memory of a lab: taken piece by piece, given back at once. */
#include <stdlib.h>
#include <string.h>

#include "lab.h"

enum {
	EXIT_NO_MEMORY = 2,
	LIST_FIRST = 4,
};

struct lab_chunk {
	struct lab_chunk *next;
	max_align_t data[];
};

void *lab_alloc(struct lab *lab, size_t size)
{
	struct lab_chunk *chunk = calloc(1, sizeof(*chunk) + size);

	if (!chunk) {
		fputs("nlabctl: out of memory\n", stderr);
		exit(EXIT_NO_MEMORY);
	}
	chunk->next = lab->chunks;
	lab->chunks = chunk;
	return chunk->data;
}

char *lab_text(struct lab *lab, struct nlab_word word)
{
	char *text = lab_alloc(lab, word.len + 1);

	if (word.len)
		memcpy(text, word.str, word.len);
	return text;
}

/* Room is doubled, so that the copies left behind stay few. */
void *lab_grow(struct lab *lab, void *list, size_t count, size_t size)
{
	void *more;

	if (count && (count < LIST_FIRST || count & (count - 1)))
		return list;
	more = lab_alloc(lab, (count < LIST_FIRST ? LIST_FIRST : 2 * count) *
			      size);
	if (count)
		memcpy(more, list, count * size);
	return more;
}

void lab_free(struct lab *lab)
{
	struct lab_chunk *chunk;

	while ((chunk = lab->chunks)) {
		lab->chunks = chunk->next;
		free(chunk);
	}
	memset(lab, 0, sizeof(*lab));
}
