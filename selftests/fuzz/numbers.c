// SPDX-License-Identifier: GPL-2.0
/*
 * Any octets as a file of numbers. What is refused has a reason and a line;
 * what is accepted is of the form that was asked for.
 *
 * Links: tools/lib/text.c tools/lib/list.c tools/lib/unit.c tools/lib/numbers.c
 */
#include "fuzz.h"
#include "../../tools/lib/numbers.h"

static void parse(const struct nlab_numbers_form *form, struct nlab_word text)
{
	struct nlab_numbers numbers;
	struct nlab_err err;
	size_t i;

	memset(&err, 0, sizeof(err));
	if (nlab_numbers_parse(&numbers, form, "fuzz", text, &err)) {
		MUST(err.text[0] && !strncmp(err.place, "fuzz:", 5));
	} else {
		MUST(numbers.count && numbers.count <= form->most);
		for (i = 0; i < numbers.count; i++) {
			MUST(numbers.number[i] >= form->min);
			MUST(numbers.number[i] <= form->max);
			MUST(!form->ascend || !i || numbers.number[i] >=
			     numbers.number[i - 1]);
		}
	}
	nlab_numbers_free(&numbers);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct nlab_word text = { (const char *)data, size };

	parse(&(struct nlab_numbers_form){ .max = UINT32_MAX, .most = 50,
					   .ascend = true }, text);
	parse(&(struct nlab_numbers_form){ .min = -32768, .max = 32767,
					   .most = 100 }, text);
	return 0;
}
