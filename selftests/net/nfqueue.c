// SPDX-License-Identifier: GPL-2.0
/*
 * Accepts what rules send to a queue of netfilter, as an intrusion detection
 * system in the path of packets does.
 *
 *	nfqueue QUEUE [BEHIND]
 *
 * Prints "ready" when it is bound to the queue. A packet is accepted when so
 * many have come after it, so as many are always held once there were enough.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>

enum { MAX_BEHIND = 1000, BUFFER = 32768 };

static struct mnl_socket *nl;
static uint16_t queue;
static unsigned int behind, count;
static uint32_t held[MAX_BEHIND + 1];

static void die(const char *what)
{
	fprintf(stderr, "nfqueue: %s: %s\n", what, strerror(errno));
	exit(2);
}

static struct nlmsghdr *message(char *buf, int type, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nfg;

	nlh->nlmsg_type = NFNL_SUBSYS_QUEUE << 8 | type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = AF_UNSPEC;
	nfg->version = NFNETLINK_V0;
	nfg->res_id = htons(queue);
	return nlh;
}

static void send_message(const struct nlmsghdr *nlh)
{
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		die("send");
}

static void bind_queue(void)
{
	const struct nfqnl_msg_config_cmd cmd = {
		.command = NFQNL_CFG_CMD_BIND,
	};
	const struct nfqnl_msg_config_params params = {
		.copy_mode = NFQNL_COPY_META,
	};
	char buf[BUFFER];
	struct nlmsghdr *nlh;
	int len, one = 1;

	nlh = message(buf, NFQNL_MSG_CONFIG, NLM_F_ACK);
	mnl_attr_put(nlh, NFQA_CFG_CMD, sizeof(cmd), &cmd);
	mnl_attr_put(nlh, NFQA_CFG_PARAMS, sizeof(params), &params);
	send_message(nlh);
	len = mnl_socket_recvfrom(nl, buf, sizeof(buf));
	if (len < 0 || mnl_cb_run(buf, len, 0, 0, NULL, NULL) < 0)
		die("bind");
	/* A full socket loses packets, it does not end this. */
	mnl_socket_setsockopt(nl, NETLINK_NO_ENOBUFS, &one, sizeof(one));
}

static void accept_packet(uint32_t id)
{
	const struct nfqnl_msg_verdict_hdr verdict = {
		.verdict = htonl(NF_ACCEPT),
		.id = id,
	};
	char buf[256];
	struct nlmsghdr *nlh = message(buf, NFQNL_MSG_VERDICT, 0);

	mnl_attr_put(nlh, NFQA_VERDICT_HDR, sizeof(verdict), &verdict);
	send_message(nlh);
}

static int packet(const struct nlmsghdr *nlh, void *data)
{
	const struct nfqnl_msg_packet_hdr *hdr;
	const struct nlattr *attr;

	(void)data;
	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(attr) != NFQA_PACKET_HDR)
			continue;
		hdr = mnl_attr_get_payload(attr);
		/* A ring; what is overwritten next is the oldest. */
		held[count++ % (behind + 1)] = hdr->packet_id;
		if (count > behind)
			accept_packet(held[count % (behind + 1)]);
	}
	return MNL_CB_OK;
}

int main(int argc, char **argv)
{
	char buf[BUFFER];
	int len;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: nfqueue QUEUE [BEHIND]\n");
		return 2;
	}
	queue = atoi(argv[1]);
	behind = argc > 2 ? atoi(argv[2]) : 0;
	if (behind > MAX_BEHIND) {
		fprintf(stderr, "nfqueue: BEHIND is at most %d\n", MAX_BEHIND);
		return 2;
	}
	nl = mnl_socket_open(NETLINK_NETFILTER);
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0)
		die("socket");
	bind_queue();
	puts("ready");
	fflush(stdout);
	while ((len = mnl_socket_recvfrom(nl, buf, sizeof(buf))) >= 0)
		/* A packet that is accepted may be gone, with the module. */
		if (mnl_cb_run(buf, len, 0, 0, packet, NULL) < 0 &&
		    errno != ENOENT)
			die("message");
	die("receive");
}
