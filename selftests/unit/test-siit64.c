// SPDX-License-Identifier: GPL-2.0
/* IPv6 to IPv4: header and echo (RFC 7915 5.1, 5.2); the way there and back. */
#include "harness.h"
#include "packet.h"

static struct siit_addr4 a4;
static struct siit_addr6 a6;

static void addresses(void)
{
	a4.saddr = addr4("192.0.2.33");
	a4.daddr = addr4("198.51.100.2");
	a6.saddr = addr6("2001:db8::33");
	a6.daddr = addr6("64:ff9b::198.51.100.2");
}

static void header_one(const struct ipv6_chain *c, unsigned int payload,
		       unsigned int wire)
{
	u8 in[40], *out = exact(NULL, 20);
	unsigned int frag = 0, tot = payload + 20;

	make_ip6(in, payload, c->proto, &a6);
	memset(out, 0xa5, 20);
	siit64_header(c, &a4, 0xb8, 60, payload, wire,
		      htons(0xcafe), (struct iphdr *)out);
	if (c->frag)
		frag = c->frag_off / 8 | (c->more ? 0x2000 : 0);
	else if (wire > 1260)
		frag = 0x4000;
	EXPECT_EQ(get16(out), 0x45b8);
	EXPECT_EQ(get16(out + 2), tot > 0xffff ? 0 : tot);
	EXPECT_EQ(get16(out + 4), c->frag ? ntohl(c->id) & 0xffff : 0xcafe);
	EXPECT_EQ(get16(out + 6), frag);
	EXPECT_EQ(out[8], 60);
	EXPECT_EQ(out[9], c->proto == 58 ? 1 : c->proto);
	EXPECT(ref_valid(out, 20, 0));
	EXPECT(!memcmp(out + 12, &a4, 8));
	free(out);
}

static void header(void)
{
	struct ipv6_chain c = { .proto = 17, .len = 40 };
	unsigned int i;

	addresses();
	for (i = 0; i <= 70000; i += i < 2000 ? 1 : 13)
		header_one(&c, i, i + 20);
	for (i = 0; i < 256; i++) {
		c.proto = i;
		header_one(&c, 100, 120);
	}
}

/* 1260 is the last size that may be fragmented; a fragment always may. */
static void dont_fragment(void)
{
	struct ipv6_chain c = { .proto = 6, .len = 40 };
	unsigned int wire;

	for (wire = 1200; wire <= 1600; wire++) {
		header_one(&c, wire - 20, wire);
		/* GSO: the size of a segment decides */
		header_one(&c, 60000, wire);
		c.frag = true;
		header_one(&c, wire - 20, wire);
		c.frag = false;
	}
}

static void fragments(void)
{
	struct ipv6_chain c = { .proto = 17, .frag = true, .len = 48,
				.frag_pos = 40 };
	unsigned int off, more;

	for (off = 0; off <= 0xfff8; off += 8)
		for (more = 0; more < 2; more++) {
			c.frag_off = off;
			c.more = more;
			c.id = htonl(rnd());
			header_one(&c, 1400, 1420);
		}
}

static void type_of_service(void)
{
	struct ipv6_chain c = { .proto = 6, .len = 40 };
	u8 in[40], out[20];
	unsigned int i;

	make_ip6(in, 80, 6, &a6);
	for (i = 0; i < 256; i++) {
		siit64_header(&c, &a4, i, i, 80, 100, 0,
			      (struct iphdr *)out);
		EXPECT_EQ(get16(out), 0x4500 | i);
		EXPECT_EQ(out[8], i);
		EXPECT(ref_valid(out, 20, 0));
	}
}

