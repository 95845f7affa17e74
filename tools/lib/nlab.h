/* SPDX-License-Identifier: GPL-2.0 */
/* Library of nlab's tools: the only place that speaks netlink for the family.
 *
 * Functions return 0 or a negative errno; the reason is then in their struct
 * nlab_err, ready to be shown. The library never prints, never exits and
 * keeps no state outside its objects. Netlink attributes stay inside.
 */
#ifndef NLAB_LIB_H
#define NLAB_LIB_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/nlab.h>

#include "announce.h"
#include "linksched.h"
#include "linktext.h"
#include "numbers.h"
#include "parse.h"

/* sock.c: connection to the family */

struct nlab;

/**
 * nlab_open() - Connect to the module in the namespace of the caller.
 * @nl: Result, to be given to nlab_close().
 * @err: Reason of a failure; NLAB_FAULT_ACCESS if there is no module.
 *
 * The kernel loads the module if it is installed and not loaded.
 *
 * Return: 0 or a negative errno.
 */
int nlab_open(struct nlab **nl, struct nlab_err *err);
/* The same, but a module that is not loaded stays so: for services. */
int nlab_open_loaded(struct nlab **nl, struct nlab_err *err);
void nlab_close(struct nlab *nl);

/* netns.c */

/**
 * nlab_netns_enter() - Move the calling thread to a network namespace.
 * @name: Name below /run/netns, path of a namespace, or process ID.
 * @err: Reason of a failure.
 *
 * Return: 0 or a negative errno.
 */
int nlab_netns_enter(const char *name, struct nlab_err *err);
/* Open a network namespace, named in the same way; @fd is to be closed. */
int nlab_netns_open(int *fd, const char *name, struct nlab_err *err);
/* Write the name below /run/netns of the namespace with an inode into
 * NLAB_NETNS_TEXT bytes, or the inode if it has none. Returns @buf.
 */
const char *nlab_netns_name(char *buf, uint32_t inode);
/* Inode of the namespace of the caller, 0 if that is not to be found out. */
uint32_t nlab_netns_self(void);

/* map.c: maps of the kernel */

/**
 * struct nlab_entry - A map of the kernel with its counters.
 * @map: The map.
 * @stats: Its counters.
 */
struct nlab_entry {
	struct nlab_map map;
	struct nlab_map_stats stats;
};

/**
 * struct nlab_list - Many of them.
 * @entry: The maps.
 * @count: Number of maps.
 * @room: Number of maps that there is memory for.
 * @mixed: The table changed during every attempt to read it; the list mixes
 *	states.
 */
struct nlab_list {
	struct nlab_entry *entry;
	size_t count;
	size_t room;
	bool mixed;
};

/**
 * struct nlab_change - What a change of many maps did.
 * @added: Number of maps added.
 * @removed: Number of maps removed.
 * @kept: Number of maps kept with their counters.
 * @identity: Which maps there are now.
 */
struct nlab_change {
	uint32_t added;
	uint32_t removed;
	uint32_t kept;
	struct nlab_identity identity;
};

/**
 * struct nlab_test - What an address is translated to.
 * @via: enum nlab_xlat_via.
 * @result: The other address; AF_UNSPEC if there is none.
 * @has_map: @map is valid.
 * @map: The map that did it.
 */
struct nlab_test {
	uint32_t via;
	struct nlab_prefix result;
	bool has_map;
	struct nlab_map map;
};

int nlab_map_add(struct nlab *nl, const struct nlab_map *map,
		 struct nlab_err *err);
/* Delete the map whose prefix of either side this is. */
int nlab_map_del(struct nlab *nl, const struct nlab_prefix *prefix,
		 struct nlab_err *err);
/* Get the map that covers the address, or if @exact whose prefix it is. */
int nlab_map_get(struct nlab *nl, const struct nlab_prefix *prefix, bool exact,
		 struct nlab_entry *entry, struct nlab_err *err);
/* Get all maps, in the order of the outside prefixes; @list is to be freed in
 * any case.
 */
int nlab_map_list(struct nlab *nl, struct nlab_list *list,
		  struct nlab_err *err);
void nlab_list_free(struct nlab_list *list);
/* Get up to @max maps with an IPv4 outside, those that the table has first,
 * and read no more of it. Returns how many, or a negative errno.
 */
