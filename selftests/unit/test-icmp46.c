// SPDX-License-Identifier: GPL-2.0
/* ICMPv4 errors become ICMPv6 errors: RFC 7915 4.2 and 4.3. */
#include "harness.h"
#include "packet.h"

#include "vectors/icmp.h"

enum { OUT = SIIT_ICMP6_MAX - SIIT_IPV6_MIN,
       TYPE = -NLAB_A_STATS_DROP_ICMP_TYPE,
       INNER = -NLAB_A_STATS_DROP_ICMP_INNER,
       SUM = -NLAB_A_STATS_DROP_ICMP_CHECKSUM };

static const struct siit_icmp_error mtu1500 = { .mtu4 = 1500, .mtu6 = 1500 };
static struct siit_addr6 outer, inner;
static struct siit_addr4 inner4;

/* A message under construction and what became of it. */
static u8 msg[4096], *out;
static unsigned int len;

static void addresses(void)
{
	outer.saddr = addr6("64:ff9b::203.0.113.1");
	outer.daddr = addr6("2001:db8::33");
	inner4.saddr = addr4("192.0.2.33");
	inner4.daddr = addr4("198.51.100.2");
	inner.saddr = addr6("2001:db8::33");
	inner.daddr = addr6("64:ff9b::198.51.100.2");
}

/*
 * An error about a packet of protocol @proto with @payload octets, of which
 * @quoted are there; the packet begins at msg + 8 and has a right checksum.
 */
static void make_error(u8 type, u8 code, u32 rest, unsigned int ihl, u8 proto,
		       unsigned int payload, unsigned int quoted)
{
	u8 *l4 = msg + 8 + ihl * 4;
	unsigned int i;
	int at = siit_csum_offset(proto);

	addresses();
	msg[0] = type;
	msg[1] = code;
	put32(msg + 4, rest);
	make_ip4(msg + 8, ihl, ihl * 4 + payload, proto, &inner4);
	for (i = 0; i < payload; i++)
		l4[i] = i * 7 + 1;
	if (proto == 1 && payload >= 8) {
		l4[0] = 8;
		l4[1] = 0;
		ref_set(l4, payload, 2, 0);
	} else if (at >= 0 && (int)payload >= at + 2) {
		ref_set(l4, payload, at, ref_pseudo4(&inner4, payload, proto));
	}
	len = 8 + ihl * 4 + quoted;
	ref_set(msg, len, 2, 0);
}

/* Both steps, on buffers of exact size; the result is in @out. */
static int translate(const struct siit_icmp_error *env)
{
	u8 *copy;
	__be32 s, d;
	int r;

	ref_set(msg, len, 2, 0);
	copy = exact(msg, len);
	free(out);
	out = exact(NULL, OUT);
	memset(out, 0xa5, OUT);
	r = siit46_icmp_quoted(copy, len, &s, &d);
	if (!r) {
		EXPECT_EQ(s, inner4.saddr);
		EXPECT_EQ(d, inner4.daddr);
		r = siit46_icmp_error(copy, len, env, &outer, &inner, out);
	}
	free(copy);
	if (r >= 0) {
		EXPECT(r <= OUT);
		EXPECT(ref_valid(out, r, ref_pseudo6(&outer, r, 58)));
		EXPECT_EQ(get32(out + 8), 0x6b800000);
		EXPECT_EQ(out[15], 61);
		EXPECT(!memcmp(out + 16, &inner, 32));
	}
	return r;
}

static void types_and_codes(void)
{
	unsigned int type, code;

	for (type = 0; type < 256; type++)
		for (code = 0; code < 256; code++) {
			const struct icmp_vector *v =
				icmp_vector_find(VECTORS(icmp46_vectors),
						 type, code);
			u32 rest = 0;
			int r;

			make_error(type, code, 0, 5, 17, 32, 32);
			r = translate(&mtu1500);
			if (!v) {
				EXPECT_OR(r == TYPE, "%u/%u", type, code);
				continue;
			}
			EXPECT_OR(r == 8 + 40 + 32, "%u/%u", type, code);
			EXPECT_EQ(out[0], v->new_type);
			EXPECT_EQ(out[1], v->new_code == SAME_CODE ?
				  (int)code : v->new_code);
			if (v->new_type == 4 && v->new_code == 1)
				rest = 6;	/* Next Header */
			if (v->new_type == 2)
				rest = 1280;
			EXPECT_EQ(get32(out + 4), rest);
		}
}

