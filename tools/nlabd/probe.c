// SPDX-License-Identifier: GPL-2.0
/*
 * Probes: UDP packets to the discard port, received at the anchor, that come
 * back translated. A packet socket on the anchor sees both; the results are
 * marked as packets for somebody else.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nlabd.h"

enum {
	PORT_FROM = 49152,
	PORT_DISCARD = 9,	/* RFC 863 */
	HOPS = 64,
	/* Of so many maps, some are probed. */
	CANDIDATES = 16,
};

/* Payload: number of the round, and whose it is. */
struct payload {
	char name[4];
	uint32_t seq;
	uint32_t nonce[2];
};

struct probe4 {
	struct iphdr ip;
	struct udphdr udp;
	struct payload data;
};

struct probe6 {
	struct ip6_hdr ip;
	struct udphdr udp;
	struct payload data;
};

static const char magic[4] = { 'n', 'l', 'a', 'b' };

int probe_init(struct probe *probe, struct nlab_err *err)
{
	*probe = (struct probe){ .fd_in = { -1, -1 } };
	if (getrandom(&probe->nonce, sizeof(probe->nonce), 0) < 0)
		return nlab_fail(err, NLAB_FAULT_KERNEL, errno,
				 "can't get random bytes: %s", strerror(errno));
	return 0;
}

/* --- sockets --- */

static int open_one(int ifindex, uint16_t proto)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(proto),
		.sll_ifindex = ifindex,
	};
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			0);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		close(fd);
		return -1;
	}
	return fd;
}

void probe_close(struct probe *probe)
{
	if (probe->fd_in[0] >= 0)
		close(probe->fd_in[0]);
	if (probe->fd_in[1] >= 0)
		close(probe->fd_in[1]);
	probe->fd_in[0] = probe->fd_in[1] = -1;
	probe->ifindex = 0;
}

int probe_open(struct probe *probe, int ifindex, struct nlab_err *err)
{
	int error;

	probe_close(probe);
	probe->fd_in[0] = open_one(ifindex, ETH_P_IPV6);
	probe->fd_in[1] = open_one(ifindex, ETH_P_IP);
	if (probe->fd_in[0] < 0 || probe->fd_in[1] < 0) {
		error = errno;
		probe_close(probe);
		return nlab_fail(err, NLAB_FAULT_KERNEL, error,
				 "can't open a packet socket on the anchor: %s",
				 strerror(error));
	}
	probe->ifindex = ifindex;
	return 0;
}

/* --- addresses --- */

/* An own address of the node, for one, is no destination. */
static int add_pair(struct probe *probe, struct nlab *nl, struct nlab_map *map,
		    struct nlab_err *err)
{
	struct nlab_test test;
	int ret;

	map->outside.len = 32;
	ret = nlab_map_test(nl, &map->outside, &test, err);
	if (ret || test.via != NLAB_XLAT_VIA_MAP)
		return ret;
	probe->pair[probe->pairs++] = (struct probe_pair){
		.v4 = map->outside.v4, .v6 = test.result.v6,
	};
	return 0;
}

int probe_choose(struct probe *probe, struct nlab *nl,
		 const struct nlab_prefix *src, struct nlab_err *err)
{
	struct nlab_map map[CANDIDATES];
	struct nlab_test test;
	int i, count, ret;

	probe->pairs = 0;
	probe->src4 = src->v4;
	if (!src->v4.s_addr)
		return 0;
	ret = nlab_map_test(nl, src, &test, err);
	if (ret || test.via == NLAB_XLAT_VIA_NONE)
		return ret;
	probe->src6 = test.result.v6;
	count = nlab_map_some(map, CANDIDATES, err);
	for (i = 0; i < count && probe->pairs < PROBE_PAIRS; i++) {
		ret = add_pair(probe, nl, &map[i], err);
		if (ret)
			return ret;
	}
	return count < 0 ? count : 0;
}

/* --- packets --- */

static uint32_t sum_words(const void *data, size_t len, uint32_t sum)
{
	const uint8_t *byte = data;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)byte[i] << 8 | byte[i + 1];
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

static void fill_udp(struct udphdr *udp, struct payload *data,
		     const struct probe *probe, uint32_t pseudo)
{
	const uint16_t len = sizeof(*udp) + sizeof(*data);

	memcpy(data->name, magic, sizeof(magic));
	data->seq = htonl(probe->seq);
	memcpy(data->nonce, &probe->nonce, sizeof(data->nonce));
	udp->source = htons(PORT_FROM);
	udp->dest = htons(PORT_DISCARD);
	udp->len = htons(len);
	udp->check = 0;
	pseudo += IPPROTO_UDP + len;
	pseudo = sum_words(udp, sizeof(*udp), pseudo);
	pseudo = sum_words(data, sizeof(*data), pseudo);
	udp->check = fold(pseudo);
	if (!udp->check)
		udp->check = 0xffff;
}

