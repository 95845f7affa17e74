// SPDX-License-Identifier: GPL-2.0
/*
 * nlab-exporter: the counters of the translator over HTTP, for Prometheus. They
 * are what "nlabctl show-stats" prints with -m or -P; the reader says which of
 * the two formats it wants. Requests are answered one after the other, by one
 * thread: reading must never take more than one processor from the packets.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <microhttpd.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../nlabctl/cmd.h"

#define DEFAULT_LISTEN	"127.0.0.1:20206"

enum {
	CONNECTIONS = 16,
	CONNECTIONS_EACH = 4,		/* of one address */
	CONNECTION_TIMEOUT = 10,	/* seconds */
	BACKLOG = 16,
};

/* A request with the counters of all maps, of which one is answered at a time:
 * with a million maps the text takes a gigabyte until the client has read it.
 */
static const char large_request[] = "large";
static bool large_busy;

static const char openmetrics_type[] = "application/openmetrics-text";
static const char older_type[] = "text/plain";

/* --- which format --- */

static bool same_word(const char *text, size_t len, const char *word)
{
	return len == strlen(word) && !strncasecmp(text, word, len);
}

/*
 * The weight that a header Accept gives a type by its name, -1 if it does not
 * name it (RFC 9110 section 12.5.1). Versions of the type are not looked at:
 * those that were ever named are read alike.
 */
static double weight_of(const char *accept, const char *type)
{
	const char *item, *end, *param;
	double weight;

	for (item = accept; item; item = *end ? end + 1 : NULL) {
		end = item + strcspn(item, ",");
		item += strspn(item, " \t");
		if (!same_word(item, strcspn(item, " \t;,"), type))
			continue;
		weight = 1;
		for (param = item + strcspn(item, ";,"); *param == ';';
		     param += strcspn(param, ";,")) {
			param += 1 + strspn(param + 1, " \t");
			if (!strncasecmp(param, "q=", 2))
				weight = strtod(param + 2, NULL);
		}
		return weight;
	}
	return -1;
}

/* Who does not ask for OpenMetrics gets what anything can read. */
static bool wants_older(const char *accept)
{
	double weight = accept ? weight_of(accept, openmetrics_type) : -1;

	return weight <= 0 || weight < weight_of(accept, older_type);
}

/* --- answers --- */

/* @text is to be freed by the library. */
static enum MHD_Result reply(struct MHD_Connection *connection,
			     unsigned int status, const char *type, char *text,
			     size_t len)
{
	struct MHD_Response *response;
	enum MHD_Result ret;

	response = MHD_create_response_from_buffer(len, text,
						   MHD_RESPMEM_MUST_FREE);
	if (!response) {
		free(text);
		return MHD_NO;
	}
	MHD_add_response_header(response, "Content-Type", type);
	MHD_add_response_header(response, "Vary", "Accept");
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, "Allow", "GET, HEAD");
	ret = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return ret;
}

static enum MHD_Result complain(struct MHD_Connection *connection,
				unsigned int status, const char *why)
{
	char *text;
	int len = asprintf(&text, "%s\n", why);

	return len < 0 ? MHD_NO :
	       reply(connection, status, "text/plain; charset=utf-8", text,
		     (size_t)len);
}

/* The module may have been replaced since the last time: each request has a
 * connection of its own.
 */
static int read_metrics(struct ctx *ctx, char **text, size_t *len)
{
	FILE *file = open_memstream(text, len);
	int ret;

	if (!file)
		return nlab_fail(&ctx->err, NLAB_FAULT_KERNEL, errno,
				 "out of memory");
	ret = nlab_open_loaded(&ctx->nl, &ctx->err);
	if (!ret)
		ret = metrics_write(ctx, file);
	nlab_close(ctx->nl);
	if (fclose(file) && !ret)
		ret = nlab_fail(&ctx->err, NLAB_FAULT_KERNEL, ENOMEM,
				"out of memory");
	return ret;
}

