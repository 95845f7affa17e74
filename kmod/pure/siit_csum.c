// SPDX-License-Identifier: GPL-2.0
/* Transport checksums under a change of the pseudo header (RFC 7915 4.5). */
#include <nlab/env.h>

#include "siit.h"

void siit_csum_update(__sum16 *sum, __wsum diff, bool partial)
{
	if (partial)
		*sum = ~csum_fold(csum_add(csum_unfold(*sum), diff));
	else
		*sum = csum_fold(csum_add(csum_unfold(~*sum), diff));
}

void siit_l4_update(u8 proto, u8 *l4, unsigned int avail, __wsum diff,
		    bool partial)
{
	int offset = siit_csum_offset(proto);
	/* Zero on the wire is no checksum (RFC 768, RFC 3828 3.1). */
	bool never_zero = proto == SIIT_PROTO_UDP ||
			  proto == SIIT_PROTO_UDPLITE;
	__sum16 *sum;

	if (offset < 0 || offset + sizeof(*sum) > avail)
		return;
	sum = (__sum16 *)(l4 + offset);
	if (never_zero && !*sum && !partial)
		return;
	siit_csum_update(sum, diff, partial);
	if (never_zero && !*sum && !partial)
		*sum = (__force __sum16)0xffff;
}
