// SPDX-License-Identifier: GPL-2.0
/* Traffic between two nodes: a server of iperf3(1) in one of them, its client in
 * the other, and what the client says in JSON.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../lib/import.h"
#include "sys.h"

enum {
	/* The usual one of iperf3, and how many are tried. */
	PORT_FIRST = 5201,
	PORTS = 64,
	ARGS = 16,
	NUMBER = 24,
};

/**
 * struct child - A program in a node.
 * @pid: Its number.
 * @output: What it writes, or NULL.
 */
struct child {
	pid_t pid;
	FILE *output;
};

static void run_child(struct lab_run *run, const char *node,
		      char *const argv[], int out, bool errors, pid_t parent)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct nlab_err err;

	/* Without us nobody wants to know. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	if (lab_node_enter(run, node, "nlabctl.traffic", &err)) {
		dprintf(out, "%s\n", err.text);
		_exit(127);
	}
	dup2(out, 1);
	dup2(errors ? out : null, 2);
	lab_conn_limit_back();
	execvp(argv[0], argv);
	dprintf(1, "can't run iperf3: %s; is the package iperf3 installed?\n",
		strerror(errno));
	_exit(127);
}

/* With @errors, what it complains of is among its output. */
static int begin(struct lab_run *run, const char *node, char *const argv[],
		 bool errors, struct child *child, struct nlab_err *err)
{
	pid_t parent = getpid();
	int fds[2], ret = 0;

	if (pipe2(fds, O_CLOEXEC))
		return lab_sys_fail(err, "can't make a pipe");
	child->output = fdopen(fds[0], "r");
	child->pid = child->output ? fork() : -1;
	if (!child->pid)
		run_child(run, node, argv, fds[1], errors, parent);
	if (child->pid < 0)
		ret = lab_sys_fail(err, "can't fork");
	close(fds[1]);
	return ret;
}

