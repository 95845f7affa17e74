// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP multi-part messages: the length field and the extension structure
 * behind the quoted packet (RFC 4884, RFC 5837). The structure is opaque.
 */
#include <nlab/env.h>

#include "siit.h"

void siit_quote_split(const u8 *data, unsigned int len,
		      unsigned int quote_len, struct siit_quote *q)
{
	q->packet = data;
	q->len = len;
	q->ext = NULL;
	q->ext_len = 0;
	if (quote_len && quote_len < len) {
		q->len = quote_len;
		q->ext = data + quote_len;
		q->ext_len = len - quote_len;
	}
}

static unsigned int round_up_to(unsigned int n, unsigned int unit)
{
	return (n + unit - 1) / unit * unit;
}

unsigned int siit_quote_join(u8 *buf, unsigned int len, unsigned int cap,
			     unsigned int unit, const struct siit_quote *q,
			     u8 *units)
{
	unsigned int quote;

	*units = 0;
	if (len > cap)
		len = cap;
	if (!q->ext || q->ext_len + SIIT_EXT_QUOTE_MIN > cap)
		return len;

	/* The extension is worth more than the end of the quoted packet. */
	quote = (cap - q->ext_len) / unit * unit;
	if (quote > 255 * unit)
		quote = 255 * unit;
	if (len > quote)
		len = quote;
	quote = round_up_to(len, unit);
	if (quote < SIIT_EXT_QUOTE_MIN)
		quote = SIIT_EXT_QUOTE_MIN;
	memset(buf + len, 0, quote - len);
	memcpy(buf + quote, q->ext, q->ext_len);
	*units = quote / unit;
	return quote + q->ext_len;
}

void siit_source_ext(const struct in6_addr *addr, u8 *out)
{
	__sum16 sum;

	memset(out, 0, SIIT_SOURCE_EXT_LEN);
	out[0] = 2 << 4;			/* version */
	out[5] = SIIT_SOURCE_EXT_LEN - 4;	/* object length */
	out[6] = 2;				/* interface information */
	out[7] = 1 << 2;			/* incoming, IP address */
	out[9] = 2;				/* address family IPv6 */
	memcpy(out + 12, addr, sizeof(*addr));
	sum = csum_fold(csum_partial(out, SIIT_SOURCE_EXT_LEN, 0));
	memcpy(out + 2, &sum, sizeof(sum));
}
