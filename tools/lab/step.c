// SPDX-License-Identifier: GPL-2.0
/* Takes the single steps of a plan. Each can be taken twice when the lab is
 * being put back: what is there already, or gone already, is then no error.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/sock.h"
#include "sys.h"

enum {
	/* The kernel makes it first and insists on this number. */
	LOOPBACK_INDEX = 1,
};

const char *lab_owner(char *buf, const char *name)
{
	snprintf(buf, NLAB_LINK_OWNER, "lab:%s", name);
	return buf;
}

/* --- nodes --- */

static int add_node(struct lab_run *run, const struct lab_node *node,
		    struct nlab_err *err)
{
	char path[LAB_PATH];

	if (node->kind == LAB_EXTERNAL ||
	    (run->again && !access(lab_path(path, run, "nodes/%s/net",
					    node->name), F_OK)))
		return 0;
	return lab_node_make(run, node, err);
}

static int del_node(struct lab_run *run, const struct lab_node *node,
		    struct nlab_err *err)
{
	int ret;

	if (node->kind == LAB_EXTERNAL)
		return 0;
	ret = lab_group_kill(run, node->name, err);
	return ret ? ret : lab_node_remove(run, node->name, err);
}

/* --- links --- */

static const char *node_net(char *buf, const struct lab_run *run,
			    const struct lab *lab, const struct lab_end *end)
{
	return lab_path(buf, run, "nodes/%s/net", lab->nodes[end->node].name);
}

static int open_nets(struct lab_run *run, const struct lab *lab,
		     const struct lab_link *link, int fds[2],
		     struct nlab_err *err)
{
	char path[LAB_PATH];
	int d, ret = 0;

	fds[0] = fds[1] = -1;
	for (d = 0; d < 2 && !ret; d++)
		ret = nlab_netns_open(&fds[d], node_net(path, run, lab,
							&link->end[d]), err);
	return ret;
}

static bool is_plain(const struct nlab_link_dir *dir)
{
	unsigned int key;

	for (key = 0; key < NLAB_LINK_KEYS; key++)
		if (dir->set[key] && !nlab_link_is_default(dir, key))
			return false;
	return true;
}

static int add_veth(struct lab_run *run, const struct lab *lab,
		    const struct lab_link *link, struct nlab_err *err)
{
	const char *const devs[] = { link->end[0].dev, link->end[1].dev };
	struct nlab *rt = NULL;
	int fds[2], d, ret = open_nets(run, lab, link, fds, err);

	if (!ret)
		ret = nlab_open_route(&rt, err);
	if (!ret)
		ret = rtnl_veth(rt, devs, fds, err);
	nlab_close(rt);
	for (d = 0; d < 2; d++) {
		if (fds[d] >= 0)
			close(fds[d]);
		if (ret || is_plain(&link->dir[d]))
			continue;
		ret = lab_rt(run, lab->nodes[link->end[d].node].name, &rt, err);
		if (!ret)
			ret = netem_set(rt, link->end[d].dev, &link->dir[d],
					err);
	}
	return ret;
}

static int raise_end(struct lab_run *run, const struct lab *lab,
		     const struct lab_link *link, int d, struct nlab_err *err)
{
	const struct lab_node *node = &lab->nodes[link->end[d].node];
	struct nlab *rt;
	int ret = lab_rt(run, node->name, &rt, err);

	if (!ret)
		ret = rtnl_up(rt, link->end[d].dev, link->mtu, err);
	if (!ret && node->kind == LAB_SWITCH)
		ret = rtnl_master(rt, link->end[d].dev, "br0", err);
	return ret;
}

/* Those of the module are there already, made in one request. */
static int add_link(struct lab_run *run, const struct lab_step *step,
		    struct nlab_err *err)
{
	const struct lab *lab = step->lab;
	const struct lab_link *link = &lab->links[step->link];
	int out = lab_external_end(lab, link), d, ret = 0;
	struct nlab *rt;