static void pointers(void)
{
	unsigned int p, code;

	for (code = 0; code < 256; code++)
		for (p = 0; p < 256; p++) {
			int want = code == 0 || code == 2 ?
				   pointer_vector_find(
					VECTORS(pointer46_vectors), p) : -1;
			int r;

			make_error(12, code, p << 24, 5, 17, 32, 32);
			r = translate(&mtu1500);
			EXPECT_OR((r > 0) == (want >= 0), "code %u pointer %u",
				  code, p);
			if (want < 0)
				EXPECT_EQ(r, TYPE);
			else
				EXPECT_OR(get32(out + 4) == (u32)want,
					  "pointer %u", p);
		}
}

static u32 least(u32 a, u32 b)
{
	return a < b ? a : b;
}

static void mtu(void)
{
	static const u32 values[] = {
		68, 296, 575, 576, 1259, 1260, 1261, 1279, 1280, 1281, 1299,
		1300, 1479, 1480, 1481, 1500, 8980, 9000, 65515, 65516, 65535,
	};
	unsigned int i, j, k, n = sizeof(values) / sizeof(values[0]);

	for (i = 0; i < n; i++)
		for (j = 0; j < n; j++)
			for (k = 0; k < n; k++) {
				struct siit_icmp_error env = {
					.mtu4 = values[j], .mtu6 = values[k] };
				u32 want = least(values[i] + 20,
						 least(env.mtu6,
						       env.mtu4 + 20));

				make_error(3, 4, values[i], 5, 17, 32, 32);
				EXPECT(translate(&env) > 0);
				EXPECT_EQ(get32(out + 4),
					  want < 1280 ? 1280 : want);
			}
}

/* RFC 7915 4.2: MTU 0, the greatest plateau below the quoted Total Length */
static void plateau(void)
{
	struct siit_icmp_error env = { .mtu4 = 70000, .mtu6 = 70000 };
	unsigned int tot, i;

	for (tot = 20; tot <= 65535; tot++) {
		u32 want = 68;

		for (i = 0; i < sizeof(plateau_vectors) / sizeof(u32); i++)
			if (plateau_vectors[i] < tot) {
				want = plateau_vectors[i];
				break;
			}
		want += 20;
		make_error(3, 4, 0, 5, 47, 8, 8);
		put16(msg + 8 + 2, tot);
		EXPECT(translate(&env) > 0);
		EXPECT_OR(get32(out + 4) == (want < 1280 ? 1280 : want),
			  "total length %u", tot);
	}
}

/* All header lengths and protocols: the quoted packet as such. */
static void quoted_packet(void)
{
	unsigned int proto, ihl, payload = 60;

	for (proto = 0; proto < 256; proto++)
		for (ihl = 5; ihl <= 15; ihl++) {
			u8 nexthdr = proto == 1 ? 58 : proto;
			int at = proto == 1 ? 2 : siit_csum_offset(proto), r;

			make_error(11, 0, 0, ihl, proto, payload, payload);
			r = translate(&mtu1500);
			EXPECT_EQ(r, 8 + 40 + (int)payload);
			EXPECT_EQ(get16(out + 12), payload);
			EXPECT_EQ(out[14], nexthdr);
			if (at >= 0) {
				EXPECT_OR(ref_valid(out + 48, payload,
						    ref_pseudo6(&inner, payload,
								nexthdr)),
					  "protocol %u", proto);
				put16(out + 48 + at, 0);
				put16(msg + 8 + ihl * 4 + at, 0);
			}
			if (proto == 1) {
				EXPECT_EQ(out[48], 128);
				out[48] = 8;
			}
			EXPECT(!memcmp(out + 48, msg + 8 + ihl * 4, payload));
		}
}

