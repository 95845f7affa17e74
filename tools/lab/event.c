// SPDX-License-Identifier: GPL-2.0
/* What is left open of events and captures until all links have devices, and
 * events as text. Pure.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab.h"

enum {
	/* Of traffic without a time. */
	TRAFFIC_SECONDS = 10,
};

/* That of the fastest link. */
#define RATE_MAX	1000000000000ULL
#define SECOND		1000000000ULL

/* --- traffic --- */

struct lab_traffic lab_traffic_plain(void)
{
	return (struct lab_traffic){ .from = SIZE_MAX, .to = SIZE_MAX,
				     .seconds = TRAFFIC_SECONDS };
}

int lab_traffic_rate(struct lab_traffic *traffic, struct nlab_word word,
		     struct nlab_err *err)
{
	char quoted[NLAB_QUOTED];

	if (nlab_rate_parse(&traffic->rate, word, RATE_MAX) && traffic->rate)
		return 0;
	return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
			 "bad rate %s, which is a number with bit, kbit, mbit, gbit or tbit",
			 nlab_quote(quoted, word));
}

int lab_traffic_time(struct lab_traffic *traffic, struct nlab_word word,
		     struct nlab_err *err)
{
	char quoted[NLAB_QUOTED];
	uint64_t ns;

	if (nlab_time_parse(&ns, word, LAB_TIME_MAX) && ns >= SECOND &&
	    ns % SECOND == 0) {
		traffic->seconds = (uint32_t)(ns / SECOND);
		return 0;
	}
	return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
			 "bad time %s, which is whole seconds, 1s to 86400s",
			 nlab_quote(quoted, word));
}

/* --- links --- */

size_t lab_find_port(const struct lab *lab, size_t node, const char *dev,
		     unsigned int *end)
{
	size_t i;

	for (i = 0; i < lab->link_count; i++)
		for (*end = 0; *end < 2; ++*end) {
			const struct lab_end *e = &lab->links[i].end[*end];

			if (e->node == node && !strcmp(e->dev, dev))
				return i;
		}
	return SIZE_MAX;
}

static int no_device(const struct lab *lab, const struct lab_end *end,
		     struct nlab_err *err)
{
	const char *names[LAB_LINKS_MAX / 16 + 1], *near;
	size_t count = 0, i, d;

	for (i = 0; i < lab->link_count; i++)
		for (d = 0; d < 2; d++)
			if (lab->links[i].end[d].node == end->node &&
			    count + 1 < sizeof(names) / sizeof(*names))
				names[count++] = lab->links[i].end[d].dev;
	names[count] = NULL;
	near = nlab_nearest(nlab_word(end->dev), names);
	return lab_blame(lab, end->place, err, "node '%s' has no device '%s'%s%s%s",
			 lab->nodes[end->node].name, end->dev,
			 near ? ", did you mean '" : "", near ? near : "",
			 near ? "'?" : "");
}

/* The machine's own devices are no links of ours, and its nodes no namespaces.
 */
static int check_port(const struct lab *lab, const struct lab_end *end,
		      size_t *link, unsigned int *which, struct nlab_err *err)
{
	*link = lab_find_port(lab, end->node, end->dev, which);
	if (*link == SIZE_MAX)
		return no_device(lab, end, err);
	if (lab->nodes[lab->links[*link].end[0].node].kind == LAB_EXTERNAL ||
	    lab->nodes[lab->links[*link].end[1].node].kind == LAB_EXTERNAL)
		return lab_blame(lab, end->place, err,
				 "%s:%s leads to a device of the machine and is no link",
				 lab->nodes[end->node].name, end->dev);
	return 0;
}

static int check_node(const struct lab *lab, const struct lab_event *event,
		      size_t node, struct nlab_err *err)
{
	if (lab->nodes[node].kind != LAB_EXTERNAL)
		return 0;
	return lab_blame(lab, event->place, err,
			 "node '%s' is external, nothing runs in it",
			 lab->nodes[node].name);
}

static int settle_event(struct lab *lab, struct lab_event *event,
			struct nlab_err *err)
{
	unsigned int which;
	int ret;

	switch (event->kind) {
	case LAB_EVENT_LINK:
		return check_port(lab, &event->end, &event->link, &which, err);
	case LAB_EVENT_RUN:
		return check_node(lab, event, event->end.node, err);
	default:
		ret = check_node(lab, event, event->traffic.from, err);
		return ret ? ret : check_node(lab, event, event->traffic.to,
					      err);
	}
}

static int by_time(const void *a, const void *b)
{
	const struct lab_event *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->number < y->number ? -1 : 1;
}