int nlab_map_some(struct nlab_map *map, unsigned int max, struct nlab_err *err);
int nlab_map_flush(struct nlab *nl, struct nlab_change *change,
		   struct nlab_err *err);
int nlab_map_test(struct nlab *nl, const struct nlab_prefix *addr,
		  struct nlab_test *test, struct nlab_err *err);

/* load.c */

/**
 * nlab_load() - Replace all maps of the kernel at once.
 * @nl: Connection.
 * @set: The new maps and the settings that change with them.
 * @change: What it did.
 * @err: Reason of a failure, with the place of the map that is to blame.
 *
 * Return: 0 or a negative errno; then nothing changed.
 */
int nlab_load(struct nlab *nl, const struct nlab_mapset *set,
	      struct nlab_change *change, struct nlab_err *err);

/* xlat.c: settings and counters of the kernel */

/**
 * struct nlab_stats - Counters of the namespace.
 * @value: By number of the counter, from 1 to NLAB_A_STATS_MAX.
 * @has: The kernel told this one.
 */
struct nlab_stats {
	uint64_t value[NLAB_A_STATS_MAX + 1];
	bool has[NLAB_A_STATS_MAX + 1];
};

int nlab_xlat_get(struct nlab *nl, struct nlab_xlat *xlat,
		  struct nlab_err *err);
/* Change the settings that are set in @xlat. */
int nlab_xlat_set(struct nlab *nl, const struct nlab_xlat *xlat,
		  struct nlab_err *err);
int nlab_stats_get(struct nlab *nl, struct nlab_stats *stats,
		   struct nlab_err *err);
/* Name of a counter, as in the protocol's specification. */
const char *nlab_stats_name(unsigned int number);
/* Name of an enum nlab_xlat_via. */
const char *nlab_via_name(uint32_t via);

/* link.c: emulated links */

#define NLAB_LINK_OWNER	32
#define NLAB_NETNS_TEXT	256
#define NLAB_LATE_BUCKETS	32

/**
 * struct nlab_link_end - A device of a link.
 * @name: Its name.
 * @netns: For a new one, its namespace as in nlab_netns_enter(), or empty.
 * @ifindex: Its number.
 * @inode: Its namespace.
 */
struct nlab_link_end {
	char name[NLAB_DEV_NAME];
	char netns[NLAB_NETNS_TEXT];
	uint32_t ifindex;
	uint32_t inode;
};

/**
 * struct nlab_link_counts - Counters of one direction.
 * @value: By number, from NLAB_LINK_COUNT_FIRST to NLAB_LINK_COUNTS, but not
 *	NLAB_A_LINK_STATS_LATE.
 * @late: Histogram of the emulation error.
 */
#define NLAB_LINK_COUNT_FIRST	NLAB_A_LINK_STATS_PACKETS
#define NLAB_LINK_COUNTS	NLAB_A_LINK_STATS_MARKED
struct nlab_link_counts {
	uint64_t value[NLAB_LINK_COUNTS + 1];
	uint64_t late[NLAB_LATE_BUCKETS];
};

/**
 * struct nlab_link_progress - What a direction does by itself.
 * @steps: How many there are, 0 if there is no schedule.
 * @next: Number of the next, from 0 on; @steps if it is over.
 * @period: Nanoseconds, 0 if they do not begin again.
 * @wait: Nanoseconds until the next.
 * @laps: How many times all of them were taken.
 * @late: The longest time in ns by which one of them was late.
 * @dark: There is no carrier.
 * @paused: Everything waits.
 * @chances: How many opportunities the trace of the direction has, 0 if there
 *	is none.
 * @chance_rate: Their mean in bits a second.
 */
struct nlab_link_progress {
	uint32_t steps;
	uint32_t next;
	uint64_t period;
	uint64_t wait;
	uint64_t laps;
	uint64_t late;
	bool dark;
	bool paused;
	uint32_t chances;
	uint64_t chance_rate;
};

/**
 * struct nlab_link - A link.
 * @end: Its devices; that which was asked for, or was named first, is first.
 * @owner: Whom it belongs to, or empty.
 * @dir: From the first device to the second, and back.
 * @counts: Counters of these.
 * @progress: What they do by themselves.
 */
