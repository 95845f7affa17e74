// SPDX-License-Identifier: GPL-2.0
/*
 * First inputs for the fuzz targets that take ICMP errors: each row of
 * selftests/unit/vectors/icmp.h as a message, plain, with an extension, with
 * a fragment inside. Called by "fuzz.sh seed" with the corpus folder.
 */
#include "packet.h"
#include "vectors/icmp.h"

enum {
	/* struct control in front of the message, see the targets */
	CONTROL46 = 4 + 4 + 32 + 32 + 4,
	CONTROL64 = 4 + 4 + 32 + 8 + 4,
	CONTROL66 = 32 * 3,
};

static const u8 protos[] = { 1, 6, 17, 33, 132, 136 };
static const char *folder;
static unsigned int written;

static void save(const char *target, unsigned int control, const u8 *msg,
		 unsigned int len)
{
	u8 head[256] = { 0 };
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s/seed-%u", folder, target,
		 written++);
	f = fopen(path, "w");
	if (!f || fwrite(head, control, 1, f) != 1 ||
	    fwrite(msg, len, 1, f) != 1 || fclose(f)) {
		perror(path);
		exit(1);
	}
}

/* @quote octets of packet, then an extension if @ext. */
static void message4(const struct icmp_vector *v, u8 proto, bool ext, bool frag)
{
	struct siit_addr4 a = { addr4("192.0.2.33"), addr4("198.51.100.2") };
	unsigned int quote = ext ? 128 : 60;
	u8 msg[256] = { v->type, v->code < 0 ? 0 : v->code };

	if (ext) {
		msg[5] = quote / 4;
		siit_source_ext(&in6addr_loopback, msg + 8 + quote);
	}
	make_ip4(msg + 8, 5, quote, proto, &a);
	put16(msg + 14, frag ? 0x2000 : 0);
	msg[28] = proto == 1 ? 8 : 0;
	msg[34] = 0x12;
	save("siit46-error", CONTROL46, msg, 8 + quote + (ext ? 28 : 0));
}

static void message6(const struct icmp_vector *v, u8 proto, bool ext, bool frag)
{
	struct siit_addr6 a = { addr6("2001:db8::33"), addr6("2001:db8::1") };
	unsigned int quote = ext ? 128 : 80;
	u8 msg[256] = { v->type, v->code < 0 ? 0 : v->code };
	u8 nexthdr = proto == 1 ? 58 : proto;

	if (ext) {
		msg[4] = quote / 8;
		siit_source_ext(&in6addr_loopback, msg + 8 + quote);
	}
	make_ip6(msg + 8, quote - 40, frag ? 44 : nexthdr, &a);
	msg[48] = frag ? nexthdr : proto == 1 ? 128 : 0;
	msg[51] = frag;
	msg[54] = msg[62] = 0x12;
	if (frag && proto == 1)
		msg[56] = 128;
	save("siit64-error", CONTROL64, msg, 8 + quote + (ext ? 28 : 0));
	save("siit66-error", CONTROL66, msg, 8 + quote + (ext ? 28 : 0));
}

int main(int argc, char **argv)
{
	unsigned int i, p, n;

	if (argc != 2)
		return 1;
	folder = argv[1];
	for (p = 0; p < sizeof(protos); p++)
		for (n = 0; n < 4; n++) {
			for (i = 0; i < sizeof(icmp46_vectors) /
					sizeof(icmp46_vectors[0]); i++)
				message4(&icmp46_vectors[i], protos[p], n & 1,
					 n & 2);
			for (i = 0; i < sizeof(icmp64_vectors) /
					sizeof(icmp64_vectors[0]); i++)
				message6(&icmp64_vectors[i], protos[p], n & 1,
					 n & 2);
		}
	printf("%u seeds\n", written);
	return 0;
}