	if (run->again) {
		d = out == 0;
		ret = lab_rt(run, lab->nodes[link->end[d].node].name, &rt, err);
		if (!ret && rtnl_index(rt, link->end[d].dev, err))
			return 0;
	}
	if (out >= 0)
		ret = lab_external_take(run, lab, link,
					(unsigned int)out, err);
	else if (run->veth)
		ret = add_veth(run, lab, link, err);
	else if (run->again)
		ret = lab_links_make(run, step, 1, err);
	for (d = 0; d < 2 && !ret; d++)
		if (d != out)
			ret = raise_end(run, lab, link, d, err);
	return ret;
}

/* The module finds a link in the namespace of the connection, and refuses
 * devices that are none.
 */
static int del_work(void *arg, struct nlab_err *err)
{
	uint32_t removed;
	struct nlab *nl;
	int ret = nlab_open(&nl, err);

	if (!ret)
		ret = nlab_link_del(nl, arg, NULL, &removed, err);
	nlab_close(nl);
	return ret;
}

static int del_link(struct lab_run *run, const struct lab *lab,
		    const struct lab_link *link, struct nlab_err *err)
{
	int out = lab_external_end(lab, link), ret;
	struct nlab *rt;

	if (out >= 0)
		return lab_external_return(run,
			lab->nodes[link->end[out].node].interface, err);
	if (!run->veth) {
		ret = lab_in_net(run, lab->nodes[link->end[0].node].name,
				  del_work,
				  (void *)(uintptr_t)link->end[0].dev, err);
		/* Somebody else's, which is why ours could not be made. */
		return ret == -EINVAL && run->again ? 0 : ret;
	}
	ret = lab_rt(run, lab->nodes[link->end[0].node].name, &rt, err);
	return ret ? ret : rtnl_delete(rt, link->end[0].dev, err);
}

/* Sets what @change has, of the link of its first device. */
static int set_work(void *arg, struct nlab_err *err)
{
	struct nlab *nl;
	int ret = nlab_open(&nl, err);

	if (!ret)
		ret = nlab_link_set(nl, arg, err);
	nlab_close(nl);
	return ret;
}

/* Only what differs, so that a seed that stays does not begin anew. */
static int set_nlink(struct lab_run *run, const char *node,
		     const struct lab_link *link, const struct lab_link *old,
		     struct nlab_err *err)
{
	struct nlab_link change = { 0 };
	unsigned int key, d;

	memcpy(change.end[0].name, link->end[0].dev, NLAB_DEV_NAME);
	for (d = 0; d < 2; d++) {
		change.dir[d] = link->dir[d];
		memset(change.dir[d].set, 0, sizeof(change.dir[d].set));
		for (key = 0; key < NLAB_LINK_KEYS; key++) {
			uint64_t value = lab_link_value(&link->dir[d], key);

			/* A table comes with the distribution. */
			if (value == lab_link_value(&old->dir[d], key) ||
			    lab_is_table(key, value))
				continue;
			change.dir[d].set[key] = true;
			change.dir[d].value[key] = value;
		}
	}
	return lab_any_set(change.dir) ?
	       lab_in_net(run, node, set_work, &change, err) : 0;
}

static int set_link(struct lab_run *run, const struct lab *lab,
		    const struct lab_link *link, const struct lab_link *old,
		    struct nlab_err *err)
{
	struct nlab *rt;
	int d, ret = 0;

	for (d = 0; d < 2 && !ret; d++) {
		ret = lab_rt(run, lab->nodes[link->end[d].node].name, &rt, err);
		if (!ret && run->veth)
			ret = netem_set(rt, link->end[d].dev, &link->dir[d],
					err);
		if (!ret && link->mtu != old->mtu)
			ret = rtnl_up(rt, link->end[d].dev,
				      link->mtu ? link->mtu : 1500, err);
	}
	if (!ret && !run->veth)
		ret = set_nlink(run, lab->nodes[link->end[0].node].name, link,
				old, err);
	return ret;
}

