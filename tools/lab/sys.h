/* SPDX-License-Identifier: GPL-2.0 */
/* The half of the labs that touches the system.
 *
 * All that there is of a lab belongs to one of four owners, which is how
 * "destroy" finds it without names: the tmpfs mounted on DIR (files, and the
 * mounts that keep namespaces alive), the control group (processes), the
 * owner of links in the module, and the namespaces themselves (addresses,
 * routes, other devices). What needs an entry elsewhere, in /run/netns or an
 * interface of the machine, is written down in DIR before it is made.
 */
#ifndef NLAB_LAB_SYS_H
#define NLAB_LAB_SYS_H

#include <limits.h>
#include <signal.h>

#include "lab.h"

#define LAB_ROOT	"/run/nlab/labs"
#define LAB_PATH	512
#define LAB_NETNS_DIR	"/run/netns"

/**
 * struct lab_run - Lab of this machine that is being worked on.
 * @name: Its name.
 * @dir: Its state: lab.yaml, state, hosts, nodes/NODE/, external/INTERFACE.
 * @cgroup: Its control group, or below @dir, its IPC namespaces (group.c).
 * @lock: Folder that is locked, or -1.
 * @nl: The module, NULL when links are veth pairs.
 * @veth: They are.
 * @host_net: Namespaces of the machine, -1 when not open.
 * @base_mnt: What the mount namespaces of nodes begin with.
 * @proc: A mount of proc for sysctls, and for how many more.
 * @names: The folder of ip-netns(8) is ready.
 * @again: What is there already, or gone already, is no error.
 * @collect: Requests to nodes are collected, for lab_flush(), and the answers
 *	of programs that begin, for lab_hear_all().
 * @begun: These programs, and how many.
 * @gate: A pipe, if @gated: they run when it is closed.
 * @conns: Connections to the nodes, by name; @conn_list all of them.
 * @step: What is being done, or what has failed.
 * @ifindex: Of the ends of links of the new lab, two a link, 0 if not known,
 *	or NULL.
 */
struct lab_run {
	char name[LAB_NAME];
	char dir[LAB_PATH / 4];
	char cgroup[LAB_PATH];
	int lock;
	struct nlab *nl;
	bool veth;
	int host_net, host_uts, host_mnt, base_mnt, proc;
	unsigned int proc_left;
	bool names;
	bool again, collect, gated;
	struct lab_begun *begun;
	unsigned int begun_count;
	int gate[2];
	void *conns;
	struct lab_conn *conn_list;
	const struct lab_step *step;
	unsigned int *ifindex;
};

/* Set by a signal: undo what was done and end. */
extern volatile sig_atomic_t lab_stop;