static void fill4(struct probe4 *p, const struct probe *probe,
		  const struct probe_pair *pair)
{
	*p = (struct probe4){
		.ip = {
			.version = 4,
			.ihl = sizeof(p->ip) / 4,
			.tot_len = htons(sizeof(*p)),
			.frag_off = htons(IP_DF),
			.ttl = HOPS,
			.protocol = IPPROTO_UDP,
			.saddr = probe->src4.s_addr,
			.daddr = pair->v4.s_addr,
		},
	};

	p->ip.check = fold(sum_words(&p->ip, sizeof(p->ip), 0));
	fill_udp(&p->udp, &p->data, probe,
		 sum_words(&p->ip.saddr, 2 * sizeof(p->ip.saddr), 0));
}

static void fill6(struct probe6 *p, const struct probe *probe,
		  const struct probe_pair *pair)
{
	*p = (struct probe6){
		.ip = {
			.ip6_src = pair->v6,
			.ip6_dst = probe->src6,
		},
	};

	p->ip.ip6_flow = htonl(6U << 28);
	p->ip.ip6_plen = htons(sizeof(*p) - sizeof(p->ip));
	p->ip.ip6_nxt = IPPROTO_UDP;
	p->ip.ip6_hops = HOPS;
	fill_udp(&p->udp, &p->data, probe,
		 sum_words(&p->ip.ip6_src, 2 * sizeof(p->ip.ip6_src), 0));
}

int probe_send(struct probe *probe, struct nlab *nl, struct nlab_err *err)
{
	struct nlab_packet packet[2 * PROBE_PAIRS], *next = packet;
	struct probe4 p4[PROBE_PAIRS];
	struct probe6 p6[PROBE_PAIRS];
	unsigned int i;

	probe->seq++;
	for (i = 0; i < probe->pairs; i++) {
		fill4(&p4[i], probe, &probe->pair[i]);
		fill6(&p6[i], probe, &probe->pair[i]);
		*next++ = (struct nlab_packet){ &p4[i], sizeof(p4[i]) };
		*next++ = (struct nlab_packet){ &p6[i], sizeof(p6[i]) };
	}
	return nlab_announce_probe(nl, packet, 2 * probe->pairs, err);
}

/* --- results --- */

/* A result of this round? Those of another agent may look like ours. */
static bool is_ours(struct probe *probe, const struct udphdr *udp,
		    const struct payload *data)
{
	if (udp->source != htons(PORT_FROM) ||
	    udp->dest != htons(PORT_DISCARD) ||
	    memcmp(data->name, magic, sizeof(magic)))
		return false;
	if (memcmp(data->nonce, &probe->nonce, sizeof(data->nonce))) {
		probe->has_rival = true;
		return false;
	}
	return ntohl(data->seq) == probe->seq;
}

/* What was sent from IPv4 has to come as this IPv6 packet. */
static void read6(struct probe *probe, const struct probe6 *p)
{
	unsigned int i;

	if (p->ip.ip6_nxt != IPPROTO_UDP ||
	    !is_ours(probe, &p->udp, &p->data) ||
	    memcmp(&p->ip.ip6_src, &probe->src6, sizeof(probe->src6)))
		return;
	for (i = 0; i < probe->pairs; i++)
		if (!memcmp(&p->ip.ip6_dst, &probe->pair[i].v6,
			    sizeof(p->ip.ip6_dst)))
			probe->seen[0] = probe->seq;
}

static void read4(struct probe *probe, const struct probe4 *p)
{
	unsigned int i;

	if (p->ip.protocol != IPPROTO_UDP ||
	    !is_ours(probe, &p->udp, &p->data) ||
	    p->ip.daddr != probe->src4.s_addr)
		return;
	for (i = 0; i < probe->pairs; i++)
		if (p->ip.saddr == probe->pair[i].v4.s_addr)
			probe->seen[1] = probe->seq;
}

/* Returns the length of a result, 0 if it is none, or -1 at the end. */
static int read_one(int fd, void *packet, size_t size)
{
	struct sockaddr_ll from;
	socklen_t len = sizeof(from);
	ssize_t got = recvfrom(fd, packet, size, MSG_TRUNC,
			       (struct sockaddr *)&from, &len);

	if (got < 0)
		return errno == EINTR ? 0 : -1;
	return from.sll_pkttype == PACKET_OTHERHOST &&
	       (size_t)got <= size ? (int)got : 0;
}

void probe_read(struct probe *probe)
{
	struct probe6 p6;
	struct probe4 p4;
	int len;

	if (!probe->ifindex)
		return;
	while ((len = read_one(probe->fd_in[0], &p6, sizeof(p6))) >= 0)
		if (len == sizeof(p6))
			read6(probe, &p6);
	while ((len = read_one(probe->fd_in[1], &p4, sizeof(p4))) >= 0)
		if (len == sizeof(p4))
			read4(probe, &p4);
}