/* netem takes all of them at once. */
static int change_netem(struct lab_run *run, struct lab *lab,
			struct lab_link *link, const struct nlab_link_dir *dir,
			unsigned int end, struct nlab_err *err)
{
	struct nlab *rt;
	unsigned int d, key;
	int ret = 0;

	for (d = 0; d < 2 && !ret; d++) {
		struct nlab_link_dir *to = &link->dir[d ^ end];

		for (key = 0; key < NLAB_LINK_KEYS; key++)
			if (dir[d].set[key]) {
				to->set[key] = true;
				to->value[key] = dir[d].value[key];
			}
		ret = lab_rt(run, lab->nodes[link->end[d ^ end].node].name,
			     &rt, err);
		if (!ret)
			ret = netem_set(rt, link->end[d ^ end].dev, to, err);
	}
	return ret;
}

int lab_link_change(struct lab_run *run, struct lab *lab, size_t index,
		    const struct lab_end *end, const struct nlab_link_dir *dir,
		    struct nlab_err *err)
{
	struct lab_link *link = &lab->links[index];
	struct nlab_link change = { 0 };

	if (!lab_any_set(dir))
		return 0;
	if (run->veth)
		return change_netem(run, lab, link, dir,
				    link->end[0].node != end->node, err);
	memcpy(change.end[0].name, end->dev, NLAB_DEV_NAME);
	memcpy(change.dir, dir, sizeof(change.dir));
	return lab_in_net(run, lab->nodes[end->node].name, set_work, &change,
			   err);
}

/* --- what is in a node --- */

static int do_addr(struct lab_run *run, const struct lab_step *step,
		   struct nlab_err *err)
{
	const struct lab_node *node = &step->lab->nodes[step->node];
	const struct lab_end *end = step->link == SIZE_MAX ? NULL :
		&step->lab->links[step->link].end[step->end];
	const struct lab_addrs *addrs = end ? &end->addrs : &node->addrs;
	bool add = step->verb == LAB_ADDR_ADD;
	unsigned int index = 0;
	struct nlab *rt;
	int ret = lab_rt(run, node->name, &rt, err);

	if (!end)
		index = LOOPBACK_INDEX;
	else if (add && run->ifindex)
		index = run->ifindex[2 * step->link + step->end];
	return ret ? ret : rtnl_addr(rt, end ? end->dev : "lo", index,
				     &addrs->list[step->item], add, err);
}

static int do_route(struct lab_run *run, const struct lab_step *step,
		    struct nlab_err *err)
{
	const struct lab_node *node = &step->lab->nodes[step->node];
	const struct lab_route *route = &node->routes[step->item];
	struct nlab *rt;
	int ret = lab_rt(run, node->name, &rt, err);

	if (!ret)
		ret = rtnl_route(rt, route, step->verb == LAB_ROUTE_ADD, err);
	/* The kernel forgets routes of a device that went. */
	if (ret && step->verb == LAB_ROUTE_DEL &&
	    (ret == -ESRCH || ret == -ENODEV))
		ret = 0;
	return ret;
}

struct xlat_work {
	const struct lab_node *node;
};

static int xlat_work(void *arg, struct nlab_err *err)
{
	const struct lab_node *node = ((struct xlat_work *)arg)->node;
	struct nlab_mapset set = { .maps = node->maps,
				   .count = node->map_count,
				   .xlat = node->xlat };
	struct nlab_change change;
	struct nlab *nl;
	int ret = nlab_open(&nl, err);
	size_t i;

	for (i = 0; i < set.count; i++)
		nlab_digest_add(&set.identity.digest, &set.maps[i]);
	if (!ret)
		ret = nlab_load(nl, &set, &change, err);
	nlab_close(nl);
	return ret;
}

static int do_service(struct lab_run *run, const struct lab_step *step,
		      struct nlab_err *err)
{
	const struct lab_node *node = &step->lab->nodes[step->node];
	const struct lab_pair *service = (step->daemon ? node->frr.list :
					  node->services.list) + step->item;
	char below[2 * LAB_NODE_NAME + 8];

