// SPDX-License-Identifier: GPL-2.0
/* Gives links what they do by themselves, when all else of the lab is there. */
#include <string.h>

#include "sys.h"

/* What of a link is set. */
struct script_work {
	struct nlab_link link;
	struct nlab_link_plan plan;
};

static int set_work(void *arg, struct nlab_err *err)
{
	const struct script_work *work = arg;
	struct nlab *nl;
	int ret = nlab_open(&nl, err);

	if (!ret)
		ret = nlab_link_set_plan(nl, &work->link, &work->plan, err);
	nlab_close(nl);
	return ret;
}

/* Of one kind, for both directions; those that have the same share it. */
static int take_kind(struct nlab_link_plan *plan,
		     struct nlab_link_source source[2],
		     enum nlab_link_source_kind kind,
		     const struct lab_script *new, const struct lab_script *old,
		     struct nlab_err *err)
{
	const struct nlab_link_source *from[2] = { NULL, NULL };
	const char *text;
	unsigned int d;
	int ret = 0;

	for (d = 0; d < 2 && !ret; d++) {
		text = new[d].text[kind];
		if (lab_script_same(&new[d], &old[d], kind))
			continue;
		from[d] = text ? &source[d] : NULL;
		if (text && d && from[0] &&
		    lab_script_same(&new[0], &new[1], kind))
			from[d] = from[0];
		else if (text)
			ret = nlab_link_source_parse(&source[d], kind,
				nlab_link_source_names[kind], nlab_word(text),
				err);
		if (!ret)
			nlab_link_source_give(plan, kind, d, from[d]);
	}
	return ret;
}

/* Which line of the text it is, where otherwise the link is said. */
static void keep_line(struct nlab_err *err)
{
	char text[NLAB_ERR_TEXT];

	if (!err->place[0])
		return;
	snprintf(text, sizeof(text), "%s", err->text);
	snprintf(err->text, sizeof(err->text), "%.100s: %.800s", err->place,
		 text);
}

int lab_script_set(struct lab_run *run, const struct lab *lab,
		   const struct lab_link *link, const struct lab_link *old,
		   struct nlab_err *err)
{
	struct nlab_link_source source[NLAB_LINK_SOURCES][2] = { 0 };
	static const struct lab_link none;
	struct script_work work = { 0 };
	unsigned int kind, key, d;
	int ret = 0;

	/* netem has none of it. */
	if (run->veth)
		return 0;
	memcpy(work.link.end[0].name, link->end[0].dev, NLAB_DEV_NAME);
	for (kind = 0; kind < NLAB_LINK_SOURCES && !ret; kind++)
		ret = take_kind(&work.plan, source[kind], kind, link->script,
				old ? old->script : none.script, err);
	for (d = 0; d < 2; d++)
		for (key = 0; key < NLAB_LINK_KEYS; key++)
			if (lab_has_table(&link->dir[d], key)) {
				work.link.dir[d].set[key] = true;
				work.link.dir[d].value[key] =
					link->dir[d].value[key];
			}
	err->place[0] = '\0';
	if (!ret)
		ret = lab_in_net(run, lab->nodes[link->end[0].node].name,
				 set_work, &work, err);
	if (ret)
		keep_line(err);
	for (kind = 0; kind < NLAB_LINK_SOURCES; kind++)
		for (d = 0; d < 2; d++)
			nlab_link_source_free(&source[kind][d]);
	return ret;
}
