// SPDX-License-Identifier: GPL-2.0
/* Text of a file in memory. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "import.h"

enum {
	READ_STEP = 1 << 16,
	FILE_MAX = 1 << 30,
};

int nlab_text_read(FILE *file, char **text, size_t *len)
{
	size_t room = 0, first = 2 * READ_STEP, got;
	struct stat st;

	*len = 0;
	/* At once, if it is known: a large text is dear to move. */
	if (!fstat(fileno(file), &st) && st.st_size < FILE_MAX)
		first += (size_t)st.st_size;
	do {
		if (room - *len < READ_STEP + 1) {
			char *mem;

			room = room ? 2 * room : first;
			mem = realloc(*text, room);
			if (!mem)
				return ENOMEM;
			*text = mem;
		}
		got = fread(*text + *len, 1, READ_STEP, file);
		*len += got;
		if (*len > FILE_MAX)
			return EFBIG;
	} while (got);
	(*text)[*len] = '\0';
	return ferror(file) ? errno : 0;
}

int nlab_file_read(const char *path, char **text, size_t *len,
		   struct nlab_err *err)
{
	bool input = !strcmp(path, "-");
	FILE *file = input ? stdin : fopen(path, "re");
	int error = file ? nlab_text_read(file, text, len) : errno;
	char quoted[NLAB_QUOTED];

	if (file && !input)
		fclose(file);
	return error ? nlab_fail(err, NLAB_FAULT_INPUT, error,
				 "can't %s %s: %s", file ? "read" : "open",
				 nlab_quote(quoted, nlab_word(path)),
				 strerror(error)) : 0;
}
