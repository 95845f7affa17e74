/* SPDX-License-Identifier: GPL-2.0 */
/* Files of numbers, as delivery traces and tables are. Pure. */
#ifndef NLAB_LIB_NUMBERS_H
#define NLAB_LIB_NUMBERS_H

#include "parse.h"

/**
 * struct nlab_numbers - Numbers of a file, in its order.
 * @name: Of the file; the caller's.
 * @number: The numbers.
 * @count: How many.
 * @room: How many there is memory for.
 */
struct nlab_numbers {
	const char *name;
	int64_t *number;
	size_t count;
	size_t room;
};

/**
 * struct nlab_numbers_form - What they have to be.
 * @min: The least.
 * @max: The greatest.
 * @most: How many at most.
 * @ascend: None is below the one before.
 */
struct nlab_numbers_form {
	int64_t min;
	int64_t max;
	size_t most;
	bool ascend;
};

/**
 * nlab_numbers_parse() - Read the text of a file.
 * @numbers: Result, to be freed by nlab_numbers_free() in any case.
 * @form: What is expected.
 * @name: Of the file, for errors; has to stay.
 * @text: Whole numbers between blanks; '#' begins a comment.
 * @err: Reason of a failure, with its place.
 *
 * Return: 0 or a negative errno.
 */
int nlab_numbers_parse(struct nlab_numbers *numbers,
		       const struct nlab_numbers_form *form, const char *name,
		       struct nlab_word text, struct nlab_err *err);
void nlab_numbers_free(struct nlab_numbers *numbers);

#endif