struct nlab_link {
	struct nlab_link_end end[2];
	char owner[NLAB_LINK_OWNER];
	struct nlab_link_dir dir[2];
	struct nlab_link_counts counts[2];
	struct nlab_link_progress progress[2];
};

/* Or is it the one direction of a queueing discipline (tc)? */
static inline bool nlab_link_has_peer(const struct nlab_link *link)
{
	return link->end[1].name[0];
}

/**
 * struct nlab_link_plan - What a link is to do by itself.
 * @given: This direction has a schedule.
 * @schedule: Its steps; NULL for none any more.
 * @trace_given: It has a trace.
 * @trace: Milliseconds of its opportunities; NULL for none any more.
 * @table: NLAB_LINK_KNOTS quantiles for the distribution table, or NULL.
 */
struct nlab_link_plan {
	bool given[2];
	const struct nlab_link_schedule *schedule[2];
	bool trace_given[2];
	const struct nlab_numbers *trace[2];
	const int32_t *table[2];
};

/* linksource.c: these as texts */

/**
 * enum nlab_link_source_kind - What a text is.
 * @NLAB_LINK_SCHEDULE: Steps, see nlab_schedule_parse().
 * @NLAB_LINK_TRACE: Opportunities in milliseconds.
 * @NLAB_LINK_TABLE: Deviations, as netem has them.
 */
enum nlab_link_source_kind {
	NLAB_LINK_SCHEDULE,
	NLAB_LINK_TRACE,
	NLAB_LINK_TABLE,
	NLAB_LINK_SOURCES,
};

/* By kind, ends with NULL. */
extern const char *const nlab_link_source_names[];

/**
 * struct nlab_link_source - What was read.
 * @schedule: Of a schedule.
 * @numbers: Of a trace or a table.
 * @table: Made of these.
 */
struct nlab_link_source {
	struct nlab_link_schedule schedule;
	struct nlab_numbers numbers;
	int32_t *table;
};

/**
 * nlab_link_source_parse() - Read a text.
 * @source: Result, zero before; to be freed by nlab_link_source_free() in any
 *	case.
 * @kind: What it is.
 * @name: Of the text, for errors; has to stay.
 * @text: The text.
 * @err: Reason of a failure, with its place.
 *
 * Return: 0 or a negative errno.
 */
int nlab_link_source_parse(struct nlab_link_source *source,
			   enum nlab_link_source_kind kind, const char *name,
			   struct nlab_word text, struct nlab_err *err);
void nlab_link_source_free(struct nlab_link_source *source);
/* Does the plan have one for direction @d? Of a table, "none" is no word. */
bool nlab_link_source_given(const struct nlab_link_plan *plan,
			    enum nlab_link_source_kind kind, unsigned int d);
/* Put it there; NULL is none any more. It has to stay as long as the plan. */
void nlab_link_source_give(struct nlab_link_plan *plan,
			   enum nlab_link_source_kind kind, unsigned int d,
			   const struct nlab_link_source *source);

/* linktable.c: what nlab_numbers_parse() expects of a table */
extern const struct nlab_numbers_form nlab_table_form;
enum {
	NLAB_LINK_KNOTS = 2048,
};
/* Make quantiles of it, to be freed; sorts the numbers. */
int nlab_table_make(int32_t **knots, struct nlab_numbers *numbers,
		    struct nlab_err *err);

/**
 * struct nlab_link_list - Many of them.
 * @link: The links.
 * @count: Number of links.
 * @room: Number of links that there is memory for.
 */
struct nlab_link_list {
	struct nlab_link *link;
	size_t count;
	size_t room;
};

/* linkplan.c: make a link, with schedules and traces, which may be to blame */
int nlab_link_add(struct nlab *nl, const struct nlab_link *link,
		  const struct nlab_link_plan *plan, struct nlab_err *err);

/**
 * nlab_link_add_all() - Make links, all or none, in one request.
 * @nl: Connection.
 * @list: Links; each needs up to two file descriptors if it names namespaces,
 *	one for each namespace in all.
 * @bad: Set to the index of the link that is to blame, or to @list->count.
 * @err: Reason of a failure.
 */
