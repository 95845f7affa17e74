// SPDX-License-Identifier: GPL-2.0
/* Makes links of the module, many in one request. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sys.h"

enum {
	/* In one request, for which the kernel's network stands still. */
	LINKS_AT_ONCE = 256,
};

int lab_external_end(const struct lab *lab, const struct lab_link *link)
{
	int d;

	for (d = 0; d < 2; d++)
		if (lab->nodes[link->end[d].node].kind == LAB_EXTERNAL)
			return d;
	return -1;
}

static void fill(struct nlab_link *new, const struct lab_run *run,
		 const struct lab *lab, const struct lab_link *link)
{
	char path[LAB_PATH];
	unsigned int key;
	int d;

	for (d = 0; d < 2; d++) {
		const struct lab_end *end = &link->end[d];

		memcpy(new->end[d].name, end->dev, sizeof(end->dev));
		snprintf(new->end[d].netns, sizeof(new->end[d].netns), "%.255s",
			 lab_path(path, run, "nodes/%s/net",
				  lab->nodes[end->node].name));
		new->dir[d] = link->dir[d];
		/* comes with its table */
		for (key = 0; key < NLAB_LINK_KEYS; key++)
			if (lab_has_table(&link->dir[d], key))
				new->dir[d].set[key] = false;
	}
	lab_owner(new->owner, run->name);
}

/* The module lists links in the order in which they were made, so these are
 * the last ones. Without their numbers each would have to be asked for.
 */
static int note_indexes(struct lab_run *run, const struct lab_step *step,
			size_t count, struct nlab_err *err)
{
	char owner[NLAB_LINK_OWNER];
	struct nlab_link_list list;
	size_t i, at;
	int ret = nlab_link_owned(run->nl, lab_owner(owner, run->name), &list,
				  err);

	free(run->ifindex);
	run->ifindex = calloc(2 * step->lab->link_count + 1,
			      sizeof(*run->ifindex));
	if (!ret && !run->ifindex)
		ret = nlab_fail(err, NLAB_FAULT_KERNEL, ENOMEM,
				"out of memory");
	at = list.count;
	for (i = count; i-- > 0 && at && !ret;) {
		const struct lab_link *link = &step[i].lab->links[step[i].link];
		unsigned int *index = &run->ifindex[2 * step[i].link];

		if (lab_external_end(step[i].lab, link) >= 0)
			continue;
		at--;
		if (strcmp(list.link[at].end[0].name, link->end[0].dev) ||
		    strcmp(list.link[at].end[1].name, link->end[1].dev))
			break;
		index[0] = list.link[at].end[0].ifindex;
		index[1] = list.link[at].end[1].ifindex;
	}
	nlab_link_list_free(&list);
	return ret;
}

int lab_links_make(struct lab_run *run, const struct lab_step *step,
		   size_t count, struct nlab_err *err)
{
	const struct lab_step *steps[LINKS_AT_ONCE];
	struct nlab_link_list list = { 0 };
	size_t i, bad;
	int ret = 0;

	for (i = 0; i < count && !ret; i++) {
		const struct lab_link *link = &step[i].lab->links[step[i].link];
		struct nlab_link *new;

		if (lab_external_end(step[i].lab, link) < 0) {
			steps[list.count] = &step[i];
			new = nlab_link_append(&list);
			if (!new) {
				ret = nlab_fail(err, NLAB_FAULT_KERNEL, ENOMEM,
						"out of memory");
				break;
			}
			fill(new, run, step[i].lab, link);
		}
		if (list.count < LINKS_AT_ONCE && i + 1 < count)
			continue;
		if (list.count)
			ret = nlab_link_add_all(run->nl, &list, &bad, err);
		if (ret && bad < list.count)
			run->step = steps[bad];
		list.count = 0;
		if (!ret && lab_stop)
			ret = nlab_fail(err, NLAB_FAULT_KERNEL, EINTR,
					"interrupted");
	}
	nlab_link_list_free(&list);
	/* On the way back devices are asked for by name. */
	return ret || run->again ? ret : note_indexes(run, step, count, err);
}
