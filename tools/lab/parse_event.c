// SPDX-License-Identifier: GPL-2.0
/* What happens in a lab while it runs: events and captures of the lab file. */
#include <stdlib.h>
#include <string.h>

#include "doc.h"

enum {
	EVENTS_MAX = 10000,
};

/* --- traffic --- */

static const char *const protocols[] = { "tcp", "udp", NULL };

static int take_from(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct lab_end end = { 0 };
	int ret = doc_take_end_node(doc, value, &end);

	((struct lab_traffic *)arg)->from = end.node;
	return ret;
}

static int take_to(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct lab_end end = { 0 };
	int ret = doc_take_end_node(doc, value, &end);

	((struct lab_traffic *)arg)->to = end.node;
	return ret;
}

static int take_rate(struct doc *doc, yaml_node_t *value, void *arg)
{
	return doc_at(doc, value,
		      lab_traffic_rate(arg, doc_word(value), doc->err));
}

static int take_time(struct doc *doc, yaml_node_t *value, void *arg)
{
	return doc_at(doc, value,
		      lab_traffic_time(arg, doc_word(value), doc->err));
}

static int take_protocol(struct doc *doc, yaml_node_t *value, void *arg)
{
	unsigned int index;
	int ret = doc_word_of(doc, value, "protocol", protocols, &index);

	((struct lab_traffic *)arg)->udp = index == 1;
	return ret;
}

static const struct doc_key traffic_keys[] = {
	{ "from", take_from },
	{ "to", take_to },
	{ "rate", take_rate },
	{ "time", take_time },
	{ "protocol", take_protocol },
	{ NULL, NULL },
};

/* --- events --- */

/* Which of the keys that say what happens were given. */
struct given {
	struct lab_event event;
	bool at, link, node, run, traffic;
};

static int take_at(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct given *given = arg;
	char quoted[NLAB_QUOTED];
	int ret = doc_scalar(doc, value, "'at'");

	given->at = true;
	if (!ret && !nlab_time_parse(&given->event.at, doc_word(value),
				     LAB_TIME_MAX))
		ret = doc_fail(doc, value, "bad time %s, which is a number with ns, us, ms or s, at most a day",
			       nlab_quote(quoted, doc_word(value)));
	return ret;
}

static int take_port(struct doc *doc, yaml_node_t *value, struct lab_end *end)
{
	int ret = doc_scalar(doc, value, "a link");

	end->place = doc_place(value);
	if (!ret)
		ret = doc_take_port(doc, value, end);
	if (!ret && !end->dev[0])
		ret = doc_fail(doc, value, "a link is named as NODE:DEVICE, by one of its ends");
	return ret;
}

static int take_link(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct given *given = arg;

	given->link = true;
	given->event.kind = LAB_EVENT_LINK;
	return take_port(doc, value, &given->event.end);
}

static int take_state(struct doc *doc, yaml_node_t *value, void *arg)
{
	static const char *const states[] = { "down", "up", NULL };
	unsigned int index;
	int ret = doc_word_of(doc, value, "state of a link", states, &index);

	((struct given *)arg)->event.carrier = index ? LAB_CARRIER_UP :
						       LAB_CARRIER_DOWN;
	return ret;
}

static int take_node(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct given *given = arg;

	given->node = true;
	return doc_take_end_node(doc, value, &given->event.end);
}

static int take_run(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct given *given = arg;

	given->run = true;
	given->event.kind = LAB_EVENT_RUN;
	if (doc_empty(value))
		return doc_fail(doc, value, "'run' is a command for the shell");
	return doc_text(doc, value, "'run'", &given->event.command);
}

static int take_traffic(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct lab_traffic *traffic = &((struct given *)arg)->event.traffic;
	int ret;

	*traffic = lab_traffic_plain();
	((struct given *)arg)->traffic = true;
	((struct given *)arg)->event.kind = LAB_EVENT_TRAFFIC;
	ret = doc_mapping(doc, value, "'traffic'", traffic_keys, NULL, NULL,
			  traffic);
	if (!ret && (traffic->from == SIZE_MAX || traffic->to == SIZE_MAX))
		ret = doc_fail(doc, value, "traffic needs 'from' and 'to'");
	return ret;
}

static int take_both(struct doc *doc, yaml_node_t *key, yaml_node_t *value,
		     void *arg)
{
	return doc_take_both(doc, key, value, ((struct given *)arg)->event.dir);
}

static int take_out(struct doc *doc, yaml_node_t *value, void *arg)
{
	return doc_take_dir(doc, value, &((struct given *)arg)->event.dir[0]);
}

