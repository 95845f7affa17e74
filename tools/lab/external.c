// SPDX-License-Identifier: GPL-2.0
/* Interfaces of the machine: lent to a lab, written down before they move, and
 * given back before the namespace goes that they are in.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../lib/sock.h"
#include "sys.h"

/* An interface of the machine moves into the node at the other end. */
int lab_external_take(struct lab_run *run, const struct lab *lab,
		      const struct lab_link *link, unsigned int out,
		      struct nlab_err *err)
{
	const struct lab_node *ext = &lab->nodes[link->end[out].node];
	const struct lab_end *end = &link->end[!out];
	const char *node = lab->nodes[end->node].name;
	char note[LAB_NODE_NAME + NLAB_DEV_NAME + 1], path[LAB_PATH];
	struct nlab *rt = NULL;
	int fd = -1, ret;

	snprintf(note, sizeof(note), "%s %s", node, end->dev);
	snprintf(path, sizeof(path), "external/%s", ext->interface);
	ret = lab_note_write(run, path, note, err);
	if (!ret)
		ret = nlab_netns_open(&fd, lab_path(path, run, "nodes/%s/net",
						    node), err);
	if (!ret)
		ret = nlab_open_route(&rt, err);
	if (!ret && !rtnl_index(rt, ext->interface, err))
		ret = nlab_fail(err, NLAB_FAULT_KERNEL, ENODEV,
				"no interface '%s' in this network namespace",
				ext->interface);
	if (!ret)
		ret = rtnl_move(rt, ext->interface, fd, end->dev, err);
	nlab_close(rt);
	if (fd >= 0)
		close(fd);
	return ret;
}

int lab_external_return(struct lab_run *run, const char *interface,
			struct nlab_err *err)
{
	char note[LAB_PATH], path[LAB_PATH], *dev;
	struct nlab *rt;
	int ret;

	snprintf(path, sizeof(path), "external/%s", interface);
	lab_note_read(run, path, note, sizeof(note));
	dev = strchr(note, ' ');
	if (!dev)
		return 0;
	*dev++ = '\0';
	lab_path(path, run, "nodes/%s/net", note);
	ret = lab_rt(run, note, &rt, err);
	if (!ret)
		ret = rtnl_move(rt, dev, run->host_net, interface, err);
	/* It never came, or went with the machine's hardware. */
	if (ret == -ENODEV || ret == -EINVAL || ret == -ENOENT)
		ret = 0;
	if (!ret)
		unlink(lab_path(path, run, "external/%s", interface));
	return ret;
}