	if (step->verb == LAB_SERVICE_DEL) {
		snprintf(below, sizeof(below), "%s/%s%s", node->name,
			 step->daemon ? "frr." : "", service->name);
		return lab_group_kill(run, below, err);
	}
	if (step->daemon && step->item == 0) {
		char path[LAB_PATH];

		/* Of a zebra that was killed. */
		unlink(lab_path(path, run, "nodes/%s/run/frr/zserv.api",
				node->name));
	} else if (step->daemon) {
		int ret = lab_zebra_wait(run, node, err);

		if (ret)
			return ret;
	}
	return lab_service_start(run, node, service, step->daemon, err);
}

static int do_step(struct lab_run *run, const struct lab_step *step,
		   const struct lab *from, struct nlab_err *err)
{
	const struct lab_node *node = &step->lab->nodes[step->node];
	const struct lab_link *link = step->link == SIZE_MAX ? NULL :
				      &step->lab->links[step->link];
	struct xlat_work work = { node };

	switch (step->verb) {
	case LAB_NODE_ADD:
		return add_node(run, node, err);
	case LAB_NODE_DEL:
		return del_node(run, node, err);
	case LAB_LINK_ADD:
		return add_link(run, step, err);
	case LAB_LINK_DEL:
		return del_link(run, step->lab, link, err);
	case LAB_LINK_SET:
		return set_link(run, step->lab, link, &from->links[step->old],
				err);
	case LAB_ADDR_ADD:
	case LAB_ADDR_DEL:
		return do_addr(run, step, err);
	case LAB_ROUTE_ADD:
	case LAB_ROUTE_DEL:
		return do_route(run, step, err);
	case LAB_SYSCTL_SET:
		return lab_sysctl(run, node->name,
				  node->sysctls.list[step->item].name,
				  node->sysctls.list[step->item].text, err);
	case LAB_FILE_SET:
		return lab_file_write(run, node->name,
				      node->files.list[step->item].name,
				      node->files.list[step->item].text, false,
				      err);
	case LAB_FILE_DEL:
		return lab_file_delete(run, node->name,
				       node->files.list[step->item].name, err);
	case LAB_XLAT_SET:
		return lab_in_net(run, node->name, xlat_work, &work, err);
	case LAB_SCRIPT_SET:
		return lab_script_set(run, step->lab, link,
				      step->old == SIZE_MAX ? NULL :
				      &from->links[step->old], err);
	case LAB_EVENTS_ADD:
		return lab_play_start(run, step->lab, err);
	case LAB_EVENTS_DEL:
		return lab_play_end(run, step->lab, err);
	default:
		return do_service(run, step, err);
	}
}

static struct lab_place step_place(const struct lab_step *step)
{
	const struct lab_node *node = &step->lab->nodes[step->node];

	if (step->link != SIZE_MAX)
		return step->lab->links[step->link].place;
	switch (step->verb) {
	case LAB_EVENTS_ADD:
		return step->lab->events[0].place;
	case LAB_ROUTE_ADD:
		return node->routes[step->item].place;
	case LAB_SYSCTL_SET:
		return node->sysctls.list[step->item].place;
	case LAB_FILE_SET:
		return node->files.list[step->item].place;
	case LAB_SERVICE_ADD:
		return (step->daemon ? node->frr.list :
			node->services.list)[step->item].place;
	default:
		return node->place;
	}
}

int lab_step(struct lab_run *run, const struct lab_step *step,
	     const struct lab *from, struct nlab_err *err)
{
	run->step = step;
	return do_step(run, step, from, err);
}

void lab_step_blame(const struct lab_step *step, const struct lab *from,
		    struct nlab_err *err)
{
	char what[NLAB_PLACE] = "", text[NLAB_ERR_TEXT];
	struct lab_place place;
	FILE *file;

	file = fmemopen(what, sizeof(what) - 1, "w");
	if (file) {
		lab_step_print(file, step, from);
		fclose(file);
	}
	what[strcspn(what, "\n")] = '\0';
	snprintf(text, sizeof(text), "%s", err->text);
	snprintf(err->text, sizeof(err->text), "%.300s: %.600s",
		 *what ? what + 2 : "", text);
	place = step_place(step);
	snprintf(err->place, sizeof(err->place), "%s:%u:%u", step->lab->path,
		 place.line, place.column);
}
