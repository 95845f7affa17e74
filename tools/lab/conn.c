// SPDX-License-Identifier: GPL-2.0
/* Connections to the kernel in the namespaces of nodes: made once, and with
 * the requests of many steps in one train. To enter a namespace and to ask for
 * one thing costs more than most things that are asked for.
 */
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "../lib/sock.h"
#include "sys.h"

enum {
	/* So that the refusals of all its requests, which repeat them, fit into
	 * what the socket keeps until we read.
	 */
	TRAIN_BYTES = 8192,
};

/* The request with this number is the first of a step. */
struct mark {
	uint32_t seq;
	const struct lab_step *step;
};

struct lab_conn {
	char node[LAB_NODE_NAME];
	struct nlab *rt;
	struct mark *marks;
	size_t count, room;
	struct lab_conn *next;
};

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct lab_conn *)a)->node,
		      ((const struct lab_conn *)b)->node);
}

static struct lab_conn *find(struct lab_run *run, const char *name)
{
	struct lab_conn key;
	void *found;

	snprintf(key.node, sizeof(key.node), "%s", name);
	found = tfind(&key, &run->conns, compare);
	return found ? *(struct lab_conn **)found : NULL;
}

static void drop(struct lab_run *run, struct lab_conn *conn)
{
	struct lab_conn **at = &run->conn_list;

	while (*at != conn)
		at = &(*at)->next;
	*at = conn->next;
	tdelete(conn, &run->conns, compare);
	nlab_close(conn->rt);
	free(conn->marks);
	free(conn);
}

void lab_conn_close(struct lab_run *run, const char *name)
{
	struct lab_conn *conn = name ? find(run, name) : NULL;

	if (conn)
		drop(run, conn);
	while (!name && run->conn_list)
		drop(run, run->conn_list);
}

/* One socket a node; root may have that many. What is started in nodes gets
 * the limit that there was.
 */
static struct rlimit old_limit;

static void raise_limit(void)
{
	struct rlimit limit = { 2 * LAB_NODES_MAX, 2 * LAB_NODES_MAX };

	if (old_limit.rlim_cur || getrlimit(RLIMIT_NOFILE, &old_limit))
		return;
	if (limit.rlim_max < old_limit.rlim_max)
		limit.rlim_max = old_limit.rlim_max;
	if (limit.rlim_cur < old_limit.rlim_cur)
		limit.rlim_cur = old_limit.rlim_cur;
	setrlimit(RLIMIT_NOFILE, &limit);
}

void lab_conn_limit_back(void)
{
	if (old_limit.rlim_cur)
		setrlimit(RLIMIT_NOFILE, &old_limit);
}

int lab_rt_here(struct lab_run *run, const char *name, struct nlab **rt,
		struct nlab_err *err)
{
	struct lab_conn *conn = calloc(1, sizeof(*conn));
	int ret = 0;

	if (conn)
		snprintf(conn->node, sizeof(conn->node), "%s", name);
	if (!conn || !tsearch(conn, &run->conns, compare))
		ret = nlab_fail(err, NLAB_FAULT_KERNEL, ENOMEM,
				"out of memory");
	if (ret) {
		free(conn);
		return ret;
	}
	if (!run->conn_list)
		raise_limit();
	conn->next = run->conn_list;
	run->conn_list = conn;
	ret = nlab_open_route(&conn->rt, err);
	if (ret) {
		drop(run, conn);
		return ret;
	}
	*rt = conn->rt;
	(*rt)->collect = run->collect;
	return 0;
}

struct opening {
	struct lab_run *run;
	const char *name;
	struct nlab **rt;
};

static int open_work(void *arg, struct nlab_err *err)
{
	const struct opening *what = arg;

	return lab_rt_here(what->run, what->name, what->rt, err);
}

/* --- trains --- */

static int flush(struct lab_run *run, struct lab_conn *conn,
		 struct nlab_err *err)
{
	uint32_t seq;
	size_t i;
	int ret = nlab_flush(conn->rt, &seq, err);

	for (i = 0; ret && i < conn->count && conn->marks[i].seq <= seq; i++)
		run->step = conn->marks[i].step;
	conn->count = 0;
	return ret;
}

static int note_step(struct lab_run *run, struct lab_conn *conn,
		     struct nlab_err *err)
{
	struct mark *marks;
	int ret = 0;

	if (conn->rt->queued > TRAIN_BYTES)
		ret = flush(run, conn, err);
	if (ret)
		return ret;
	marks = nlab_list_grow(conn->marks, conn->count, &conn->room,
			       sizeof(*marks));
	if (!marks)
		return nlab_fail(err, NLAB_FAULT_KERNEL, ENOMEM,
				 "out of memory");
	conn->marks = marks;
	marks[conn->count++] = (struct mark){ conn->rt->seq + 1, run->step };
	return 0;
}

int lab_rt(struct lab_run *run, const char *name, struct nlab **rt,
	   struct nlab_err *err)
{
	struct lab_conn *conn = find(run, name);
	struct opening what = { run, name, rt };
	int ret = 0;

	if (!conn) {
		ret = lab_in_net(run, name, open_work, &what, err);
		conn = ret ? NULL : find(run, name);
	}
	if (!ret && run->collect)
		ret = note_step(run, conn, err);
	if (ret)
		return ret;
	*rt = conn->rt;
	(*rt)->collect = run->collect;
	return 0;
}

int lab_flush(struct lab_run *run, struct nlab_err *err)
{
	struct lab_conn *conn;
	int ret = 0;

	for (conn = run->conn_list; conn && !ret; conn = conn->next)
		ret = flush(run, conn, err);
	return ret;
}
