// SPDX-License-Identifier: GPL-2.0
/* Files of numbers. Pure. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linktext.h"
#include "numbers.h"

static bool append(struct nlab_numbers *numbers, int64_t value)
{
	int64_t *number;

	number = nlab_list_grow(numbers->number, numbers->count, &numbers->room,
				sizeof(*number));
	if (!number)
		return false;
	numbers->number = number;
	number[numbers->count++] = value;
	return true;
}

static int take_number(struct nlab_numbers *numbers,
		       const struct nlab_numbers_form *form,
		       struct nlab_word word, struct nlab_err *err)
{
	char quoted[NLAB_QUOTED];
	uint64_t value;

	if (!nlab_whole_parse(&value, word, true, INT64_MAX) ||
	    (int64_t)value < form->min || (int64_t)value > form->max)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "bad number %s, which is a whole number from %"
				 PRId64 " to %" PRId64,
				 nlab_quote(quoted, word), form->min,
				 form->max);
	if (form->ascend && numbers->count &&
	    (int64_t)value < numbers->number[numbers->count - 1])
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "%s is below the number before it",
				 nlab_quote(quoted, word));
	if (numbers->count == form->most)
		return nlab_fail(err, NLAB_FAULT_INPUT, E2BIG,
				 "more than %zu numbers", form->most);
	if (!append(numbers, (int64_t)value))
		return nlab_fail(err, NLAB_FAULT_KERNEL, ENOMEM,
				 "out of memory");
	return 0;
}

static int take_line(struct nlab_numbers *numbers,
		     const struct nlab_numbers_form *form,
		     struct nlab_word line, struct nlab_err *err)
{
	struct nlab_word word;
	int ret = 0;

	while (!ret && nlab_split(&word, 1, line)) {
		ret = take_number(numbers, form, word, err);
		line.len -= (size_t)(word.str + word.len - line.str);
		line.str = word.str + word.len;
	}
	return ret;
}

int nlab_numbers_parse(struct nlab_numbers *numbers,
		       const struct nlab_numbers_form *form, const char *name,
		       struct nlab_word text, struct nlab_err *err)
{
	uint32_t line = 0;
	int ret = 0;

	memset(numbers, 0, sizeof(*numbers));
	numbers->name = name;
	while (text.len && !ret) {
		line++;
		ret = take_line(numbers, form, nlab_cut(&text, '\n'), err);
	}
	if (!ret && !numbers->count)
		ret = nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				"no number in the file");
	if (ret)
		snprintf(err->place, sizeof(err->place), "%s:%" PRIu32, name,
			 line);
	return ret;
}

void nlab_numbers_free(struct nlab_numbers *numbers)
{
	free(numbers->number);
	memset(numbers, 0, sizeof(*numbers));
}
