// SPDX-License-Identifier: GPL-2.0
/* Labs of an ordinary user, in a user namespace with mounts and network of its
 * own. What only the root of the machine can give is replaced: /run by an empty
 * one, control groups (group.c), the user frr by the root of the namespace. The
 * kernel lets each do what it may, so nothing here is a matter of trust.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys.h"

#define FRR_CONF	"/etc/frr"

/* Each node asks, and it does not change. */
bool lab_in_user_ns(void)
{
	unsigned long inside = 0, outside = 0, count = UINT32_MAX;
	static bool known, result;
	FILE *file;

	if (known)
		return result;
	file = fopen("/proc/self/uid_map", "re");
	if (file) {
		if (fscanf(file, "%lu %lu %lu", &inside, &outside, &count) != 3)
			count = 0;
		fclose(file);
	}
	known = true;
	result = inside || outside || count != UINT32_MAX;
	return result;
}

bool lab_groups_denied(void)
{
	FILE *file = fopen("/proc/self/setgroups", "re");
	bool denied = file && getc(file) == 'd';

	if (file)
		fclose(file);
	return denied;
}

int lab_user_run(struct nlab_err *err)
{
	if (!access("/run", W_OK) || !lab_in_user_ns())
		return 0;
	if (mount("nlab", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755"))
		return lab_sys_fail(err, "can't mount a /run of its own");
	return 0;
}

/* What is in a folder of the machine's /etc can't be changed by the root of a user
 * namespace, unless a folder of its own is laid over that.
 */
void lab_user_etc(struct lab_run *run, const struct lab_node *node)
{
	char path[LAB_PATH];
	size_t i;

	for (i = 0; i < node->files.count; i++) {
		const char *name = node->files.list[i].name;

		if (!strncmp(name, "/etc/", 5))
			lab_parents_make(lab_path(path, run, "nodes/%s%s",
						  node->name, name));
	}
}

/* The user that the daemons of FRR want to be is root. */
static int own_passwd(struct nlab_err *err)
{
	FILE *file = fopen("/etc/passwd", "re"), *copy;
	char *line = NULL, *text = NULL;
	size_t room = 0, size;
	int ret;

	copy = open_memstream(&text, &size);
	while (file && copy && getline(&line, &room, file) >= 0)
		fputs(strncmp(line, "frr:", 4) ? line : "frr:x:0:0::/:\n",
		      copy);
	free(line);
	if (file)
		fclose(file);
	if (!copy || fclose(copy) || !file)
		ret = lab_sys_fail(err, "can't copy /etc/passwd");
	else
		ret = lab_file_here("/etc/passwd", text, err);
	free(text);
	return ret;
}

/* Nobody but the user frr may even look into the folder of the machine. */
int lab_user_frr(struct lab_run *run, const char *name, struct nlab_err *err)
{
	char path[LAB_PATH];

	if (access(FRR_CONF, F_OK))
		return 0;
	if ((mkdir(lab_path(path, run, "nodes/%s/frr", name), 0755) &&
	     errno != EEXIST) ||
	    mount(path, FRR_CONF, NULL, MS_BIND, NULL))
		return lab_sys_fail(err, "node %s: can't mount its own " FRR_CONF,
				    name);
	return own_passwd(err);
}
