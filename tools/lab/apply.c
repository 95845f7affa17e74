// SPDX-License-Identifier: GPL-2.0
/* Makes, changes and removes labs. A change that fails is taken back by the
 * steps of the way back, each of which may find its work done.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys.h"

/* --- names of the nodes for each other --- */

const struct lab_addr **lab_first_addrs(const struct lab *lab)
{
	const struct lab_addr **first = calloc(lab->node_count + 1,
					       sizeof(*first));
	size_t i, d;

	if (!first)
		return NULL;
	for (i = 0; i < lab->node_count; i++)
		if (lab->nodes[i].addrs.count)
			first[i] = lab->nodes[i].addrs.list;
	for (i = 0; i < lab->link_count; i++)
		for (d = 0; d < 2; d++) {
			const struct lab_end *end = &lab->links[i].end[d];

			if (!first[end->node] && end->addrs.count)
				first[end->node] = end->addrs.list;
		}
	return first;
}

/* The first address of each node, of its loopback if that has one. The file
 * is written in place, for it is mounted in all nodes.
 */
static int write_hosts(struct lab_run *run, const struct lab *lab,
		       struct nlab_err *err)
{
	const struct lab_addr **first = lab_first_addrs(lab);
	char path[LAB_PATH], text[NLAB_PREFIX_TEXT];
	FILE *file = fopen(lab_path(path, run, "hosts"), "we");
	size_t i;

	if (!file || !first) {
		free(first);
		if (file)
			fclose(file);
		return lab_sys_fail(err, "can't write %s", path);
	}
	fputs("127.0.0.1 localhost\n::1 localhost\n", file);
	for (i = 0; i < lab->node_count; i++)
		if (first[i])
			fprintf(file, "%s %s\n",
				nlab_prefix_text(text, &first[i]->host),
				lab->nodes[i].name);
	free(first);
	if (ferror(file) | fclose(file))
		return lab_sys_fail(err, "can't write %s", path);
	return 0;
}

/* --- applying --- */

/* Steps whose requests go in one train to each node, as what one of them asks
 * for does not depend on what is done in other nodes; and programs that begin at
 * the same time. On a machine that is busy with those that run already, each
 * would wait for its turn.
 */
enum batch {
	ALONE,
	REQUESTS,
	ZEBRAS,
	DAEMONS,
	SERVICES,
};

static enum batch batch_of(const struct lab_step *step)
{
	switch (step->verb) {
	case LAB_NODE_ADD:
	case LAB_LINK_ADD:
	case LAB_ADDR_ADD:
		return REQUESTS;
	case LAB_SERVICE_ADD:
		if (!step->daemon)
			return SERVICES;
		return step->item ? DAEMONS : ZEBRAS;
	default:
		return ALONE;
	}
}

static int end_batch(struct lab_run *run, struct nlab_err *err)
{
	int ret = lab_flush(run, err);

	return ret ? ret : lab_hear_all(run, err);
}

static int take_one(struct lab_run *run, const struct lab_plan *plan,
		    size_t i, const struct lab *from, struct nlab_err *err)
{
	const struct lab_step *step = &plan->step[i];
	size_t count = 0;
	int ret = 0;

	if (lab_stop)
		return nlab_fail(err, NLAB_FAULT_KERNEL, EINTR,
				 "interrupted");
	run->step = step;
	run->collect = batch_of(step) != ALONE;
	/* Each process that is forked would begin with all of them. */
	if (step->verb == LAB_SERVICE_ADD)
		lab_conn_close(run, NULL);
	if (step->verb == LAB_LINK_ADD && !run->veth &&
	    (!i || step[-1].verb != LAB_LINK_ADD)) {
		while (i + count < plan->count &&
		       step[count].verb == LAB_LINK_ADD)
			count++;
		ret = lab_links_make(run, step, count, err);
	}
	if (!ret)
		ret = lab_step(run, step, from, err);
	if (!ret && run->collect &&
	    (i + 1 == plan->count || batch_of(&step[1]) != batch_of(step)))
		ret = end_batch(run, err);
	if (ret)
		lab_step_blame(run->step, from, err);
	return ret;
}

static int take_steps(struct lab_run *run, const struct lab_plan *plan,
		      const struct lab *from, struct nlab_err *err)
{
	struct nlab_err other;
	size_t i;
	int ret = 0;

	for (i = 0; i < plan->count && !ret; i++)
		ret = take_one(run, plan, i, from, err);
	run->collect = false;
	/* What was not sent is not to be; who begins is to be found. */
	if (ret) {
		lab_conn_close(run, NULL);
		lab_hear_all(run, &other);
	}
	return ret;
}

