// SPDX-License-Identifier: GPL-2.0
/* ICMPv6 errors become ICMPv4 errors: RFC 7915 5.2 and 5.3. */
#include "harness.h"
#include "packet.h"

#include "vectors/icmp.h"

enum { OUT = SIIT_ICMP4_MAX - SIIT_IPV4_MIN,
       TYPE = -NLAB_A_STATS_DROP_ICMP_TYPE,
       INNER = -NLAB_A_STATS_DROP_ICMP_INNER,
       SUM = -NLAB_A_STATS_DROP_ICMP_CHECKSUM };

static const struct siit_icmp_error mtu1500 = { .mtu4 = 1500, .mtu6 = 1500 };
static struct siit_addr6 outer, inner6;
static struct siit_addr4 inner;

static u8 msg[4096], *out;
static unsigned int len;

static void addresses(void)
{
	outer.saddr = addr6("2001:db8:ffff::1");
	outer.daddr = addr6("64:ff9b::198.51.100.2");
	inner6.saddr = addr6("64:ff9b::198.51.100.2");
	inner6.daddr = addr6("2001:db8::33");
	inner.saddr = addr4("198.51.100.2");
	inner.daddr = addr4("192.0.2.33");
}

static u32 outer_sum(void)
{
	return ref_pseudo6(&outer, len, 58);
}

/*
 * An error about a packet of @proto behind @chain_len octets of extension
 * headers in @chain, with @payload octets, of which @quoted are there.
 */
static void make_error(u8 type, u8 code, u32 rest, const u8 *chain,
		       unsigned int chain_len, u8 proto, unsigned int payload,
		       unsigned int quoted)
{
	u8 *l4 = msg + 48 + chain_len;
	int at = siit_csum_offset(proto);
	unsigned int i;

	addresses();
	msg[0] = type;
	msg[1] = code;
	put32(msg + 4, rest);
	make_ip6(msg + 8, payload + chain_len, proto, &inner6);
	if (chain_len)
		memcpy(msg + 48, chain, chain_len);
	for (i = 0; i < payload; i++)
		l4[i] = i * 7 + 1;
	if (proto == 58 && payload >= 8) {
		l4[0] = 128;
		l4[1] = 0;
		ref_set(l4, payload, 2, ref_pseudo6(&inner6, payload, 58));
	} else if (at >= 0 && (int)payload >= at + 2) {
		ref_set(l4, payload, at, ref_pseudo6(&inner6, payload, proto));
	}
	len = 48 + chain_len + quoted;
	ref_set(msg, len, 2, outer_sum());
}

static void make_plain(u8 type, u8 code, u32 rest)
{
	make_error(type, code, rest, NULL, 0, 17, 32, 32);
}

static int translate(const struct siit_icmp_error *env)
{
	struct siit_addr6 quoted;
	u8 *copy;
	int r;

	ref_set(msg, len, 2, outer_sum());
	copy = exact(msg, len);
	free(out);
	out = exact(NULL, OUT);
	memset(out, 0xa5, OUT);
	r = siit64_icmp_quoted(copy, len, &outer, &quoted);
	if (!r) {
		EXPECT(!memcmp(&quoted, &inner6, sizeof(quoted)));
		r = siit64_icmp_error(copy, len, env, &inner, out);
	}
	free(copy);
	if (r >= 0) {
		EXPECT(r <= OUT);
		EXPECT(ref_valid(out, r, 0));
		EXPECT_EQ(get16(out + 8), 0x45b8);
		EXPECT(ref_valid(out + 8, 20, 0));
		EXPECT_EQ(out[16], 61);
		EXPECT(!memcmp(out + 20, &inner, 8));
	}
	return r;
}

static void types_and_codes(void)
{
	unsigned int type, code;

	for (type = 0; type < 256; type++)
		for (code = 0; code < 256; code++) {
			const struct icmp_vector *v =
				icmp_vector_find(VECTORS(icmp64_vectors),
						 type, code);
			u32 rest = type == 2 ? 1480 : 0;
			int r;

			make_plain(type, code, type == 2 ? 1500 : 0);
			r = translate(&mtu1500);
			if (!v) {
				EXPECT_OR(r == TYPE, "%u/%u", type, code);
				continue;
			}
			EXPECT_OR(r == 8 + 20 + 32, "%u/%u", type, code);
			EXPECT_EQ(out[0], v->new_type);
			EXPECT_EQ(out[1], v->new_code == SAME_CODE ?
				  (int)code : v->new_code);
			EXPECT_EQ(get32(out + 4), rest);
		}
}

