// SPDX-License-Identifier: GPL-2.0
/*
 * RFC 4884: a message taken apart and put together with another packet in
 * front of its extension, then taken apart again.
 */
#include "fuzz.h"

struct control {
	u16 cap;
	u16 new_len;
	u8 length;
	u8 to6;
};

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	unsigned int unit, cap, len, n, i;
	struct siit_quote q, again;
	struct control c;
	u8 *msg, *buf, units = 0xa5;

	take(&data, &size, &c, sizeof(c));
	unit = c.to6 & 1 ? 8 : 4;
	cap = c.cap % 1300;
	len = c.new_len % (cap + 1);
	msg = exact(data, size);
	siit_quote_split(msg, size, c.length * (12 - unit), &q);
	MUST(q.packet == msg && q.len + q.ext_len == size);
	MUST(!q.ext == !q.ext_len);
	MUST(!q.ext || q.ext == msg + q.len);

	buf = exact(NULL, cap);
	memset(buf, 0x5a, cap);
	n = siit_quote_join(buf, len, cap, unit, &q, &units);
	MUST(n <= cap);
	if (!units) {
		MUST(n == len && (!q.ext || q.ext_len + 128 > cap));
	} else {
		siit_quote_split(buf, n, units * unit, &again);
		MUST(again.len >= 128 && again.ext_len == q.ext_len);
		MUST(!memcmp(again.ext, q.ext, q.ext_len));
		for (i = 0; i < again.len; i++)
			MUST(buf[i] == (i < len ? 0x5a : 0));
		/* nothing was cut off that there was room for */
		MUST(again.len >= len || n + unit > cap ||
		     units == 255);
	}
	free(msg);
	free(buf);
	return 0;
}