static enum MHD_Result answer_metrics(struct MHD_Connection *connection,
				      const struct options *opt)
{
	struct ctx ctx = { .opt = *opt };
	char *text = NULL;
	size_t len;

	ctx.opt.older = wants_older(MHD_lookup_connection_value(
		connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT));
	if (read_metrics(&ctx, &text, &len)) {
		free(text);
		return complain(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
				ctx.err.text);
	}
	return reply(connection, MHD_HTTP_OK, ctx.opt.older ?
		     "text/plain; version=0.0.4; charset=utf-8" :
		     "application/openmetrics-text; version=1.0.0; charset=utf-8",
		     text, len);
}

static bool has_body(struct MHD_Connection *connection)
{
	const char *len = MHD_lookup_connection_value(
		connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);

	return (len && strcmp(len, "0")) ||
	       MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
					   MHD_HTTP_HEADER_TRANSFER_ENCODING);
}

/* The header has been read. What is answered at once reads no body, and the
 * connection ends with it.
 */
static enum MHD_Result begin(struct MHD_Connection *connection,
			     const struct options *opt, const char *method,
			     void **state)
{
	if (strcmp(method, MHD_HTTP_METHOD_GET) &&
	    strcmp(method, MHD_HTTP_METHOD_HEAD))
		return complain(connection, MHD_HTTP_METHOD_NOT_ALLOWED,
				"only GET and HEAD");
	if (has_body(connection))
		return MHD_NO;
	*state = connection;
	if (opt->stats && !large_busy) {
		large_busy = true;
		*state = (void *)large_request;
	}
	return MHD_YES;
}

static void completed(void *arg, struct MHD_Connection *connection,
		      void **state, enum MHD_RequestTerminationCode how)
{
	(void)arg;
	(void)connection;
	(void)how;
	if (*state == large_request)
		large_busy = false;
}

static enum MHD_Result answer(void *arg, struct MHD_Connection *connection,
			      const char *url, const char *method,
			      const char *version, const char *body,
			      size_t *body_len, void **state)
{
	const struct options *opt = arg;

	(void)version;
	(void)body;
	if (!*state)
		return begin(connection, opt, method, state);
	if (*body_len)
		return MHD_NO;
	if (strcmp(url, "/metrics"))
		return complain(connection, MHD_HTTP_NOT_FOUND,
				"there is only /metrics");
	if (opt->stats && *state != large_request)
		return complain(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
				"another reader is being answered");
	return answer_metrics(connection, opt);
}

/* --- life --- */

static int bad_address(const char *where, const char *why, struct nlab_err *err)
{
	return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
			 "can't listen on '%s': %s", where, why);
}

/* All addresses: of both families, whatever net.ipv6.bindv6only says, or of
 * the one that there is.
 */
static int open_any(const char **host)
{
	int off = 0, fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC |
				 SOCK_NONBLOCK, 0);

	*host = fd < 0 ? "0.0.0.0" : "::";
	if (fd >= 0)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	return fd;
}

/* ADDRESS:PORT, with brackets around an IPv6 address; without address all. */
static int open_listener(int *fd, const char *where, struct nlab_err *err)
{
	const struct addrinfo hints = {
		.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM,
	};
	const char *colon = strrchr(where, ':'), *host;
	char buf[INET6_ADDRSTRLEN + 2];
	struct addrinfo *info;
	size_t len = colon ? (size_t)(colon - where) : 0;
	int on = 1, ret;

	if (!colon || len >= sizeof(buf))
		return bad_address(where, "expected ADDRESS:PORT", err);
	memcpy(buf, where, len);
	buf[len] = '\0';
	host = buf;
	if (len > 1 && buf[0] == '[' && buf[len - 1] == ']') {
		buf[len - 1] = '\0';
		host++;
	}
	if (!len)
		*fd = open_any(&host);
	ret = getaddrinfo(host, colon + 1, &hints, &info);
	if (ret)
		return bad_address(where, gai_strerror(ret), err);
	if (*fd < 0)
		*fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC |
			     SOCK_NONBLOCK, 0);
	if (*fd < 0 ||
	    setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(*fd, info->ai_addr, info->ai_addrlen) ||
	    listen(*fd, BACKLOG))
		ret = nlab_fail(err, errno == EACCES ? NLAB_FAULT_ACCESS :
				NLAB_FAULT_KERNEL, errno,
				"can't listen on '%s': %s", where,
				strerror(errno));
	freeaddrinfo(info);
	return ret;
}

