// SPDX-License-Identifier: GPL-2.0
/* capture, traffic: what passes the links of a lab. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lab/sys.h"
#include "cmd.h"

static int find_node(const struct lab_view *view, struct nlab_word word,
		     size_t *node, struct nlab_err *err)
{
	const char *names[LAB_NODES_MAX + 1];
	size_t i;

	for (i = 0; i < view->lab.node_count; i++) {
		names[i] = view->lab.nodes[i].name;
		if (!nlab_word_is(word, names[i]))
			continue;
		*node = i;
		if (view->lab.nodes[i].kind != LAB_EXTERNAL)
			return 0;
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "node '%s' is external, nothing runs in it",
				 names[i]);
	}
	names[i] = NULL;
	return nlab_unknown(err, "node", word, names);
}

/* --- capture --- */

static int find_port(const struct lab_view *view, const char *word,
		     const struct lab_end **found, struct nlab_err *err)
{
	const char *colon = strchr(word, ':');
	struct nlab_word name = nlab_word(word);
	char quoted[NLAB_QUOTED];
	unsigned int end;
	size_t node, link;
	int ret;

	nlab_quote(quoted, name);
	if (!colon)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "bad link %s: NODE:DEVICE names it by one of its ends, as show-lab does",
				 quoted);
	name.len = (size_t)(colon - word);
	ret = find_node(view, name, &node, err);
	if (ret)
		return ret;
	link = lab_find_port(&view->lab, node, colon + 1, &end);
	if (link == SIZE_MAX)
		return nlab_fail(err, NLAB_FAULT_INPUT, ENODEV,
				 "no link %s in lab '%s' ('nlabctl show-lab %s' lists them)",
				 quoted, view->lab.name, view->lab.name);
	*found = &view->lab.links[link].end[end];
	return 0;
}

static int file_fail(const char *path, struct nlab_err *err)
{
	char quoted[NLAB_QUOTED];

	return nlab_fail(err, NLAB_FAULT_INPUT, errno, "can't write %s: %s",
			 nlab_quote(quoted, nlab_word(path)), strerror(errno));
}

/* In the folder of the caller, which the node has not. What the file has is
 * lost only when the capture begins.
 */
static int open_file(const char *path, int *fd, struct nlab_err *err)
{
	*fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	return *fd < 0 ? file_fail(path, err) : 0;
}

static int use_file(const char *path, int fd, struct nlab_err *err)
{
	fflush(stdout);
	/* A pipe or a device can't be emptied. */
	if ((ftruncate(fd, 0) && errno != EINVAL) ||
	    dup2(fd, STDOUT_FILENO) < 0)
		return file_fail(path, err);
	return 0;
}

int cmd_capture(struct ctx *ctx, int argc, char **argv)
{
	char dev[NLAB_DEV_NAME], node[LAB_NODE_NAME];
	char *shown[] = { "tcpdump", "-n", "-l", "-i", dev, NULL };
	char *written[] = { "tcpdump", "-n", "-U", "-Z", "root", "-i", dev,
			    "-w", "-", NULL };
	const struct lab_end *end = NULL;
	struct lab_view view;
	int fd = -1, ret;

	if (ctx->batch)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "a capture can't be made from a batch file");
	ret = lab_view_open(&view, argv[0], &ctx->err);
	if (!ret)
		ret = find_port(&view, argv[1], &end, &ctx->err);
	if (!ret && lab_tcpdump_missing())
		ret = nlab_fail(&ctx->err, NLAB_FAULT_ACCESS, ENOENT, "%s",
				lab_tcpdump_missing());
	if (!ret && argc == 3 && strcmp(argv[2], "-"))
		ret = open_file(argv[2], &fd, &ctx->err);
	if (!ret) {
		strcpy(dev, end->dev);
		strcpy(node, view.lab.nodes[end->node].name);
		ret = lab_node_enter(&view.run, node, "nlabctl.capture",
				     &ctx->err);
	}
	lab_view_close(&view);
	if (!ret && fd >= 0)
		ret = use_file(argv[2], fd, &ctx->err);
	if (ret)
		return ret;
	if (!chdir("/"))
		execvp("tcpdump", argc == 3 ? written : shown);
	return nlab_fail(&ctx->err, NLAB_FAULT_ACCESS, errno,
			 "can't run tcpdump: %s",
			 strerror(errno));
}

/* --- traffic --- */

static int take_words(struct lab_traffic *traffic, int argc, char **argv,
		      struct nlab_err *err)
{
	static const char *const words[] = { "rate", "time", "tcp", "udp",
					     NULL };
	int i, ret = 0;

	for (i = 0; i < argc && !ret; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (!strcmp(argv[i], "udp") || !strcmp(argv[i], "tcp")) {
			traffic->udp = argv[i][0] == 'u';
		} else if (!strcmp(argv[i], "rate")) {
			ret = lab_traffic_rate(traffic, nlab_word(value), err);
			i++;
		} else if (!strcmp(argv[i], "time")) {
			ret = lab_traffic_time(traffic, nlab_word(value), err);
			i++;
		} else {
			ret = nlab_unknown(err, "word", nlab_word(argv[i]),
					   words);
		}
	}
	return ret;
}

static void print_json(struct ctx *ctx, char **argv,
		       const struct lab_traffic *traffic,
		       const struct lab_traffic_result *result)
{
	json_t *object = json_object();
	double bits = result->seconds > 0 ? 8 / result->seconds : 0;

	out_set_text(object, "from", argv[1]);
	out_set_text(object, "to", argv[2]);
	out_set_text(object, "protocol", traffic->udp ? "udp" : "tcp");
	out_set(object, "seconds", json_real(result->seconds));
	out_set_number(object, "sent-bytes", result->sent);
	out_set_number(object, "received-bytes", result->received);
	out_set_number(object, "sent-rate",
		       (uint64_t)((double)result->sent * bits));
	out_set_number(object, "received-rate",
		       (uint64_t)((double)result->received * bits));
	if (traffic->udp) {
		out_set_number(object, "packets", result->packets);
		out_set_number(object, "lost-packets", result->lost);
		out_set(object, "jitter", json_real(result->jitter));
	} else {
		out_set_number(object, "retransmits", result->retransmits);
	}
	out_json(ctx, object);
}

int cmd_traffic(struct ctx *ctx, int argc, char **argv)
{
	struct lab_traffic traffic = lab_traffic_plain();
	struct lab_traffic_result result;
	struct lab_view view;
	int ret = take_words(&traffic, argc - 3, argv + 3, &ctx->err);

	if (ret)
		return ret;
	ret = lab_view_open(&view, argv[0], &ctx->err);
	if (!ret)
		ret = find_node(&view, nlab_word(argv[1]), &traffic.from,
				&ctx->err);
	if (!ret)
		ret = find_node(&view, nlab_word(argv[2]), &traffic.to,
				&ctx->err);
	if (!ret)
		ret = lab_traffic(&view.run, &view.lab, &traffic, &result,
				  &ctx->err);
	lab_view_close(&view);
	if (ret)
		return ret;
	if (ctx->opt.json) {
		print_json(ctx, argv, &traffic, &result);
	} else {
		lab_traffic_print(stdout, &traffic, &result);
		putchar('\n');
	}
	return 0;
}
