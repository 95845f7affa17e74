// SPDX-License-Identifier: GPL-2.0
/* The state of a lab: a folder, locked, and a tmpfs on one inside it. The
 * tmpfs is private, so that namespaces can be mounted in it, and goes with all
 * that it holds at once.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../lib/import.h"
#include "sys.h"

enum {
	LOCK_WAIT_MS = 3000,
	LOCK_STEP_MS = 10,
};

volatile sig_atomic_t lab_stop;

int lab_sys_fail(struct nlab_err *err, const char *fmt, ...)
{
	char what[NLAB_ERR_TEXT / 2];
	int error = errno;
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	if (error != EPERM && error != EACCES)
		return nlab_fail(err, NLAB_FAULT_KERNEL, error, "%s: %s", what,
				 strerror(error));
	return nlab_fail(err, NLAB_FAULT_ACCESS, error, "%s: %s; %s", what,
			 strerror(error), lab_in_user_ns() ?
			 "a user namespace needs mounts and network of its own: unshare -Urnm" :
			 "labs need root, or a user namespace: unshare -Urnm");
}

const char *lab_path(char *buf, const struct lab_run *run, const char *fmt, ...)
{
	size_t used = (size_t)snprintf(buf, LAB_PATH, "%s/", run->dir);
	va_list args;

	va_start(args, fmt);
	vsnprintf(buf + used, LAB_PATH - used, fmt, args);
	va_end(args);
	return buf;
}

/* --- the lock --- */

static int no_lab(const char *name, struct nlab_err *err)
{
	char quoted[NLAB_QUOTED];

	return nlab_fail(err, NLAB_FAULT_INPUT, ENOENT,
			 "no lab %s ('nlabctl show-lab' lists them)",
			 nlab_quote(quoted, nlab_word(name)));
}

/* The name is part of paths. */
static bool good_name(const char *name)
{
	return *name && *name != '-' && strlen(name) < LAB_NAME &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
	       strlen(name);
}

/* Whoever held the lock before may have removed the folder. */
static bool still_there(int fd, const char *path)
{
	struct stat a, b;

	return !fstat(fd, &a) && !stat(path, &b) && a.st_ino == b.st_ino &&
	       a.st_dev == b.st_dev;
}

/* A service that has just been started holds the lock of an apply that was
 * killed, until its program begins; and others may be done soon.
 */
static bool take_lock(int fd)
{
	struct timespec step = { .tv_nsec = LOCK_STEP_MS * 1000000L };
	int waited;

	for (waited = 0; flock(fd, LOCK_EX | LOCK_NB); waited += LOCK_STEP_MS) {
		if (waited > LOCK_WAIT_MS || lab_stop)
			return false;
		nanosleep(&step, NULL);
	}
	return true;
}

static int lock_folder(struct lab_run *run, const char *path, bool make,
		       struct nlab_err *err)
{
	int ret = make ? lab_user_run(err) : 0;

	if (ret)
		return ret;
	for (;;) {
		if (make && ((mkdir("/run/nlab", 0755) && errno != EEXIST) ||
			     (mkdir(LAB_ROOT, 0755) && errno != EEXIST &&
			      errno != ENOENT) ||
			     (mkdir(path, 0755) && errno != EEXIST &&
			      errno != ENOENT)))
			return lab_sys_fail(err, "can't make %s", path);
		run->lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (run->lock < 0 && errno == ENOENT && make)
			continue;
		if (run->lock < 0)
			return errno == ENOENT ? no_lab(run->name, err) :
			       lab_sys_fail(err, "can't open %s", path);
		if (!take_lock(run->lock))
			return nlab_fail(err, NLAB_FAULT_KERNEL, EBUSY,
					 "another nlabctl works on lab '%s', try again when it is done",
					 run->name);
		if (still_there(run->lock, path))
			return 0;
		close(run->lock);
		run->lock = -1;
		if (!make)
			return no_lab(run->name, err);
	}
}

int lab_open(struct lab_run *run, const char *name, bool make, bool lock,
	     struct nlab_err *err)
{
	char path[LAB_PATH], word[NLAB_DEV_NAME];

	memset(run, 0, sizeof(*run));
	run->lock = run->host_net = run->host_uts = -1;
	run->host_mnt = run->base_mnt = run->proc = -1;
	if (!good_name(name))
		return no_lab(name, err);
	snprintf(run->name, sizeof(run->name), "%s", name);
	snprintf(path, sizeof(path), LAB_ROOT "/%s", run->name);
	snprintf(run->dir, sizeof(run->dir), LAB_ROOT "/%s/lab", run->name);
	if (lock) {
		int ret = lock_folder(run, path, make, err);

		if (ret)
			return ret;
	} else if (access(path, F_OK)) {
		return no_lab(name, err);
	}
	lab_note_read(run, "link", word, sizeof(word));
	run->veth = !strcmp(word, "veth+netem");
	lab_note_read(run, "cgroup", run->cgroup, sizeof(run->cgroup));
	return 0;
}