static void end(struct child *child)
{
	if (child->output)
		fclose(child->output);
	if (child->pid > 0) {
		kill(child->pid, SIGKILL);
		while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	*child = (struct child){ 0 };
}

/* --- the server --- */

/* Does it listen? If not, its error is in @line, or what it said last. */
static bool listens(struct child *server, char *line, size_t size)
{
	char said[NLAB_ERR_TEXT / 2];

	*line = '\0';
	while (fgets(said, sizeof(said), server->output)) {
		if (strstr(said, "Server listening"))
			return true;
		if (!strstr(line, "error"))
			snprintf(line, size, "%s", said);
	}
	line[strcspn(line, "\n")] = '\0';
	return false;
}

/* On the first port that is free. */
static int begin_server(struct lab_run *run, const char *node, char *addr,
			struct child *server, char *port, struct nlab_err *err)
{
	/* It answers UDP from the address that it is bound to, or else from one
	 * that the client did not ask. Reports of the time between would fill
	 * the pipe.
	 */
	char *argv[] = { "iperf3", "-s", "-1", "-B", addr,
			 "-i", "0", "--forceflush", "-p", port, NULL };
	char line[NLAB_ERR_TEXT / 2];
	int i, ret;

	for (i = 0; i < PORTS; i++) {
		snprintf(port, NUMBER, "%d", PORT_FIRST + i);
		ret = begin(run, node, argv, true, server, err);
		if (ret)
			return ret;
		if (listens(server, line, sizeof(line)))
			return 0;
		end(server);
		if (!strstr(line, "already in use"))
			break;
	}
	return nlab_fail(err, NLAB_FAULT_KERNEL, EADDRINUSE,
			 "node %s: %s", node, line);
}

/* --- the client --- */

static uint64_t number(const json_t *object, const char *key)
{
	double value = json_number_value(json_object_get(object, key));

	return value > 0 ? (uint64_t)value : 0;
}

static int take_result(const char *node, const struct lab_traffic *traffic,
		       json_t *said, struct lab_traffic_result *result,
		       struct nlab_err *err)
{
	const char *error = json_string_value(json_object_get(said, "error"));
	const json_t *all = json_object_get(said, "end");
	const json_t *sent = json_object_get(all, "sum_sent");
	const json_t *received = json_object_get(all, "sum_received");

	if (error || !sent || !received)
		return nlab_fail(err, NLAB_FAULT_KERNEL, EIO, "node %s: %.200s",
				 node, error ? error :
				 "iperf3 says nothing of what it sent");
	*result = (struct lab_traffic_result){
		.sent = number(sent, "bytes"),
		.received = number(received, "bytes"),
		.seconds = json_number_value(json_object_get(sent, "seconds")),
		.retransmits = number(sent, "retransmits"),
	};
	if (traffic->udp) {
		result->packets = number(received, "packets");
		result->lost = number(received, "lost_packets");
		result->jitter = json_number_value(json_object_get(received,
							"jitter_ms")) / 1000;
	}
	return 0;
}

/* Its JSON, or a line that says why there is none. */
static int read_result(struct child *client, const char *node,
		       const struct lab_traffic *traffic,
		       struct lab_traffic_result *result, struct nlab_err *err)
{
	char *text = NULL;
	json_t *said = NULL;
	size_t len = 0;
	int ret = nlab_text_read(client->output, &text, &len);

	if (!ret)
		said = json_loadb(text, len, JSON_DISABLE_EOF_CHECK, NULL);
	if (said)
		ret = take_result(node, traffic, said, result, err);
	else
		ret = nlab_fail(err, NLAB_FAULT_KERNEL, EIO, "node %s: %.*s",
				node, len ? (int)strcspn(text, "\n") : 100,
				len ? text : "iperf3 ended without a result");
	json_decref(said);
	free(text);
	return ret;
}

static int run_client(struct lab_run *run, const struct lab *lab,
		      const struct lab_traffic *traffic, char *addr, char *port,
		      struct lab_traffic_result *result, struct nlab_err *err)
{
	const char *node = lab->nodes[traffic->from].name;
	char seconds[NUMBER], rate[NUMBER];
	char *argv[ARGS] = { "iperf3", "-J", "-i", "0", "-c", addr, "-p", port,
			     "-t", seconds };
	struct child client = { 0 };
	int count = 10, ret;

	snprintf(seconds, sizeof(seconds), "%" PRIu32, traffic->seconds);
	snprintf(rate, sizeof(rate), "%" PRIu64, traffic->rate);
	if (traffic->udp)
		argv[count++] = "-u";
	if (traffic->rate) {
		argv[count++] = "-b";
		argv[count++] = rate;
	}
	ret = begin(run, node, argv, false, &client, err);
	if (!ret)
		ret = read_result(&client, node, traffic, result, err);
	end(&client);
	return ret;
}

int lab_traffic(struct lab_run *run, const struct lab *lab,
		const struct lab_traffic *traffic,
		struct lab_traffic_result *result, struct nlab_err *err)
{
	const char *to = lab->nodes[traffic->to].name;
	const struct lab_addr **first = lab_first_addrs(lab);
	char port[NUMBER], addr[NLAB_PREFIX_TEXT] = "";
	struct child server = { 0 };
	int ret;

	/* No name: a node may have its own idea of them. */
	if (first && first[traffic->to])
		nlab_prefix_text(addr, &first[traffic->to]->host);
	free(first);
	if (!*addr)
		return nlab_fail(err, NLAB_FAULT_INPUT, EADDRNOTAVAIL,
				 "node '%s' has no address", to);
	ret = begin_server(run, to, addr, &server, port, err);
	if (!ret)
		ret = run_client(run, lab, traffic, addr, port, result, err);
	end(&server);
	return ret;
}

void lab_traffic_print(FILE *file, const struct lab_traffic *traffic,
		       const struct lab_traffic_result *result)
{
	double mbit = result->seconds > 0 ? 8e-6 / result->seconds : 0;

	fprintf(file, "sent %.2f Mbit/s, received %.2f Mbit/s",
		(double)result->sent * mbit, (double)result->received * mbit);
	if (traffic->udp)
		fprintf(file, ", lost %" PRIu64 " of %" PRIu64
			" packets, jitter %.3f ms", result->lost,
			result->packets, result->jitter * 1000);
	else
		fprintf(file, ", %" PRIu64 " retransmits", result->retransmits);
}