static void pointer_one(u8 code, u32 p)
{
	int want = code == 0 ?
		   pointer_vector_find(VECTORS(pointer64_vectors), p) : -1;
	int r;

	make_plain(4, code, p);
	r = translate(&mtu1500);
	if (code == 1) {
		EXPECT(r > 0 && out[0] == 3 && out[1] == 2);
		EXPECT_EQ(get32(out + 4), 0);
		return;
	}
	EXPECT_OR((r > 0) == (want >= 0), "code %u pointer %u", code, p);
	if (want < 0)
		EXPECT_EQ(r, TYPE);
	else
		EXPECT_OR(get32(out + 4) == (u32)want << 24, "pointer %u", p);
}

static void pointers(void)
{
	unsigned int p, code;

	for (code = 0; code < 256; code++)
		for (p = 0; p < 300; p++)
			pointer_one(code, p);
	for (p = 0; p < 1000; p++)
		pointer_one(0, rnd());
	pointer_one(0, 0xffffffff);
	pointer_one(0, 0x100);
	pointer_one(0, 0x10000);
	pointer_one(0, 0x1000006);
	pointer_one(0, 0x80000000);
}

static u32 least(u32 a, u32 b)
{
	return a < b ? a : b;
}

/* min(MTU - 20, MTU4, MTU6 - 20), 28 where a Fragment header was in front */
static void mtu(void)
{
	static const u32 ptb[] = {
		0, 1, 19, 20, 21, 68, 87, 88, 89, 95, 96, 97, 576, 1259, 1260,
		1279, 1280, 1281, 1500, 1520, 9000, 65535, 65554, 65555, 65556,
		65563, 65564, 100000, 0x7fffffff, 0x80000000, 0xfffffff0,
		0xffffffff,
	};
	static const u32 link[] = { 1280, 1300, 1500, 9000, 65535, 70000 };
	static const u8 frag[8] = { 17, 0, 0, 1, 0, 0, 0, 1 };
	unsigned int i, j, k, f;

	for (i = 0; i < sizeof(ptb) / sizeof(u32); i++)
		for (j = 0; j < sizeof(link) / sizeof(u32); j++)
			for (k = 0; k < sizeof(link) / sizeof(u32); k++)
				for (f = 0; f < 2; f++) {
					struct siit_icmp_error env = {
						.mtu4 = link[j],
						.mtu6 = link[k] };
					long long want = least(ptb[i], link[k]);

					want -= f ? 28 : 20;
					if (want < 68)
						want = 68;
					want = least(want, link[j]);
					want = least(want, 0xffff);
					make_error(2, 0, ptb[i], frag, f * 8,
						   17, 32, 32);
					if (f)
						msg[14] = 44;
					EXPECT(translate(&env) > 0);
					EXPECT_EQ(get32(out + 4), want);
				}
}

static void quoted_packet(void)
{
	unsigned int proto, payload = 60;

	for (proto = 0; proto < 256; proto++) {
		u8 new_proto = proto == 58 ? 1 : proto;
		int at = proto == 58 ? 2 : siit_csum_offset(proto), r;

		if (ipv6_is_ext_header(proto) || proto == 44)
			continue;
		make_error(3, 0, 0, NULL, 0, proto, payload, payload);
		r = translate(&mtu1500);
		EXPECT_EQ(r, 8 + 20 + (int)payload);
		EXPECT_EQ(get16(out + 10), payload + 20);
		EXPECT_EQ(get16(out + 14), 0);
		EXPECT_EQ(out[17], new_proto);
		if (at >= 0) {
			EXPECT_OR(ref_valid(out + 28, payload, proto == 58 ? 0 :
					    ref_pseudo4(&inner, payload,
							new_proto)),
				  "protocol %u", proto);
			put16(out + 28 + at, 0);
			put16(msg + 48 + at, 0);
		}
		if (proto == 58) {
			EXPECT_EQ(out[28], 8);
			out[28] = 128;
		}
		EXPECT(!memcmp(out + 28, msg + 48, payload));
	}
}