void lab_close(struct lab_run *run)
{
	int *fds[] = { &run->lock, &run->host_net, &run->host_uts,
		       &run->host_mnt, &run->base_mnt, &run->proc };
	size_t i;

	for (i = 0; i < sizeof(fds) / sizeof(*fds); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
	nlab_close(run->nl);
	run->nl = NULL;
	lab_conn_close(run, NULL);
	free(run->ifindex);
	run->ifindex = NULL;
}

/* --- the folder --- */

bool lab_state_there(const struct lab_run *run)
{
	char path[LAB_PATH];

	return !access(lab_path(path, run, "state"), F_OK);
}

int lab_state_make(struct lab_run *run, struct nlab_err *err)
{
	char path[LAB_PATH];

	if (mkdir(run->dir, 0755) && errno != EEXIST)
		return lab_sys_fail(err, "can't make %s", run->dir);
	if (mount("nlab", run->dir, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755"))
		return lab_sys_fail(err, "can't mount a tmpfs on %s", run->dir);
	if (mount(NULL, run->dir, NULL, MS_PRIVATE, NULL) ||
	    mkdir(lab_path(path, run, "nodes"), 0755) ||
	    mkdir(lab_path(path, run, "external"), 0755))
		return lab_sys_fail(err, "can't set up %s", run->dir);
	return lab_note_write(run, "state", "making", err);
}

int lab_state_remove(struct lab_run *run, struct nlab_err *err)
{
	char path[LAB_PATH];

	/* More than one if somebody was killed at the wrong moment. */
	while (!umount2(run->dir, MNT_DETACH | UMOUNT_NOFOLLOW))
		;
	snprintf(path, sizeof(path), LAB_ROOT "/%s", run->name);
	if ((rmdir(run->dir) && errno != ENOENT) ||
	    (rmdir(path) && errno != ENOENT))
		return lab_sys_fail(err, "can't remove %s", path);
	/* Not empty as long as there are others. */
	rmdir(LAB_ROOT);
	rmdir("/run/nlab");
	return 0;
}

/* --- files --- */

int lab_write(const char *path, const char *text, size_t len,
	      struct nlab_err *err)
{
	char temp[LAB_PATH + 8];
	int fd, ret = 0;

	snprintf(temp, sizeof(temp), "%s.new", path);
	fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return lab_sys_fail(err, "can't write %s", path);
	while (len) {
		ssize_t put = write(fd, text, len);

		if (put < 0)
			break;
		text += put;
		len -= (size_t)put;
	}
	if (len || rename(temp, path))
		ret = lab_sys_fail(err, "can't write %s", path);
	close(fd);
	return ret;
}

void lab_note_read(const struct lab_run *run, const char *name, char *buf,
		   size_t size)
{
	char path[LAB_PATH];
	int fd = open(lab_path(path, run, "%s", name), O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? 0 : read(fd, buf, size - 1);

	buf[got > 0 ? got : 0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	if (fd >= 0)
		close(fd);
}

int lab_note_write(const struct lab_run *run, const char *name,
		   const char *text, struct nlab_err *err)
{
	char path[LAB_PATH];

	return lab_write(lab_path(path, run, "%s", name), text, strlen(text),
			 err);
}

int lab_each(const char *dir, int (*take)(const char *name, void *arg),
	     void *arg)
{
	struct dirent **list;
	int count = scandir(dir, &list, NULL, alphasort), i, ret = 0;

	for (i = 0; i < count; i++) {
		if (!ret && list[i]->d_name[0] != '.')
			ret = take(list[i]->d_name, arg);
		free(list[i]);
	}
	if (count >= 0)
		free(list);
	return ret;
}

/* One file, so that nobody sees half of it: what the command line said of the
 * variables follows the text, behind a zero.
 */
int lab_state_write(const struct lab_run *run, const struct lab *lab,
		    const char *text, struct nlab_err *err)
{
	size_t len = strlen(text), more = lab->given.len;
	char path[LAB_PATH], *both = malloc(len + 1 + more);
	int ret;

	if (!both)
		return nlab_fail(err, NLAB_FAULT_KERNEL, ENOMEM,
				 "out of memory");
	memcpy(both, text, len + 1);
	memcpy(both + len + 1, lab->given.str, more);
	ret = lab_write(lab_path(path, run, "lab.yaml"), both,
			more ? len + 1 + more : len, err);
	free(both);
	return ret;
}

int lab_state_read(const struct lab_run *run, struct lab *lab, char **text,
		   struct nlab_err *err)
{
	struct nlab_word word, given = { 0 };
	char path[LAB_PATH];
	size_t len;
	int ret;

	memset(lab, 0, sizeof(*lab));
	*text = NULL;
	ret = nlab_file_read(lab_path(path, run, "lab.yaml"), text, &len, err);
	if (ret)
		return ret;
	word = nlab_word(*text);
	if (word.len < len)
		given = (struct nlab_word){ *text + word.len + 1,
					    len - word.len - 1 };
	return lab_parse(lab, path, word, given, err);
}

int lab_state_keep(const struct lab_run *run, struct nlab_err *err)
{
	char from[LAB_PATH], to[LAB_PATH];

	return link(lab_path(from, run, "lab.yaml"),
		    lab_path(to, run, "lab.old")) ?
	       lab_sys_fail(err, "can't make %s", to) : 0;
}

/* Needs no room. Of two names of one file nothing is renamed. */
void lab_state_settle(const struct lab_run *run, bool back)
{
	char from[LAB_PATH], to[LAB_PATH];

	lab_path(from, run, "lab.old");
	if (back && rename(from, lab_path(to, run, "lab.yaml")))
		return;
	unlink(from);
}

int lab_view_open(struct lab_view *view, const char *name, struct nlab_err *err)
{
	int ret;

	memset(view, 0, sizeof(*view));
	ret = lab_open(&view->run, name, false, false, err);
	return ret ? ret : lab_state_read(&view->run, &view->lab, &view->text,
					  err);
}

void lab_view_close(struct lab_view *view)
{
	lab_close(&view->run);
	lab_free(&view->lab);
	free(view->text);
}
