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
#include <sys/socket.h>
#include <unistd.h>

#include "nlabd.h"

enum {
	PORT_FROM = 49152,
	PORT_DISCARD = 9,	/* RFC 863 */
	HOPS = 64,
};

/* Payload: number of the round. */
struct payload {
	char name[4];
	uint32_t seq;
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

static void fill_udp(struct udphdr *udp, struct payload *data, uint32_t seq,
		     uint32_t pseudo)
{
	const uint16_t len = sizeof(*udp) + sizeof(*data);

	memcpy(data->name, magic, sizeof(magic));
	data->seq = htonl(seq);
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

static void fill4(struct probe4 *p, const struct probe *probe)
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
			.daddr = probe->dst4.s_addr,
		},
	};

	p->ip.check = fold(sum_words(&p->ip, sizeof(p->ip), 0));
	fill_udp(&p->udp, &p->data, probe->seq,
		 sum_words(&p->ip.saddr, 2 * sizeof(p->ip.saddr), 0));
}

static void fill6(struct probe6 *p, const struct probe *probe)
{
	*p = (struct probe6){
		.ip = {
			.ip6_src = probe->dst6,
			.ip6_dst = probe->src6,
		},
	};

	p->ip.ip6_flow = htonl(6U << 28);
	p->ip.ip6_plen = htons(sizeof(*p) - sizeof(p->ip));
	p->ip.ip6_nxt = IPPROTO_UDP;
	p->ip.ip6_hops = HOPS;
	fill_udp(&p->udp, &p->data, probe->seq,
		 sum_words(&p->ip.ip6_src, 2 * sizeof(p->ip.ip6_src), 0));
}

int probe_send(struct probe *probe, struct nlab *nl, struct nlab_err *err)
{
	struct probe4 p4;
	struct probe6 p6;

	probe->seq++;
	fill4(&p4, probe);
	fill6(&p6, probe);
	return nlab_announce_probe(nl, &p4, sizeof(p4), &p6, sizeof(p6), err);
}

/* --- results --- */

static bool is_ours(const struct udphdr *udp, const struct payload *data)
{
	return udp->source == htons(PORT_FROM) &&
	       udp->dest == htons(PORT_DISCARD) &&
	       !memcmp(data->name, magic, sizeof(magic));
}

/* What was sent from IPv4 has to come as this IPv6 packet. */
static void read6(struct probe *probe, const struct probe6 *p)
{
	if (memcmp(&p->ip.ip6_src, &probe->src6, sizeof(probe->src6)) ||
	    memcmp(&p->ip.ip6_dst, &probe->dst6, sizeof(probe->dst6)) ||
	    p->ip.ip6_nxt != IPPROTO_UDP || !is_ours(&p->udp, &p->data))
		return;
	probe->seen[0] = ntohl(p->data.seq);
}

static void read4(struct probe *probe, const struct probe4 *p)
{
	if (p->ip.saddr != probe->dst4.s_addr ||
	    p->ip.daddr != probe->src4.s_addr ||
	    p->ip.protocol != IPPROTO_UDP || !is_ours(&p->udp, &p->data))
		return;
	probe->seen[1] = ntohl(p->data.seq);
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