/* All of them, whatever one of them says; returns whether one failed. */
static bool take_back(struct lab_run *run, struct lab *lab, struct lab *from)
{
	struct lab_plan plan;
	struct nlab_err err;
	bool failed = false;
	size_t i;

	run->again = true;
	/* It counts the links of the other lab. */
	free(run->ifindex);
	run->ifindex = NULL;
	lab_stop = 0;
	lab_diff(&plan, lab, from);
	for (i = 0; i < plan.count; i++) {
		int ret = lab_step(run, &plan.step[i], lab, &err);

		failed |= ret && ret != -EEXIST && ret != -ENOENT &&
			  ret != -ESRCH && ret != -ENODEV &&
			  ret != -EADDRNOTAVAIL;
	}
	failed |= write_hosts(run, from, &err) != 0;
	run->again = false;
	return failed;
}

static int write_state(struct lab_run *run, const struct lab *lab,
		       const char *text, struct nlab_err *err)
{
	int ret = lab_state_write(run, lab, text, err);

	return ret ? ret : lab_note_write(run, "state", "up", err);
}

static int make(struct lab_run *run, struct lab *lab, const char *text,
		const struct lab *from, const struct lab_plan *plan,
		struct nlab_err *err)
{
	struct nlab_err other;
	int ret = lab_state_make(run, err);

	if (!ret)
		ret = lab_note_write(run, "link",
				     run->veth ? "veth+netem" : "nlink", err);
	if (!ret)
		ret = lab_group_make(run, err);
	if (!ret)
		ret = write_hosts(run, lab, err);
	if (!ret)
		ret = take_steps(run, plan, from, err);
	if (!ret)
		ret = write_state(run, lab, text, err);
	if (ret)
		lab_destroy(run, &other);
	return ret;
}

static int change(struct lab_run *run, struct lab *lab, const char *text,
		  struct lab *from, const struct lab_plan *plan,
		  struct nlab_err *err)
{
	struct nlab_err other;
	size_t used;
	int ret = lab_note_write(run, "state", "changing", err);

	if (!ret)
		ret = lab_state_keep(run, err);
	if (!ret)
		ret = write_hosts(run, lab, err);
	if (!ret)
		ret = take_steps(run, plan, from, err);
	if (!ret)
		ret = write_state(run, lab, text, err);
	lab_state_settle(run, ret != 0);
	if (!ret)
		return 0;
	used = strlen(err->text);
	if (!take_back(run, lab, from))
		lab_note_write(run, "state", "up", &other);
	else
		snprintf(err->text + used, sizeof(err->text) - used,
			 "; the lab could not be put back: nlabctl destroy %s",
			 run->name);
	return ret;
}

int lab_apply(struct lab_run *run, struct lab *lab, const char *text,
	      struct lab *from, const struct lab_plan *plan,
	      struct nlab_err *err)
{
	int ret = lab_programs_check(lab, err);

	if (!ret)
		ret = lab_spaces_open(run, err);
	if (!ret && !run->veth)
		ret = nlab_open(&run->nl, err);
	if (ret)
		return ret;
	return lab_state_there(run) ? change(run, lab, text, from, plan, err) :
				      make(run, lab, text, from, plan, err);
}

/* --- destroying --- */

static int return_one(const char *name, void *arg)
{
	struct nlab_err err;

	lab_external_return(arg, name, &err);
	return 0;
}

static int unname_one(const char *name, void *arg)
{
	lab_netns_remove(arg, name);
	return 0;
}

/* In this order nothing is forgotten that is still there: the folder that
 * knows the rest goes last.
 */
int lab_destroy(struct lab_run *run, struct nlab_err *err)
{
	char path[LAB_PATH], owner[NLAB_LINK_OWNER];
	struct nlab *nl = NULL;
	struct nlab_err other;
	uint32_t removed;
	int ret;

	lab_note_read(run, "cgroup", run->cgroup, sizeof(run->cgroup));
	ret = lab_group_kill(run, "", err);
	if (!ret)
		ret = lab_spaces_open(run, err);
	if (ret)
		return ret;
	lab_each(lab_path(path, run, "external"), return_one, run);
	lab_conn_close(run, NULL);
	/* Without the module there is no link that it owns. */
	if (!nlab_open(&nl, &other))
		nlab_link_del(nl, NULL, lab_owner(owner, run->name), &removed,
			      &other);
	nlab_close(nl);
	lab_each(lab_path(path, run, "nodes"), unname_one, run);
	/* Namespaces end with what keeps them. */
	if (run->base_mnt >= 0)
		close(run->base_mnt);
	run->base_mnt = -1;
	if (run->cgroup[0]) {
		char *slash = strrchr(run->cgroup, '/');

		*slash = '\0';
		rmdir(run->cgroup);
	}
	return lab_state_remove(run, err);
}