static void quoted_fragments(void)
{
	unsigned int frag;

	for (frag = 0; frag <= 0xffff; frag += frag < 0x2010 ? 1 : 5) {
		bool is_frag = frag & 0x3fff, later = frag & 0x1fff;
		unsigned int off = is_frag ? 48 : 40;

		make_error(11, 1, 0, 5, 17, 40, 40);
		put16(msg + 8 + 6, frag);
		EXPECT_EQ(translate(&mtu1500), 8 + (int)off + 40);
		EXPECT_EQ(get16(out + 12), 40 + off - 40);
		EXPECT_EQ(out[14], is_frag ? 44 : 17);
		if (is_frag) {
			EXPECT_EQ(get16(out + 48), 17 << 8);
			EXPECT_EQ(get16(out + 50),
				  (frag & 0x1fff) << 3 | !!(frag & 0x2000));
			EXPECT_EQ(get32(out + 52), 0xbeef);
		}
		/* what follows a later fragment's header is payload */
		EXPECT_EQ(!memcmp(out + 8 + off, msg + 28, 40), later);
	}
}

static void short_quotes(void)
{
	static const u8 protos[] = { 1, 6, 17, 33, 132, 136 };
	unsigned int i, quoted;

	for (i = 0; i < sizeof(protos); i++)
		for (quoted = 0; quoted <= 20; quoted++) {
			bool ok = protos[i] != 1 || quoted >= 8;
			int r;

			make_error(3, 3, 0, 5, protos[i], 400, quoted);
			r = translate(&mtu1500);
			EXPECT_OR(r == (ok ? 48 + (int)quoted : INNER),
				  "protocol %u, %u octets", protos[i], quoted);
			if (ok)		/* that of the whole packet */
				EXPECT_EQ(get16(out + 12), 400);
		}
}

/* RFC 7915 4.3: an error about an error, and other things not to pass */
static void refused(void)
{
	unsigned int type, ihl;

	for (type = 0; type < 256; type++) {
		make_error(3, 1, 0, 5, 1, 40, 40);
		msg[28] = type;
		EXPECT_EQ(translate(&mtu1500),
			  type == 0 || type == 8 ? 88 : INNER);
	}
	for (ihl = 0; ihl < 16; ihl++) {
		make_error(3, 1, 0, 5, 17, 20, 20);
		msg[8] = 0x40 | ihl;
		EXPECT_EQ(translate(&mtu1500) > 0, ihl >= 5 && ihl <= 10);
	}
	for (type = 0; type < 16; type++) {
		make_error(3, 1, 0, 5, 17, 20, 20);
		msg[8] = type << 4 | 5;
		EXPECT_EQ(translate(&mtu1500), type == 4 ? 68 : INNER);
	}
	for (len = 0; len < 60; len++) {
		unsigned int want = len;

		make_error(3, 1, 0, 5, 17, 40, 40);
		len = want;
		if (len < 8) {
			__be32 a;
			u8 *copy = exact(msg, len);

			EXPECT_EQ(siit46_icmp_quoted(copy, len, &a, &a),
				  INNER);
			free(copy);
		} else {
			EXPECT_EQ(translate(&mtu1500) > 0, len >= 28);
		}
	}
	make_error(3, 1, 0, 6, 17, 20, 20);
	put16(msg + 10, 23);	/* total length below the header's */
	EXPECT_EQ(translate(&mtu1500), INNER);
	put16(msg + 10, 24);
	EXPECT_EQ(translate(&mtu1500), 68);
}

static void message_checksum(void)
{
	unsigned int i;
	__be32 a;

	make_error(3, 1, 0, 5, 17, 40, 40);
	EXPECT_EQ(siit46_icmp_quoted(msg, len, &a, &a), 0);
	for (i = 0; i < len * 8; i++) {
		msg[i / 8] ^= 1 << i % 8;
		EXPECT_EQ(siit46_icmp_quoted(msg, len, &a, &a), SUM);
		msg[i / 8] ^= 1 << i % 8;
	}
}

