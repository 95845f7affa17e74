// SPDX-License-Identifier: GPL-2.0
/*
 * Transport checksums under translation (RFC 7915 4.5, 5.5), compared with
 * checksums computed from scratch; and the environment's own primitives.
 */
#include "harness.h"
#include "packet.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum { ICMP = 1, TCP = 6, UDP = 17, DCCP = 33, UDPLITE = 136, SCTP = 132 };

static const struct {
	u8 proto;
	int offset;
} protos[] = {
	{ TCP, 16 }, { UDP, 6 }, { DCCP, 6 }, { UDPLITE, 6 },
};

static void offsets(void)
{
	unsigned int proto, i;

	for (proto = 0; proto < 256; proto++) {
		int want = -1;

		for (i = 0; i < ARRAY_SIZE(protos); i++)
			if (protos[i].proto == proto)
				want = protos[i].offset;
		EXPECT_EQ(siit_csum_offset(proto), want);
	}
}

static void primitives(void)
{
	u8 buf[64];
	unsigned int n, len;

	for (n = 0; n < 20000; n++) {
		struct siit_addr6 a;

		len = rnd() % sizeof(buf);
		rnd_fill(buf, sizeof(buf));
		rnd_fill(&a, sizeof(a));
		EXPECT_EQ((u16)~ntohs(csum_fold(csum_partial(buf, len, 0))) %
			  0xffff, ref_sum(buf, len, 0) % 0xffff);
		EXPECT_EQ((u16)~ntohs(csum_ipv6_magic(&a.saddr, &a.daddr, len,
						      UDP, csum_partial(buf,
						      len, 0))) % 0xffff,
			  ref_sum(buf, len, ref_pseudo6(&a, len, UDP)) %
			  0xffff);
	}
}

/* Both pseudo headers of one random packet. */
struct pair {
	struct siit_addr4 a4;
	struct siit_addr6 a6;
	u8 l4[80];
	unsigned int len;
	u32 p4, p6;
	__wsum diff46;
};

static void make_pair(struct pair *p, u8 proto)
{
	rnd_fill(p, sizeof(*p));
	p->len = 20 + rnd() % 60;
	p->p4 = ref_pseudo4(&p->a4, p->len, proto);
	p->p6 = ref_pseudo6(&p->a6, p->len, proto);
	p->diff46 = csum_sub(siit_sum6(&p->a6), siit_sum4(&p->a4));
}

/* The octets before the checksum chosen so that @want comes out. */
static void force_sum(struct pair *p, unsigned int at, u32 pseudo, u16 want)
{
	u32 have;

	put16(p->l4, 0);
	put16(p->l4 + at, 0);
	have = ref_sum(p->l4, p->len, pseudo);
	put16(p->l4, ((u16)~want + 0xffff - have) % 0xffff);
	put16(p->l4 + at, ~ref_sum(p->l4, p->len, pseudo) & 0xffff);
}

static void update(struct pair *p, u8 proto, bool to6)
{
	u8 *l4 = exact(p->l4, p->len);

	siit_l4_update(proto, l4, p->len,
		       to6 ? p->diff46 : csum_sub(0, p->diff46), false);
	memcpy(p->l4, l4, p->len);
	free(l4);
}

static void right_stays_right(void)
{
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(protos); i++)
		for (n = 0; n < 20000; n++) {
			bool to6 = n & 1;
			struct pair p;
			u8 before[80];

			make_pair(&p, protos[i].proto);
			ref_set(p.l4, p.len, protos[i].offset,
				to6 ? p.p4 : p.p6);
			if (!get16(p.l4 + protos[i].offset))
				put16(p.l4 + protos[i].offset, 0xffff);
			memcpy(before, p.l4, p.len);
			update(&p, protos[i].proto, to6);
			EXPECT_OR(ref_valid(p.l4, p.len, to6 ? p.p6 : p.p4),
				  "protocol %u", protos[i].proto);
			/* nothing but the checksum changed */
			put16(p.l4 + protos[i].offset, 0);
			put16(before + protos[i].offset, 0);
			EXPECT(!memcmp(before, p.l4, p.len));
		}
}

/* A receiver must see the error that the sender or the path made. */
static void wrong_stays_wrong(void)
{
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(protos); i++)
		for (n = 0; n < 20000; n++) {
			unsigned int at = protos[i].offset;
			bool to6 = n & 1;
			struct pair p;
			u16 field, error;

			make_pair(&p, protos[i].proto);
			field = get16(p.l4 + at);
			if (!field ||
			    ref_valid(p.l4, p.len, to6 ? p.p4 : p.p6))
				continue;
			error = ref_sum(p.l4, p.len, to6 ? p.p4 : p.p6) %
				0xffff;
			update(&p, protos[i].proto, to6);
			EXPECT_EQ(ref_sum(p.l4, p.len, to6 ? p.p6 : p.p4) %
				  0xffff, error);
		}
}