/* --- captures --- */

/* For the shell, in quotes. */
static void put_quoted(FILE *file, const char *text)
{
	fputs(" '", file);
	for (; *text; text++)
		if (*text == '\'')
			fputs("'\\''", file);
		else
			fputc(*text, file);
	fputc('\'', file);
}

/* A service, so that it starts and ends, is shown and changed as they are. */
static int settle_capture(struct lab *lab, const struct lab_capture *capture,
			  struct nlab_err *err)
{
	struct lab_node *node = &lab->nodes[capture->end.node];
	struct lab_pairs *services = &node->services;
	char name[NLAB_DEV_NAME + 16], *command = NULL;
	struct lab_pair *list;
	unsigned int which;
	size_t size, i;
	FILE *file;
	int ret = check_port(lab, &capture->end, &i, &which, err);

	if (ret)
		return ret;
	snprintf(name, sizeof(name), LAB_CAPTURE "%s", capture->end.dev);
	for (i = 0; i < services->count; i++)
		if (!strcmp(services->list[i].name, name))
			return lab_blame(lab, capture->place, err,
					 "%s:%s has a capture already",
					 node->name, capture->end.dev);
	file = open_memstream(&command, &size);
	if (!file)
		return nlab_fail(err, NLAB_FAULT_KERNEL, ENOMEM,
				 "out of memory");
	/* It would write as a user who may not. */
	fputs("exec tcpdump -n -U -Z root -i", file);
	put_quoted(file, capture->end.dev);
	fputs(" -w", file);
	put_quoted(file, capture->file);
	if (*capture->filter)
		put_quoted(file, capture->filter);
	fclose(file);
	/* Nodes of one shape share the list of the file. */
	list = lab_alloc(lab, (services->count + 1) * sizeof(*list));
	if (services->count)
		memcpy(list, services->list, services->count * sizeof(*list));
	list[services->count] = (struct lab_pair){
		.place = capture->place,
		.name = lab_text(lab, nlab_word(name)),
		.text = lab_text(lab, nlab_word(command)),
	};
	services->list = list;
	services->count++;
	free(command);
	return 0;
}

int lab_settle_events(struct lab *lab, struct nlab_err *err)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < lab->event_count && !ret; i++)
		ret = settle_event(lab, &lab->events[i], err);
	if (lab->event_count)
		qsort(lab->events, lab->event_count, sizeof(*lab->events),
		      by_time);
	for (i = 0; i < lab->capture_count && !ret; i++)
		ret = settle_capture(lab, &lab->captures[i], err);
	return ret;
}

/* --- text --- */

static void print_dir(FILE *file, const char *name,
		      const struct nlab_link_dir *dir)
{
	char value[NLAB_LINK_TEXT];
	unsigned int key;
	bool any = false;

	for (key = 0; key < NLAB_LINK_KEYS; key++) {
		if (!dir->set[key])
			continue;
		fprintf(file, "%s%s %s %s", any ? "" : " ", any ? "" : name,
			nlab_link_key_name(key),
			nlab_link_text(value, dir, key));
		any = true;
	}
}

static void print_traffic(FILE *file, const struct lab *lab,
			  const struct lab_traffic *traffic)
{
	char text[NLAB_VALUE_TEXT];

	fprintf(file, " traffic %s %s", lab->nodes[traffic->from].name,
		lab->nodes[traffic->to].name);
	if (traffic->rate)
		fprintf(file, " rate %s", nlab_rate_text(text, traffic->rate));
	fprintf(file, " time %" PRIu32 "s %s", traffic->seconds,
		traffic->udp ? "udp" : "tcp");
}

static void print_event(FILE *file, const struct lab *lab,
			const struct lab_event *event)
{
	const char *node = lab->nodes[event->end.node].name;
	char text[NLAB_VALUE_TEXT];

	fputs(nlab_time_text(text, event->at), file);
	switch (event->kind) {
	case LAB_EVENT_LINK:
		fprintf(file, " link %s:%s", node, event->end.dev);
		print_dir(file, "out", &event->dir[0]);
		print_dir(file, "in", &event->dir[1]);
		if (event->carrier)
			fputs(event->carrier == LAB_CARRIER_UP ? " up" :
			      " down", file);
		return;
	case LAB_EVENT_RUN:
		fprintf(file, " run %s %s", node, event->command);
		return;
	default:
		print_traffic(file, lab, &event->traffic);
	}
}

char *lab_event_text(const struct lab *lab, const struct lab_event *event)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	if (!file)
		return NULL;
	print_event(file, lab, event);
	fclose(file);
	return text;
}