static void echo_types(void)
{
	unsigned int type, code;

	for (type = 0; type < 256; type++)
		for (code = 0; code < 256; code++) {
			u8 *m = exact(NULL, 8), before[8];
			int r;

			rnd_fill(m, 8);
			m[0] = type;
			m[1] = code;
			memcpy(before, m, 8);
			r = siit64_icmp_echo((struct icmp6hdr *)m, 64, &a6);
			if (type == 128 || type == 129) {
				EXPECT_EQ(r, 0);
				EXPECT_EQ(m[0], type == 128 ? 8 : 0);
				EXPECT_EQ(m[1], code);
				EXPECT(!memcmp(m + 4, before + 4, 4));
			} else {
				/* MLD, ND, unknown: RFC 7915 5.2 */
				EXPECT_EQ(r, -NLAB_A_STATS_DROP_ICMP_TYPE);
				EXPECT(!memcmp(m, before, 8));
			}
			EXPECT_EQ(siit64_icmp_is_error(type), type < 128);
			free(m);
		}
}

static void echo_checksum(void)
{
	unsigned int n, len;
	u8 m[128];

	for (n = 0; n < 50000; n++) {
		struct siit_addr6 a;
		u32 pseudo;
		u16 error;

		rnd_fill(&a, sizeof(a));
		rnd_fill(m, sizeof(m));
		len = 8 + rnd() % (sizeof(m) - 7);
		m[0] = n & 1 ? 128 : 129;
		m[1] = 0;
		pseudo = ref_pseudo6(&a, len, 58);
		if (n & 2)
			ref_set(m, len, 2, pseudo);
		error = ref_sum(m, len, pseudo) % 0xffff;
		siit64_icmp_echo((struct icmp6hdr *)m, len, &a);
		EXPECT_EQ(ref_sum(m, len, 0) % 0xffff, error);
	}
}

/* True for a protocol number that IPv6 takes for an extension header. */
static bool is_chain(u8 proto)
{
	return ipv6_is_ext_header(proto) || proto == 44;
}

/*
 * 4 -> 6 -> 4: all but options, header checksum, the reserved flag and, of
 * unfragmented packets, DF and Identification comes back.
 */
static void round_trip(void)
{
	unsigned int n;

	for (n = 0; n < 200000; n++) {
		u8 in[20], six[48], back[20];
		unsigned int payload = rnd() % 65516, off, frag;
		struct ipv6_chain c;

		rnd_fill(in, sizeof(in));
		in[0] = 0x45;
		if (is_chain(in[9]) || in[9] == 58 || in[9] == 51)
			continue;
		put16(in + 2, payload + 20);
		frag = get16(in + 6) & (n & 1 ? 0x3fff : 0x4000);
		put16(in + 6, frag);
		memset(six, 0, sizeof(six));
		off = siit46_header((struct iphdr *)in, &a6, in[1], in[8],
				    payload, six);
		EXPECT_EQ(ipv6_chain_parse(six, off, &c), IPV6_CHAIN_OK);
		EXPECT_EQ(c.len, off);
		siit64_header(&c, (void *)(in + 12),
			      get16(six) >> 4 & 0xff, six[7],
			      get16(six + 4) + 40 - c.len, payload + 20, 0,
			      (struct iphdr *)back);
		if (frag & 0x3fff)
			EXPECT(!memcmp(in, back, 10));
		else
			EXPECT(!memcmp(in, back, 4) &&
			       !memcmp(in + 8, back + 8, 2));
		EXPECT(!memcmp(in + 12, back + 12, 8));
	}
}

static const struct unit_case cases[] = {
	{ "RFC 7915 5.1: headers of every size and protocol", header },
	{ "RFC 7915 5.1: DF above 1260 octets", dont_fragment },
	{ "RFC 7915 5.1.1: fragments", fragments },
	{ "RFC 7915 5.1: type of service and time to live", type_of_service },
	{ "RFC 7915 5.2: echo, every type and code", echo_types },
	{ "RFC 7915 5.2: checksum of echo", echo_checksum },
	{ "4 -> 6 -> 4 keeps what it can", round_trip },
};

UNIT_MAIN(cases)