static void quoted_chains(void)
{
	static const u8 chain[] = {
		43, 0, 0, 0, 0, 0, 0, 0,	/* Hop-by-Hop */
		60, 0, 4, 0, 0, 0, 0, 0,	/* Routing */
		17, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	};
	unsigned int cut;

	make_error(1, 4, 0, chain, sizeof(chain), 17, 40, 40);
	msg[14] = 0;
	EXPECT_EQ(translate(&mtu1500), 8 + 20 + 40);
	EXPECT_EQ(get16(out + 10), 60);
	EXPECT_EQ(out[17], 17);
	EXPECT(ref_valid(out + 28, 40, ref_pseudo4(&inner, 40, 17)));
	/* a payload length that does not reach over the chain */
	put16(msg + 12, sizeof(chain) - 1);
	EXPECT_EQ(translate(&mtu1500), INNER);
	put16(msg + 12, sizeof(chain));
	EXPECT_EQ(translate(&mtu1500), 68);
	EXPECT_EQ(get16(out + 10), 20);
	/* a quote that ends inside the chain */
	for (cut = 0; cut < sizeof(chain); cut++) {
		len = 48 + cut;
		EXPECT_EQ(translate(&mtu1500), INNER);
	}
	/* RFC 7915 5.1.1: nothing to be skipped behind a Fragment header */
	make_error(1, 4, 0, chain, 8, 17, 40, 40);
	msg[14] = 44;
	msg[48] = 60;
	EXPECT_EQ(translate(&mtu1500), INNER);
}

static void quoted_fragments(void)
{
	unsigned int off, more;

	for (off = 0; off < 0x10000; off += 8)
		for (more = 0; more < 2; more++) {
			u8 frag[8] = { 17, 0, off >> 8, (off & 0xf8) | more,
				       0x12, 0x34, 0xbe, 0xef };

			make_error(3, 1, 0, frag, 8, 17, 1400, 40);
			msg[14] = 44;
			EXPECT_EQ(translate(&mtu1500), 8 + 20 + 40);
			EXPECT_EQ(get16(out + 10), 1420);
			EXPECT_EQ(get16(out + 12), 0xbeef);
			EXPECT_EQ(get16(out + 14), off >> 3 | more << 13);
			EXPECT_EQ(out[17], 17);
			EXPECT_EQ(!memcmp(out + 28, msg + 56, 40), off != 0);
		}
}

/* RFC 7915 5.3: the quoted packet is translated like any, DF included. */
static void quoted_df(void)
{
	unsigned int payload;

	for (payload = 1200; payload < 1300; payload++) {
		make_error(1, 0, 0, NULL, 0, 17, payload, 100);
		EXPECT_EQ(translate(&mtu1500), 128);
		EXPECT_EQ(get16(out + 10), payload + 20);
		EXPECT_EQ(get16(out + 14), payload + 20 > 1260 ? 0x4000 : 0);
	}
}

static void short_quotes(void)
{
	static const u8 protos[] = { 58, 6, 17, 33, 132, 136 };
	unsigned int i, quoted;

	for (i = 0; i < sizeof(protos); i++)
		for (quoted = 0; quoted <= 20; quoted++) {
			bool ok = protos[i] != 58 || quoted >= 8;
			int r;

			make_error(1, 3, 0, NULL, 0, protos[i], 400, quoted);
			r = translate(&mtu1500);
			EXPECT_OR(r == (ok ? 28 + (int)quoted : INNER),
				  "protocol %u, %u octets", protos[i], quoted);
			if (ok)
				EXPECT_EQ(get16(out + 10), 420);
		}
}

static void refused(void)
{
	struct siit_addr6 a;
	unsigned int type, n;

	for (type = 0; type < 256; type++) {
		make_error(1, 0, 0, NULL, 0, 58, 40, 40);
		msg[48] = type;
		EXPECT_EQ(translate(&mtu1500),
			  type == 128 || type == 129 ? 68 : INNER);
	}
	for (type = 0; type < 16; type++) {
		make_plain(1, 0, 0);
		msg[8] = type << 4 | 0xb;
		EXPECT_EQ(translate(&mtu1500), type == 6 ? 60 : INNER);
	}
	make_plain(1, 0, 0);
	for (n = 0; n < 48; n++) {
		u8 *copy = exact(msg, n);

		EXPECT_EQ(siit64_icmp_quoted(copy, n, &outer, &a), INNER);
		free(copy);
	}
	EXPECT_EQ(siit64_icmp_quoted(msg, len, &outer, &a), 0);
	for (n = 0; n < len * 8; n++) {
		msg[n / 8] ^= 1 << n % 8;
		EXPECT_EQ(siit64_icmp_quoted(msg, len, &outer, &a), SUM);
		msg[n / 8] ^= 1 << n % 8;
	}
	/* the pseudo header counts */
	outer.saddr.s6_addr[15] ^= 4;
	EXPECT_EQ(siit64_icmp_quoted(msg, len, &outer, &a), SUM);
}

/* The result and its IPv4 header have 576 octets at most (RFC 1812). */
static void truncated(void)
{
	unsigned int quoted;

	for (quoted = 500; quoted < 1232; quoted++) {
		int want = 8 + 20 + quoted;

		make_error(3, 0, 0, NULL, 0, 17, 1500, quoted);
		EXPECT_EQ(translate(&mtu1500), want < OUT ? want : OUT);
		EXPECT_EQ(get16(out + 10), 1520);
	}
}