/* Fill an error with errno; returns the negative errno. */
int lab_sys_fail(struct nlab_err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* state.c: the folder of a lab */

/**
 * lab_open() - Find a lab, and lock it.
 * @run: Result, to be closed in any case.
 * @make: Make its folder when there is none.
 * @lock: Lock it; a lab that is only looked at needs no lock.
 *
 * Return: 0, -ENOENT if there is no such lab, or another negative errno.
 */
int lab_open(struct lab_run *run, const char *name, bool make, bool lock,
	     struct nlab_err *err);
void lab_close(struct lab_run *run);
/* Mount the state folder. */
int lab_state_make(struct lab_run *run, struct nlab_err *err);
bool lab_state_there(const struct lab_run *run);
/* Remove what is left of the folder and what stands around it. */
int lab_state_remove(struct lab_run *run, struct nlab_err *err);
/* A path in the state folder, of LAB_PATH bytes. */
const char *lab_path(char *buf, const struct lab_run *run, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Replace a file at once. */
int lab_write(const char *path, const char *text, size_t len,
	      struct nlab_err *err);
/* First line of a file of the state, or "". */
void lab_note_read(const struct lab_run *run, const char *name, char *buf,
		   size_t size);
int lab_note_write(const struct lab_run *run, const char *name,
		   const char *text, struct nlab_err *err);
/* Call for each entry of a folder; a missing folder has none. */
int lab_each(const char *dir, int (*take)(const char *name, void *arg),
	     void *arg);
/* Write down what was applied, at once. */
int lab_state_write(const struct lab_run *run, const struct lab *lab,
		    const char *text, struct nlab_err *err);
/* Keep what was written down, and at the end forget it, or put it back. */
int lab_state_keep(const struct lab_run *run, struct nlab_err *err);
void lab_state_settle(const struct lab_run *run, bool back);
/* Read the lab as it was last applied; the text is to be freed. */
int lab_state_read(const struct lab_run *run, struct lab *lab, char **text,
		   struct nlab_err *err);

/**
 * struct lab_view - A lab that is looked at.
 * @text: Its file.
 */
struct lab_view {
	struct lab_run run;
	struct lab lab;
	char *text;
};

/* Read it; to be closed in any case. */
int lab_view_open(struct lab_view *view, const char *name,
		  struct nlab_err *err);
void lab_view_close(struct lab_view *view);

/* node.c: namespaces */
int lab_spaces_open(struct lab_run *run, struct nlab_err *err);
/* A namespace of the caller. */
int lab_space_open(const char *name);
/* Mount it in the folder of a node. */
int lab_space_keep(struct lab_run *run, const char *node, const char *space,
		   const char *source, struct nlab_err *err);
int lab_node_make(struct lab_run *run, const struct lab_node *node,
		  struct nlab_err *err);
int lab_node_remove(struct lab_run *run, const char *name,
		    struct nlab_err *err);
/* Only its entry in /run/netns. */
void lab_netns_remove(struct lab_run *run, const char *name);
/* Enter a node for good: all namespaces, and a control group of it, if @group
 * is not NULL.
 */
int lab_node_enter(struct lab_run *run, const char *name, const char *group,
		   struct nlab_err *err);
/* Do something in the network of a node. */
int lab_in_net(struct lab_run *run, const char *name,
	       int (*work)(void *arg, struct nlab_err *err), void *arg,
	       struct nlab_err *err);
/* Do something where the processes of a node are. */
int lab_in_node(struct lab_run *run, const char *name,
		int (*work)(void *arg, struct nlab_err *err), void *arg,
		struct nlab_err *err);

/* inside.c: what processes of a node see; made when there is none yet. */
int lab_inside_make(struct lab_run *run, const char *name,
		    struct nlab_err *err);

/* conn.c: rtnetlink in the nodes */

/* Connection of a node, kept until lab_conn_close(). */
int lab_rt(struct lab_run *run, const char *name, struct nlab **rt,
	   struct nlab_err *err);
/* The same from inside its namespace, when it has none yet. */
int lab_rt_here(struct lab_run *run, const char *name, struct nlab **rt,
		struct nlab_err *err);
/* Send what was collected; @run->step is what failed. */
int lab_flush(struct lab_run *run, struct nlab_err *err);
/* Of one node, or of all if @name is NULL; what was collected is forgotten. */
void lab_conn_close(struct lab_run *run, const char *name);
/* For a child: the limit of open files as it was. */
void lab_conn_limit_back(void);

/* file.c: sysctls and files of nodes */

/* In the namespace of the caller. */
int lab_sysctl_here(struct lab_run *run, const char *name, const char *text,
		    struct nlab_err *err);
int lab_sysctl(struct lab_run *run, const char *node, const char *name,
	       const char *text, struct nlab_err *err);
int lab_file_write(struct lab_run *run, const char *node, const char *path,
		   const char *text, bool frr, struct nlab_err *err);
int lab_file_delete(struct lab_run *run, const char *node, const char *path,
		    struct nlab_err *err);

/* Make the folders above a file. */
int lab_parents_make(const char *path);
/* Write one in the namespace of the caller. */
int lab_file_here(const char *path, const char *text, struct nlab_err *err);

/* user.c: labs of an ordinary user */

/* Before /etc of a node is mounted, and after it. */
void lab_user_etc(struct lab_run *run, const struct lab_node *node);
int lab_user_frr(struct lab_run *run, const char *name, struct nlab_err *err);

/* In a user namespace that is not the machine's? */
bool lab_in_user_ns(void);
/* Is it one that may not set groups? */
bool lab_groups_denied(void);
/* Mount a /run where there is none that this user may write to. */
int lab_user_run(struct nlab_err *err);

/* group.c: groups of processes */
int lab_group_make(struct lab_run *run, struct nlab_err *err);
/* The folder of a control group below that of the lab, which is made if needed;
 * @fd is -1 where there are no control groups.
 */
int lab_group_open(const struct lab_run *run, const char *node,
		   const char *service, int *fd, struct nlab_err *err);
/* Join such a group. */
int lab_group_join(const struct lab_run *run, const char *node,
		   const char *service, struct nlab_err *err);
/* Kill all that is in a group, "" for that of the lab, and remove it. */
int lab_group_kill(const struct lab_run *run, const char *below,
		   struct nlab_err *err);
/* Number of processes of a group and those below it. */
unsigned int lab_group_count(const struct lab_run *run, const char *below);

/* proc.c: processes */
int lab_service_start(struct lab_run *run, const struct lab_node *node,
		      const struct lab_pair *service, bool frr,
		      struct nlab_err *err);
/* Fork; @child returns only if it could not begin. What it writes goes to the
 * file @path, to which it is appended.
 */
int lab_spawn(const char *path, const char *what,
	      void (*child)(void *arg, int log, struct nlab_err *err),
	      void *arg, struct nlab_err *err);
/* Wait until all programs have begun that were started with @run->collect;
 * @run->step is what failed first.
 */
int lab_hear_all(struct lab_run *run, struct nlab_err *err);
/* Of the child: a session of its own, nothing of ours but the log, in no folder
 * that somebody may want to unmount.
 */
void lab_child_begin(int log);
/* Wait until zebra of a node answers. */
int lab_zebra_wait(struct lab_run *run, const struct lab_node *node,
		   struct nlab_err *err);
/* Is it in one of the folders of PATH? */
bool lab_program_there(const char *program);
/* Why tcpdump(8) can't run, or NULL. */
const char *lab_tcpdump_missing(void);
/* Is the program there that the lab needs? */
int lab_programs_check(const struct lab *lab, struct nlab_err *err);

/* play.c: what happens while the lab runs */

/* Control group of the process that waits for events, and its name. */
#define LAB_PLAY	"nlabctl.events"
int lab_play_start(struct lab_run *run, const struct lab *lab,
		   struct nlab_err *err);
/* End it, and the commands that it began, and mend the wires that it cut. */
int lab_play_end(struct lab_run *run, const struct lab *lab,
		 struct nlab_err *err);

/* traffic.c */

/**
 * struct lab_traffic_result - What iperf3(1) measured.
 * @sent: Bytes, @received those that arrived.
 * @seconds: How long.
 * @packets: Sent, of UDP, and @lost of these.
 * @jitter: Of UDP, in seconds (RFC 3550).
 * @retransmits: Of TCP.
 */
struct lab_traffic_result {
	uint64_t sent, received, packets, lost, retransmits;
	double seconds, jitter;
};

int lab_traffic(struct lab_run *run, const struct lab *lab,
		const struct lab_traffic *traffic,
		struct lab_traffic_result *result, struct nlab_err *err);
/* On one line. */
void lab_traffic_print(FILE *file, const struct lab_traffic *traffic,
		       const struct lab_traffic_result *result);

/* rtnl.c: devices, addresses, routes */
/* Cut the wire of a link of the module, or mend it. */
int rtnl_carrier(struct nlab *rt, const char *dev, bool on,
		 struct nlab_err *err);
int rtnl_up(struct nlab *rt, const char *dev, uint32_t mtu,
	    struct nlab_err *err);
int rtnl_delete(struct nlab *rt, const char *dev, struct nlab_err *err);
int rtnl_bridge(struct nlab *rt, const char *dev, struct nlab_err *err);
int rtnl_master(struct nlab *rt, const char *dev, const char *bridge,
		struct nlab_err *err);
/* Move a device to another namespace, where it has another name. */
int rtnl_move(struct nlab *rt, const char *dev, int netns, const char *name,
	      struct nlab_err *err);
int rtnl_veth(struct nlab *rt, const char *const devs[2], const int netns[2],
	      struct nlab_err *err);
/* @index is that of @dev, 0 if not known. */
int rtnl_addr(struct nlab *rt, const char *dev, unsigned int index,
	      const struct lab_addr *addr, bool add, struct nlab_err *err);
int rtnl_route(struct nlab *rt, const struct lab_route *route, bool add,
	       struct nlab_err *err);
unsigned int rtnl_index(struct nlab *rt, const char *dev,
			struct nlab_err *err);
/* Is the device up, with a carrier? */
bool rtnl_is_up(struct nlab *rt, const char *dev);
/* Is there an IPv6 address that can't be used yet? */
bool rtnl_is_tentative(struct nlab *rt);

/* Destinations in the main table. The digest is another when a route has
 * changed.
 */
struct rtnl_routes {
	struct nlab_prefix *list;
	size_t count, room;
	uint64_t digest;
};

/* @routes->list is to be freed in any case. */
int rtnl_list_routes(struct nlab *rt, sa_family_t family,
		     struct rtnl_routes *routes, struct nlab_err *err);

/* converged.c */
struct lab_aim;
/* What is to be reached, of the lab's memory. */
struct lab_aim *lab_aim(struct lab *lab);
/* Goes on with @node; false when it has no route to node @missing. Adds digests
 * of the routes of nodes that have all.
 */
bool lab_converged(struct lab_run *run, const struct lab_aim *aim, size_t *node,
		   size_t *missing, uint64_t *digest);

/* netem.c: what veth pairs can do of the parameters */
int netem_set(struct nlab *rt, const char *dev, const struct nlab_link_dir *dir,
	      struct nlab_err *err);
/* Name of the first parameter that netem has not, or NULL. */
const char *netem_lost(const struct nlab_link_dir *dir);

/* bulk.c */

/* Make the links of the first @count steps, all of them LAB_LINK_ADD, but for
 * those of the machine.
 */
int lab_links_make(struct lab_run *run, const struct lab_step *step,
		   size_t count, struct nlab_err *err);
/* Which end is an interface of the machine, or -1. */
int lab_external_end(const struct lab *lab, const struct lab_link *link);

/* apply.c, step.c */

/* By node, its address in the hosts of the others, of its loopback if that has
 * one, or NULL; to be freed.
 */
const struct lab_addr **lab_first_addrs(const struct lab *lab);

/**
 * lab_apply() - Make a lab, or change it to what the file says.
 * @run: Open and locked.
 * @lab: What shall be, @text its file.
 * @plan: The steps from what there is.
 * @from: What there is.
 *
 * When it fails all is as it was before.
 */
int lab_apply(struct lab_run *run, struct lab *lab, const char *text,
	      struct lab *from, const struct lab_plan *plan,
	      struct nlab_err *err);
int lab_step(struct lab_run *run, const struct lab_step *step,
	     const struct lab *from, struct nlab_err *err);
/* Set the parameters that @dir has, from @end and towards it, in a link. */
int lab_link_change(struct lab_run *run, struct lab *lab, size_t index,
		    const struct lab_end *end, const struct nlab_link_dir *dir,
		    struct nlab_err *err);
/* Say of an error which step it was, and where that stands in the file. */
void lab_step_blame(const struct lab_step *step, const struct lab *from,
		    struct nlab_err *err);
int lab_destroy(struct lab_run *run, struct nlab_err *err);
/* Owner of the links of a lab, of NLAB_LINK_OWNER bytes. */
const char *lab_owner(char *buf, const char *name);

/* script.c: what a link does by itself; only what is not so in @old, or all if
 * that is NULL.
 */
int lab_script_set(struct lab_run *run, const struct lab *lab,
		   const struct lab_link *link, const struct lab_link *old,
		   struct nlab_err *err);

/* external.c: end @out of a link is an interface of the machine. */
int lab_external_take(struct lab_run *run, const struct lab *lab,
		      const struct lab_link *link, unsigned int out,
		      struct nlab_err *err);
/* Give it back. */
int lab_external_return(struct lab_run *run, const char *interface,
			struct nlab_err *err);

#endif