/* A wrong inner checksum does not block, and stays as wrong as it was. */
static void inner_checksum(void)
{
	static const u8 protos[] = { 1, 6, 17, 33, 136 };
	unsigned int i, wrong;

	for (i = 0; i < sizeof(protos); i++)
		for (wrong = 1; wrong < 0xffff; wrong += 99) {
			u8 nh = protos[i] == 1 ? 58 : protos[i];
			u8 *l4 = msg + 28;
			int at = nh == 58 ? 2 : siit_csum_offset(nh);
			u16 error;

			make_error(3, 1, 0, 5, protos[i], 40, 40);
			put16(l4 + at, get16(l4 + at) ^ wrong);
			if (!get16(l4 + at))
				continue;
			error = ref_sum(l4, 40, nh == 58 ? 0 :
					ref_pseudo4(&inner4, 40, nh)) % 0xffff;
			EXPECT_EQ(translate(&mtu1500), 88);
			EXPECT_EQ(ref_sum(out + 48, 40,
					  ref_pseudo6(&inner, 40, nh)) % 0xffff,
				  error);
		}
}

/* The result and its IPv6 header have 1280 octets at most (RFC 4443 2.4). */
static void truncated(void)
{
	unsigned int quoted;

	for (quoted = 1100; quoted < 1600; quoted++) {
		int want = 8 + 40 + quoted;

		make_error(11, 0, 0, 5, 17, 1500, quoted);
		EXPECT_EQ(translate(&mtu1500), want < OUT ? want : OUT);
		EXPECT_EQ(get16(out + 12), 1500);
		make_error(11, 0, 0, 5, 17, 1500, quoted);
		put16(msg + 8 + 6, 0x2000);
		want += 8;
		EXPECT_EQ(translate(&mtu1500), want < OUT ? want : OUT);
	}
}

/* RFC 4884: which errors keep an extension, and what happens to lengths. */
static void extensions(void)
{
	static const struct {
		u8 type, code;
		bool keeps;
	} rows[] = {
		{ 3, 0, true }, { 3, 3, true }, { 3, 13, true },
		{ 11, 0, true }, { 11, 1, true },
		{ 3, 2, false }, { 3, 4, false }, { 12, 0, false },
	};
	unsigned int i, words, ext_len;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (words = 0; words < 256; words++)
			for (ext_len = 0; ext_len <= 1200; ext_len += 240) {
				unsigned int quote = words * 4, want;
				bool fits = ext_len + 128 <= OUT - 8;
				int r;

				if (words && quote < 40)
					continue;
				if (!words)
					quote = 128;
				make_error(rows[i].type, rows[i].code,
					   words << 16, 5, 17, 1400,
					   quote - 20);
				memset(msg + len, 0xc3, ext_len);
				len += ext_len;
				r = translate(&mtu1500);
				want = quote + 20;
				if (!words) {
					/* no length: it is all packet */
					want += ext_len;
					EXPECT_EQ(r, want + 8 < OUT ?
						  want + 8 : OUT);
					EXPECT_EQ(out[4], 0);
				} else if (!ext_len || !rows[i].keeps ||
					   !fits) {
					EXPECT_EQ(r, want + 8);
					EXPECT_EQ(out[4], 0);
				} else {
					unsigned int room =
						(OUT - 8 - ext_len) / 8 * 8;

					want = (want + 7) / 8 * 8;
					if (want < 128)
						want = 128;
					if (want > room)
						want = room;
					EXPECT_EQ(out[4] * 8, want);
					EXPECT_EQ(r, 8 + want + ext_len);
					EXPECT(!memcmp(out + 8 + want,
						       msg + len - ext_len,
						       ext_len));
				}
			}
}

static const struct unit_case cases[] = {
	{ "RFC 7915 4.2: every type and code", types_and_codes },
	{ "RFC 7915 figure 3: every pointer", pointers },
	{ "RFC 7915 4.2: MTU", mtu },
	{ "RFC 1191 7: plateaus for every total length", plateau },
	{ "RFC 7915 4.3: every protocol and header length", quoted_packet },
	{ "RFC 7915 4.3: fragments", quoted_fragments },
	{ "quotes cut short", short_quotes },
	{ "quotes that are refused", refused },
	{ "checksum of the message", message_checksum },
	{ "checksum of the quoted packet", inner_checksum },
	{ "truncated to 1280 octets", truncated },
	{ "RFC 4884: extensions", extensions },
};

UNIT_MAIN(cases)
