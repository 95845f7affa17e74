// SPDX-License-Identifier: GPL-2.0
/*
 * Any octets as an ICMPv6 error through IPv6 to IPv6 translation and back:
 * addresses and checksums are right on the other side, nothing else changes.
 */
#include "fuzz.h"

struct control {
	struct siit_addr6 outer, outer_new, inner_new;
};

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct siit_addr6 inner, seen;
	unsigned int i, changed = 0;
	struct control c;
	u8 *msg;

	take(&data, &size, &c, sizeof(c));
	if (size < 48)
		return 0;
	msg = exact(data, size);
	msg[8] = 0x60 | (msg[8] & 15);
	ref_set(msg, size, 2, ref_pseudo6(&c.outer, size, 58));
	MUST(!siit64_icmp_quoted(msg, size, &c.outer, &inner));

	siit66_icmp_error(msg, size, &c.outer_new, &inner, &c.inner_new);
	MUST(ref_valid(msg, size, ref_pseudo6(&c.outer_new, size, 58)));
	MUST(!siit64_icmp_quoted(msg, size, &c.outer_new, &seen));
	MUST(!memcmp(&seen, &c.inner_new, sizeof(seen)));
	for (i = 48; i < size; i++)
		changed += msg[i] != data[i];
	MUST(changed <= 2);	/* the quoted packet's checksum */

	siit66_icmp_error(msg, size, &c.outer, &c.inner_new, &inner);
	MUST(ref_valid(msg, size, ref_pseudo6(&c.outer, size, 58)));
	MUST(!memcmp(msg + 4, data + 4, 4) && !memcmp(msg + 9, data + 9, 39));
	MUST(sum_mod(ref_sum(msg + 48, size - 48, 0)) ==
	     sum_mod(ref_sum(data + 48, size - 48, 0)));
	free(msg);
	return 0;
}
