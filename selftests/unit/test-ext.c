// SPDX-License-Identifier: GPL-2.0
/* ICMP extensions: RFC 4884 and the object of RFC 5837. */
#include "harness.h"
#include "packet.h"

enum { CAP4 = SIIT_ICMP4_MAX - 28, CAP6 = SIIT_ICMP6_MAX - 48 };

static void split(void)
{
	unsigned int len, quote;

	for (len = 0; len <= 300; len++)
		for (quote = 0; quote <= 255 * 8; quote += 4) {
			u8 *data = exact(NULL, len);
			struct siit_quote q;

			memset(&q, 0xa5, sizeof(q));
			siit_quote_split(data, len, quote, &q);
			EXPECT(q.packet == data);
			if (quote && quote < len) {
				EXPECT_EQ(q.len, quote);
				EXPECT(q.ext == data + quote);
				EXPECT_EQ(q.ext_len, len - quote);
			} else {
				EXPECT_EQ(q.len, len);
				EXPECT(!q.ext);
				EXPECT_EQ(q.ext_len, 0);
			}
			free(data);
		}
}

static void no_extension(void)
{
	unsigned int len;

	for (len = 0; len <= 1500; len++) {
		u8 *buf = exact(NULL, len > CAP6 ? len : CAP6), units = 77;
		struct siit_quote q = { .ext = NULL, .ext_len = 999 };

		memset(buf, 0x5a, len);
		EXPECT_EQ(siit_quote_join(buf, len, CAP6, 8, &q, &units),
			  len < CAP6 ? len : CAP6);
		EXPECT_EQ(units, 0);
		free(buf);
	}
}

/* One join, checked against the rules of RFC 4884 section 4 and 5. */
static void join_one(unsigned int len, unsigned int cap, unsigned int unit,
		     unsigned int ext_len)
{
	u8 *buf = exact(NULL, cap), *ext = exact(NULL, ext_len), units = 0;
	unsigned int i, n, quote, room;
	struct siit_quote q = { .ext = ext, .ext_len = ext_len };

	for (i = 0; i < cap; i++)
		buf[i] = i < len ? (i % 251) + 1 : 0xee;
	memset(ext, 0xc3, ext_len);
	n = siit_quote_join(buf, len, cap, unit, &q, &units);
	EXPECT(n <= cap);
	if (ext_len + 128 > cap) {
		/* no room beside the least quote: dropped */
		EXPECT_EQ(units, 0);
		EXPECT_EQ(n, len);
		goto out;
	}
	quote = units * unit;
	room = (cap - ext_len) / unit * unit;
	EXPECT_OR(quote >= 128, "%u+%u in %u", len, ext_len, cap);
	EXPECT_EQ(n, quote + ext_len);
	/* as much of the packet as fits, and not a unit of padding more */
	if (len <= 128)
		EXPECT_EQ(quote, 128);
	else if (len <= room && len <= 255 * unit)
		EXPECT_EQ(quote, (len + unit - 1) / unit * unit);
	else
		EXPECT_EQ(quote, room < 255 * unit ? room : 255 * unit);
	for (i = 0; i < quote; i++)
		EXPECT_EQ(buf[i], i < len ? (i % 251) + 1 : 0);
	EXPECT(!memcmp(buf + quote, ext, ext_len));
out:
	free(buf);
	free(ext);
}

static void join(void)
{
	unsigned int len, ext_len;

	for (len = 0; len <= CAP6; len += len < 160 ? 1 : 7)
		for (ext_len = 1; ext_len <= CAP6 - 126; ext_len += 37)
			join_one(len, CAP6, 8, ext_len);
	for (len = 0; len <= CAP4; len += len < 160 ? 1 : 5)
		for (ext_len = 1; ext_len <= CAP4 - 126; ext_len += 13)
			join_one(len, CAP4, 4, ext_len);
	for (ext_len = CAP6 - 140; ext_len <= CAP6; ext_len++)
		join_one(200, CAP6, 8, ext_len);
	for (ext_len = CAP4 - 140; ext_len <= CAP4; ext_len++)
		join_one(200, CAP4, 4, ext_len);
	/* the length field itself is the limit */
	join_one(1100, 1500, 4, 100);
	join_one(1020, 1500, 4, 100);
	join_one(1021, 1500, 4, 100);
	join_one(1100, 1124, 4, 100);
	join_one(1100, 1120, 4, 100);
}

/*
 * The Length field moves from 32-bit to 64-bit words and back: a quote that
 * was padded to 128 comes back as the same 128 octets.
 */
static void units(void)
{
	unsigned int words;

	for (words = 32; words <= 127; words++) {
		u8 buf[CAP6], ext[8] = { 0x20 }, u;
		struct siit_quote q = { .ext = ext, .ext_len = sizeof(ext) };

		EXPECT_EQ(siit_quote_join(buf, words * 4, CAP4, 4, &q, &u),
			  words * 4 + 8);
		EXPECT_EQ(u, words);
		EXPECT_EQ(siit_quote_join(buf, words * 4, CAP6, 8, &q, &u),
			  (words + 1) / 2 * 8 + 8);
		EXPECT_EQ(u, (words + 1) / 2);
	}
}

/* RFC 5837 4.1 and 4.2: Interface Information Object, IP address only. */
static void source(void)
{
	static const u8 want[12] = {
		0x20, 0, 0, 0,		/* version 2, reserved, checksum */
		0, 24, 2, 0x04,		/* length, Class-Num 2, C-Type */
		0, 2, 0, 0,		/* AFI 2 (IPv6), reserved */
	};
	struct in6_addr a = addr6("2001:db8:1:2:3:4:5:6");
	u8 *out = exact(NULL, SIIT_SOURCE_EXT_LEN);
	unsigned int n;

	EXPECT_EQ(SIIT_SOURCE_EXT_LEN, 28);
	for (n = 0; n < 200; n++) {
		memset(out, 0xa5, SIIT_SOURCE_EXT_LEN);
		siit_source_ext(&a, out);
		EXPECT(!memcmp(out, want, 2));
		EXPECT(!memcmp(out + 4, want + 4, 8));
		EXPECT(!memcmp(out + 12, &a, 16));
		EXPECT(ref_valid(out, SIIT_SOURCE_EXT_LEN, 0));
		rnd_fill(&a, sizeof(a));
	}
	free(out);
}

static const struct unit_case cases[] = {
	{ "RFC 4884 4, 5.4: where the extension begins", split },
	{ "no extension", no_extension },
	{ "RFC 4884 4: padding, truncation, extension too big", join },
	{ "RFC 4884 4: 32-bit and 64-bit units", units },
	{ "RFC 5837 4: source address object", source },
};

UNIT_MAIN(cases)