/* Until a signal ends it. The thread of the library has our namespace. */
static int serve(int fd, struct options *opt, struct nlab_err *err)
{
	struct MHD_Daemon *daemon;
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	daemon = MHD_start_daemon(MHD_USE_AUTO |
				  MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL,
				  NULL, answer, opt, MHD_OPTION_NOTIFY_COMPLETED,
				  completed, NULL, MHD_OPTION_LISTEN_SOCKET,
				  fd, MHD_OPTION_CONNECTION_LIMIT,
				  (unsigned int)CONNECTIONS,
				  MHD_OPTION_PER_IP_CONNECTION_LIMIT,
				  (unsigned int)CONNECTIONS_EACH,
				  MHD_OPTION_CONNECTION_TIMEOUT,
				  (unsigned int)CONNECTION_TIMEOUT,
				  MHD_OPTION_END);
	if (!daemon)
		return nlab_fail(err, NLAB_FAULT_KERNEL, errno,
				 "can't serve HTTP: %s", strerror(errno));
	sigwait(&set, &sig);
	MHD_stop_daemon(daemon);
	return 0;
}

static int usage(FILE *file, int status)
{
	fputs("usage: nlab-exporter [-l ADDRESS:PORT] [-n NETNS] [-s] [-V] [-h]\n"
	      "  -l, --listen ADDRESS:PORT  serve there, " DEFAULT_LISTEN " if not told\n"
	      "  -n, --netns NETNS          of this network namespace\n"
	      "  -s, --stats                counters of single maps too\n"
	      "  -V, --version              print the version\n"
	      "  -h, --help                 print this\n", file);
	return status;
}

/* The socket stays where we were started; the namespace may have no way out. */
static int run(const char *where, struct options *opt)
{
	struct nlab_err err = { .fault = NLAB_FAULT_NONE };
	int fd = -1, ret = open_listener(&fd, where, &err);

	if (!ret && opt->netns)
		ret = nlab_netns_enter(opt->netns, &err);
	if (!ret)
		ret = serve(fd, opt, &err);
	if (!ret)
		return EXIT_DONE;
	fprintf(stderr, "nlab-exporter: %s\n", err.text);
	switch (err.fault) {
	case NLAB_FAULT_INPUT:
		return EXIT_USAGE;
	case NLAB_FAULT_ACCESS:
		return EXIT_ACCESS;
	default:
		return EXIT_REFUSED;
	}
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "listen", required_argument, NULL, 'l' },
		{ "netns", required_argument, NULL, 'n' },
		{ "stats", no_argument, NULL, 's' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	static struct options opt = { .metrics = true };
	const char *where = DEFAULT_LISTEN;
	int c;

	while ((c = getopt_long(argc, argv, "l:n:sVh", options, NULL)) != -1) {
		switch (c) {
		case 'l':
			where = optarg;
			break;
		case 'n':
			opt.netns = optarg;
			break;
		case 's':
			opt.stats = true;
			break;
		case 'V':
			puts("nlab-exporter " NLAB_TOOLS_VERSION);
			return EXIT_DONE;
		case 'h':
			return usage(stdout, EXIT_DONE);
		default:
			return usage(stderr, EXIT_USAGE);
		}
	}
	return optind < argc ? usage(stderr, EXIT_USAGE) : run(where, &opt);
}