static void extensions(void)
{
	static const struct {
		u8 type, code;
		bool has_length;
	} rows[] = {
		{ 1, 0, true }, { 1, 4, true }, { 3, 0, true }, { 3, 1, true },
		{ 2, 0, false }, { 4, 0, false }, { 4, 1, false },
	};
	unsigned int i, words, ext_len;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (words = 0; words <= 140; words++)
			for (ext_len = 0; ext_len <= 600; ext_len += 60) {
				unsigned int quote = words * 8, want;
				int r;

				if (words && quote < 48)
					continue;
				if (!words || !rows[i].has_length)
					quote = 128;
				make_error(rows[i].type, rows[i].code,
					   rows[i].has_length ? words << 24 : 0,
					   NULL, 0, 17, 1400, quote - 40);
				memset(msg + len, 0xc3, ext_len);
				len += ext_len;
				r = translate(&mtu1500);
				want = quote - 20;
				EXPECT_EQ(out[4], 0);
				if (!words || !rows[i].has_length) {
					want += ext_len;
					EXPECT_EQ(r, want + 8 < OUT ?
						  want + 8 : OUT);
					EXPECT_EQ(out[5], 0);
				} else if (!ext_len || ext_len + 136 > OUT) {
					EXPECT_EQ(r, want + 8 < OUT ?
						  want + 8 : OUT);
					EXPECT_EQ(out[5], 0);
				} else {
					unsigned int room =
						(OUT - 8 - ext_len) / 4 * 4;

					want = want < 128 ? 128 : want;
					want = want < room ? want : room;
					EXPECT_EQ(out[5] * 4, want);
					EXPECT_EQ(r, 8 + want + ext_len);
					EXPECT(!memcmp(out + 8 + want,
						       msg + len - ext_len,
						       ext_len));
				}
			}
}

/* RFC 6791, RFC 5837: an untranslatable source rides along as an object. */
static void source_object(void)
{
	struct siit_icmp_error env = mtu1500;
	struct in6_addr a = addr6("2001:db8:1234::99");
	unsigned int quoted, want;
	u8 object[SIIT_SOURCE_EXT_LEN];

	env.quote_source = &a;
	siit_source_ext(&a, object);
	for (quoted = 0; quoted < 1000; quoted++) {
		want = 20 + quoted < 128 ? 128 : (20 + quoted + 3) / 4 * 4;
		if (want > OUT - 8 - 28)
			want = OUT - 8 - 28;
		make_error(3, 0, 0, NULL, 0, 17, 1000, quoted);
		EXPECT_EQ(translate(&env), 8 + want + 28);
		EXPECT_EQ(out[5] * 4, want);
		EXPECT(!memcmp(out + 8 + want, object, 28));
		/* beside the MTU and the pointer, which stay */
		make_error(2, 0, 1400, NULL, 0, 17, 1000, quoted);
		EXPECT_EQ(translate(&env), 8 + want + 28);
		EXPECT_EQ(get32(out + 4), want / 4 << 16 | 1380);
		make_error(4, 0, 7, NULL, 0, 17, 1000, quoted);
		EXPECT_EQ(translate(&env), 8 + want + 28);
		EXPECT_EQ(get32(out + 4), 8 << 24 | want / 4 << 16);
	}
	/* an extension that is there already is left as it is */
	make_error(3, 0, 16 << 24, NULL, 0, 17, 1000, 88);
	memset(msg + len, 0xc3, 16);
	len += 16;
	EXPECT_EQ(translate(&env), 8 + 128 + 16);
	EXPECT_EQ(out[8 + 128], 0xc3);
}

static const struct unit_case cases[] = {
	{ "RFC 7915 5.2: every type and code", types_and_codes },
	{ "RFC 7915 figure 6: every pointer", pointers },
	{ "RFC 7915 5.2: MTU", mtu },
	{ "RFC 7915 5.3: every protocol", quoted_packet },
	{ "RFC 7915 5.3: extension headers", quoted_chains },
	{ "RFC 7915 5.3: fragments", quoted_fragments },
	{ "RFC 7915 5.3: DF", quoted_df },
	{ "quotes cut short", short_quotes },
	{ "quotes and checksums that are refused", refused },
	{ "truncated to 576 octets", truncated },
	{ "RFC 4884: extensions", extensions },
	{ "RFC 6791, RFC 5837: source object", source_object },
};

UNIT_MAIN(cases)
