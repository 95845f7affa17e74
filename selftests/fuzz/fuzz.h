/* SPDX-License-Identifier: GPL-2.0 */
/* Shared by the fuzz targets: input reader and the check that may not fail. */
#ifndef NLAB_FUZZ_H
#define NLAB_FUZZ_H

#include "packet.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#define MUST(cond)                                                      \
	do {                                                            \
		if (!(cond)) {                                          \
			fprintf(stderr, "%s:%d: not so: %s\n",          \
				__FILE__, __LINE__, #cond);             \
			abort();                                        \
		}                                                       \
	} while (0)

/* Takes @len octets from the front of the input; zeros when it is used up. */
static inline void take(const u8 **data, size_t *size, void *out, size_t len)
{
	size_t n = len < *size ? len : *size;

	memset(out, 0, len);
	if (!n)
		return;
	memcpy(out, *data, n);
	*data += n;
	*size -= n;
}

static inline u32 sum_mod(u32 sum)
{
	return sum % 0xffff;
}

#endif
