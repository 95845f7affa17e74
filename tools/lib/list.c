// SPDX-License-Identifier: GPL-2.0
/* Lists that grow. Pure. */
#include <stdlib.h>

#include "parse.h"

enum {
	LIST_FIRST = 64,
};

void *nlab_list_grow(void *list, size_t count, size_t *room, size_t size)
{
	size_t more = *room ? 2 * *room : LIST_FIRST;

	if (count < *room)
		return list;
	list = reallocarray(list, more, size);
	if (list)
		*room = more;
	return list;
}