static int take_in(struct doc *doc, yaml_node_t *value, void *arg)
{
	return doc_take_dir(doc, value, &((struct given *)arg)->event.dir[1]);
}

static const struct doc_key event_keys[] = {
	{ "at", take_at },
	{ "link", take_link },
	{ "state", take_state },
	{ "out", doc_skip },
	{ "in", doc_skip },
	{ "node", take_node },
	{ "run", take_run },
	{ "traffic", take_traffic },
	{ NULL, NULL },
};

static const struct doc_key dir_keys[] = {
	{ "out", take_out },
	{ "in", take_in },
	{ NULL, NULL },
};

static int check_event(struct doc *doc, yaml_node_t *value,
		       const struct given *given)
{
	bool changes = lab_any_set(given->event.dir) || given->event.carrier;

	if (!given->at)
		return doc_fail(doc, value, "an event needs 'at', the time after the lab is there");
	if (given->link + given->run + given->traffic != 1)
		return doc_fail(doc, value, "an event has one of 'link', 'run' and 'traffic'");
	if (given->link != changes)
		return doc_fail(doc, value, given->link ?
				"what happens to the link? 'state', or parameters of links" :
				"'state' and parameters of links need 'link'");
	if (given->run != given->node)
		return doc_fail(doc, value, "'run' and 'node' go together");
	return 0;
}

static int take_event(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct given given = { .at = false };
	struct lab *lab = arg;
	int ret;

	ret = doc_mapping(doc, value, "an event", event_keys, take_both,
			  nlab_link_key_names(), &given);
	if (!ret)
		ret = doc_mapping(doc, value, "an event", dir_keys, doc_known,
				  NULL, &given);
	if (!ret)
		ret = check_event(doc, value, &given);
	if (!ret && lab->event_count == EVENTS_MAX)
		ret = doc_fail(doc, value, "more than %d events", EVENTS_MAX);
	if (ret)
		return ret;
	lab->events = lab_grow(lab, lab->events, lab->event_count,
			       sizeof(*lab->events));
	given.event.place = doc_place(value);
	given.event.number = (unsigned int)lab->event_count + 1;
	lab->events[lab->event_count++] = given.event;
	return 0;
}

int doc_take_events(struct doc *doc, yaml_node_t *value, void *arg)
{
	if (value->type == YAML_SCALAR_NODE && !doc_empty(value))
		return doc_fail(doc, value, "'events' is a list");
	return doc_list(doc, value, "'events'", take_event, arg);
}

/* --- captures --- */

static int take_capture_link(struct doc *doc, yaml_node_t *value, void *arg)
{
	return take_port(doc, value, &((struct lab_capture *)arg)->end);
}

static int take_file(struct doc *doc, yaml_node_t *value, void *arg)
{
	const char **file = &((struct lab_capture *)arg)->file;
	static const char *const own[] = { "/etc/", "/run/", "/var/run/" };
	int ret = doc_text(doc, value, "'file'", file);
	unsigned int i;

	if (!ret && ((*file)[0] != '/' || strstr(*file, "//") ||
		     strstr(*file, "/./") || strstr(*file, "/../")))
		ret = doc_fail(doc, value, "'file' is a whole path, without '//', '/./' and '/../'");
	for (i = 0; i < sizeof(own) / sizeof(*own) && !ret; i++)
		if (!strncmp(*file, own[i], strlen(own[i])))
			ret = doc_fail(doc, value, "'file' is not below /etc or /run, which each node has of its own");
	return ret;
}

static int take_filter(struct doc *doc, yaml_node_t *value, void *arg)
{
	return doc_text(doc, value, "'filter'",
			&((struct lab_capture *)arg)->filter);
}

static const struct doc_key capture_keys[] = {
	{ "link", take_capture_link },
	{ "file", take_file },
	{ "filter", take_filter },
	{ NULL, NULL },
};

static int take_capture(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct lab_capture capture = { .filter = "" };
	struct lab *lab = arg;
	int ret = doc_mapping(doc, value, "a capture", capture_keys, NULL, NULL,
			      &capture);

	if (!ret && (!capture.end.dev[0] || !capture.file))
		ret = doc_fail(doc, value, "a capture needs 'link' and 'file'");
	if (ret)
		return ret;
	lab->captures = lab_grow(lab, lab->captures, lab->capture_count,
				 sizeof(capture));
	capture.place = doc_place(value);
	lab->captures[lab->capture_count++] = capture;
	return 0;
}

int doc_take_captures(struct doc *doc, yaml_node_t *value, void *arg)
{
	if (value->type == YAML_SCALAR_NODE && !doc_empty(value))
		return doc_fail(doc, value, "'captures' is a list");
	return doc_list(doc, value, "'captures'", take_capture, arg);
}