int nlab_link_add_all(struct nlab *nl, const struct nlab_link_list *list,
		      size_t *bad, struct nlab_err *err);
/* Change what is set in the link of its first device. */
int nlab_link_set(struct nlab *nl, const struct nlab_link *link,
		  struct nlab_err *err);
/* linkplan.c: the same, as nlab_link_add() */
int nlab_link_set_plan(struct nlab *nl, const struct nlab_link *link,
		       const struct nlab_link_plan *plan, struct nlab_err *err);
/* Delete the link of a device, or all of an owner; one of them is NULL. */
int nlab_link_del(struct nlab *nl, const char *name, const char *owner,
		  uint32_t *removed, struct nlab_err *err);
/* Get the link of a device, or all if @name is NULL; @list is to be freed in
 * any case.
 */
int nlab_link_list(struct nlab *nl, const char *name,
		   struct nlab_link_list *list, struct nlab_err *err);
/* Get all links of an owner, otherwise as nlab_link_list(). */
int nlab_link_owned(struct nlab *nl, const char *owner,
		    struct nlab_link_list *list, struct nlab_err *err);
/* Append a link, all zero. Returns NULL if there is no memory. */
struct nlab_link *nlab_link_append(struct nlab_link_list *list);
void nlab_link_list_free(struct nlab_link_list *list);
/* Name of a counter, as in the protocol's specification. */
const char *nlab_link_count_name(unsigned int number);

/* event.c */

/**
 * nlab_subscribe() - Have events of the namespace sent to a connection.
 * @nl: Connection, to be used for nothing else from then on.
 * @err: Reason of a failure.
 *
 * For those that wait for several things at once: the descriptor becomes
 * readable, nlab_discard() takes what came.
 *
 * Return: the descriptor, which belongs to @nl, or a negative errno.
 */
int nlab_subscribe(struct nlab *nl, struct nlab_err *err);
/* Takes all events that came; those of the announcement add to @reasons why
 * the node was withdrawn. Returns false if the module was unloaded.
 */
bool nlab_discard(struct nlab *nl, uint32_t *reasons);

/**
 * enum nlab_event_kind - What happened.
 * @NLAB_EVENT_MAP_ADD: A map was added.
 * @NLAB_EVENT_MAP_DEL: A map was deleted.
 * @NLAB_EVENT_MAPS: Many maps changed at once.
 * @NLAB_EVENT_XLAT: Settings changed.
 * @NLAB_EVENT_LINK: Parameters of a link changed.
 * @NLAB_EVENT_ANNOUNCE: Announcement changed, its settings or its state.
 * @NLAB_EVENT_LOST: Events came faster than they were read and are lost.
 */
enum nlab_event_kind {
	NLAB_EVENT_MAP_ADD,
	NLAB_EVENT_MAP_DEL,
	NLAB_EVENT_MAPS,
	NLAB_EVENT_XLAT,
	NLAB_EVENT_LINK,
	NLAB_EVENT_ANNOUNCE,
	NLAB_EVENT_LOST,
};

/**
 * struct nlab_event - Event; its kind says which other member is valid.
 * @kind: What happened.
 * @identity: Which maps there are after the request, if @entry is valid.
 * @entry: The map.
 * @change: Of many maps.
 * @xlat: All settings.
 * @link: The link.
 * @announce: The announcement.
 */
struct nlab_event {
	enum nlab_event_kind kind;
	struct nlab_identity identity;
	union {
		struct nlab_entry entry;
		struct nlab_change change;
		struct nlab_xlat xlat;
		struct nlab_link link;
		struct nlab_announce announce;
	};
};

/**
 * nlab_listen() - Report events until something fails.
 * @nl: Connection, used for nothing else from then on.
 * @ready: Called once when no event can be missed any more.
 * @report: Called for each event; a negative value ends it.
 * @arg: Handed to both.
 * @err: Reason of the end; NLAB_FAULT_ACCESS when the module was unloaded.
 *
 * Return: a negative errno, or what @report returned.
 */
int nlab_listen(struct nlab *nl, void (*ready)(void *arg),
		int (*report)(const struct nlab_event *event, void *arg),
		void *arg, struct nlab_err *err);

#endif
