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
		      char *const argv[], int out)
{
	struct nlab_err err;

	/* Without us nobody wants to know. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (lab_node_enter(run, node, "nlabctl.traffic", &err)) {
		dprintf(out, "%s\n", err.text);
		_exit(127);
	}
	dup2(out, 1);
	dup2(out, 2);
	lab_conn_limit_back();
	execvp(argv[0], argv);
	dprintf(1, "can't run iperf3: %s; is the package iperf3 installed?\n",
		strerror(errno));
	_exit(127);
}

static int begin(struct lab_run *run, const char *node, char *const argv[],
		 struct child *child, struct nlab_err *err)
{
	int fds[2], ret = 0;

	if (pipe2(fds, O_CLOEXEC))
		return lab_sys_fail(err, "can't make a pipe");
	child->output = fdopen(fds[0], "r");
	child->pid = child->output ? fork() : -1;
	if (!child->pid)
		run_child(run, node, argv, fds[1]);
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

/* Does it listen? What it said last is in @line if not. */
static bool listens(struct child *server, char *line, size_t size)
{
	*line = '\0';
	while (fgets(line, (int)size, server->output))
		if (strstr(line, "Server listening"))
			return true;
	line[strcspn(line, "\n")] = '\0';
	return false;
}

/* On the first port that is free. */
static int begin_server(struct lab_run *run, const char *node,
			struct child *server, char *port, struct nlab_err *err)
{
	/* It answers UDP from the address that it is bound to, or else from one
	 * that the client did not ask. Reports of the time between would fill
	 * the pipe.
	 */
	char *argv[] = { "iperf3", "-s", "-1", "-B", (char *)(uintptr_t)node,
			 "-i", "0", "--forceflush", "-p", port, NULL };
	char line[NLAB_ERR_TEXT / 2];
	int i, ret;

	for (i = 0; i < PORTS; i++) {
		snprintf(port, NUMBER, "%d", PORT_FIRST + i);
		ret = begin(run, node, argv, server, err);
		if (ret)
			return ret;
		if (listens(server, line, sizeof(line)))
			return 0;
		end(server);
		if (!strstr(line, "already in use") &&
		    !strstr(line, "unable to start listener"))
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

static int run_client(struct lab_run *run, const struct lab *lab,
		      const struct lab_traffic *traffic, char *port,
		      struct lab_traffic_result *result, struct nlab_err *err)
{
	const char *node = lab->nodes[traffic->from].name;
	char name[LAB_NODE_NAME], seconds[NUMBER], rate[NUMBER];
	char *argv[ARGS] = { "iperf3", "-J", "-i", "0", "-c", name, "-p", port,
			     "-t", seconds };
	struct child client = { 0 };
	json_error_t problem;
	json_t *said;
	int count = 10, ret;

	snprintf(name, sizeof(name), "%s", lab->nodes[traffic->to].name);
	snprintf(seconds, sizeof(seconds), "%" PRIu32, traffic->seconds);
	snprintf(rate, sizeof(rate), "%" PRIu64, traffic->rate);
	if (traffic->udp)
		argv[count++] = "-u";
	if (traffic->rate) {
		argv[count++] = "-b";
		argv[count++] = rate;
	}
	ret = begin(run, node, argv, &client, err);
	if (!ret) {
		said = json_loadf(client.output, JSON_DISABLE_EOF_CHECK,
				  &problem);
		ret = said ? take_result(node, traffic, said, result, err) :
		      nlab_fail(err, NLAB_FAULT_KERNEL, EIO,
				"node %s: iperf3 ended without a result", node);
		json_decref(said);
	}
	end(&client);
	return ret;
}

int lab_traffic(struct lab_run *run, const struct lab *lab,
		const struct lab_traffic *traffic,
		struct lab_traffic_result *result, struct nlab_err *err)
{
	const char *to = lab->nodes[traffic->to].name;
	struct child server = { 0 };
	char port[NUMBER];
	int ret = begin_server(run, to, &server, port, err);

	if (!ret)
		ret = run_client(run, lab, traffic, port, result, err);
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