/*
 * Zero on the wire means "no checksum" in UDP (RFC 768) and is illegal in
 * UDP-Lite (RFC 3828 3.1): both send 0xffff for a sum that comes out as zero,
 * and both leave a zero alone, which no update may turn into a checksum.
 */
static void zero(void)
{
	static const u8 with_zero[] = { UDP, UDPLITE };
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(with_zero); i++)
		for (n = 0; n < 2000; n++) {
			bool to6 = n & 1;
			struct pair p;

			make_pair(&p, with_zero[i]);
			force_sum(&p, 6, to6 ? p.p6 : p.p4, 0);
			/* now the checksum of the other side */
			ref_set(p.l4, p.len, 6, to6 ? p.p4 : p.p6);
			if (get16(p.l4 + 6)) {
				update(&p, with_zero[i], to6);
				EXPECT_EQ(get16(p.l4 + 6), 0xffff);
			}
			make_pair(&p, with_zero[i]);
			put16(p.l4 + 6, 0);
			update(&p, with_zero[i], to6);
			EXPECT_EQ(get16(p.l4 + 6), 0);
		}
}

/* TCP and DCCP know no such thing: zero is a checksum like others. */
static void zero_is_plain(void)
{
	static const struct {
		u8 proto;
		unsigned int at;
	} plain[] = { { TCP, 16 }, { DCCP, 6 } };
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(plain); i++)
		for (n = 0; n < 2000; n++) {
			unsigned int at = plain[i].at;
			struct pair p;

			make_pair(&p, plain[i].proto);
			force_sum(&p, at, p.p4, 0);
			EXPECT_EQ(get16(p.l4 + at), 0);
			update(&p, plain[i].proto, true);
			EXPECT(ref_valid(p.l4, p.len, p.p6));

			make_pair(&p, plain[i].proto);
			force_sum(&p, at, p.p6, 0);
			ref_set(p.l4, p.len, at, p.p4);
			update(&p, plain[i].proto, true);
			EXPECT_EQ(get16(p.l4 + at), 0);
		}
}

/* CHECKSUM_PARTIAL: the field is the folded sum of the pseudo header. */
static void partial(void)
{
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(protos); i++)
		for (n = 0; n < 5000; n++) {
			unsigned int at = protos[i].offset;
			bool to6 = n & 1;
			struct pair p;

			make_pair(&p, protos[i].proto);
			put16(p.l4 + at, to6 ? p.p4 : p.p6);
			siit_l4_update(protos[i].proto, p.l4, p.len,
				       to6 ? p.diff46 :
				       csum_sub(0, p.diff46), true);
			EXPECT_EQ(get16(p.l4 + at) % 0xffff,
				  (to6 ? p.p6 : p.p4) % 0xffff);
			/* what the device then puts there is right */
			ref_set(p.l4, p.len, at, to6 ? p.p6 : p.p4);
			EXPECT(ref_valid(p.l4, p.len, to6 ? p.p6 : p.p4));
		}
	/* a pseudo header that sums up to zero is no missing checksum */
	for (i = 0; i < ARRAY_SIZE(protos); i++) {
		u8 l4[20] = { 0 };

		siit_l4_update(protos[i].proto, l4, 20, htons(0x1234), true);
		EXPECT_EQ(get16(l4 + protos[i].offset), 0x1234);
	}
}

/* Quotes of 8 octets, and other protocols: nothing is touched. */
static void short_headers(void)
{
	unsigned int proto, avail;

	for (proto = 0; proto < 256; proto++)
		for (avail = 0; avail <= 20; avail++) {
			int at = siit_csum_offset(proto);
			u8 *l4 = exact(NULL, avail), want[20];
			bool changed;

			memset(l4, 0x11, avail);
			memset(want, 0x11, sizeof(want));
			siit_l4_update(proto, l4, avail, htons(0x100), false);
			changed = memcmp(l4, want, avail);
			EXPECT_OR(changed ==
				  (at >= 0 && (int)avail >= at + 2),
				  "protocol %u, %u octets", proto, avail);
			free(l4);
		}
}

static const struct unit_case cases[] = {
	{ "sums of the environment against RFC 1071", primitives },
	{ "which protocols have a pseudo header", offsets },
	{ "a right checksum stays right, both ways", right_stays_right },
	{ "a wrong checksum stays as wrong as it was", wrong_stays_wrong },
	{ "UDP and UDP-Lite: zero", zero },
	{ "TCP and DCCP: zero is nothing special", zero_is_plain },
	{ "CHECKSUM_PARTIAL", partial },
	{ "headers cut short, protocols without checksum", short_headers },
};

UNIT_MAIN(cases)
