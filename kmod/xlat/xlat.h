/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Translator: the one header that others include. Prototypes stand under the
 * name of the file that defines them.
 *
 * Locking
 *   xlat_net.lock	serialises all changes of a namespace (process context)
 *   xlat_net.own_lock	own4 and own6 (inner, any context)
 *   xlat_counters.lock	slots of the counters (inner, any context, BH off)
 * The packet path takes neither: it reads xlat_net.view under RCU.
 */
#ifndef NLAB_XLAT_H
#define NLAB_XLAT_H

#include <linux/in6.h>
#include <linux/log2.h>
#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/nlab.h>
#include <linux/prefetch.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <linux/u64_stats_sync.h>
#include <linux/xarray.h>

#include "../core/stats.h"
#include "../pure/map_digest.h"

/* --- settings --- */

struct xlat_conf {
	struct in6_addr prefix;		/* RFC 6052 */
	struct in6_addr pool6;		/* RFC 6791; unspecified: none */
	__be32 pool4;			/* RFC 6791 */
	u8 prefix_len;			/* 0: none */
	u8 pool4_len;			/* 0: none */
	u8 mode;			/* enum nlab_xlat_mode */
	u8 udp_zero;			/* enum nlab_udp_zero */
	u8 hairpin;			/* enum nlab_hairpin */
	u8 pool4_select;		/* enum nlab_error_select */
	bool local;
	bool icmp_errors;
	bool wkp_strict;
	bool prefer_native;
	bool error_source;
	bool wkp;			/* the prefix is the Well-Known Prefix */
	u16 tos;			/* 0..255 or NLAB_TOS_COPY */
	u16 lowest_ipv6_mtu;
	s32 priority;
};

/* --- maps --- */

struct xlat_count {
	u64_stats_t packets[2];		/* [XLAT_IN], [XLAT_OUT] */
	u64_stats_t bytes[2];
	struct u64_stats_sync sync;
};

enum xlat_dir {
	XLAT_IN,			/* to the inside address */
	XLAT_OUT,			/* from the inside address */
};

/*
 * Unit of xlat_map.last: less than a tenth of a second, and so long that 32
 * bits of it last for years.
 */
#define XLAT_LAST_SHIFT	ilog2(HZ / 10)

/* A map is a cache line, and its address has bits to spare (xlat_lpm.c). */
#define XLAT_MAP_ALIGN	64

/**
 * struct xlat_map - one pair
 * @inside: inside prefix
 * @outside4: outside prefix of an IPv4<->IPv6 pair
 * @outside6: outside prefix of an IPv6<->IPv6 pair
 * @inside_len: length of @inside
 * @outside_len: length of the outside prefix
 * @nat66: @outside6 counts, not @outside4
 * @overlap: may lie inside or contain another map
 * @last: last use, jiffies >> XLAT_LAST_SHIFT, 0: never
 * @count: counters of the first processor, NULL in a table that is being
 *	loaded
 * @rcu: to free it
 * @next: while it is being loaded, the next in xlat_load.maps
 * @old: the same, the map of the old table whose counters it takes over
 */
struct xlat_map {
	struct in6_addr inside;
	union {
		__be32 outside4;
		struct in6_addr outside6;
	};
	u8 inside_len;
	u8 outside_len;
	bool nat66;
	bool overlap;
	u32 last;
	struct xlat_count *count;
	union {
		struct rcu_head rcu;
		struct {
			struct xlat_map *next;
			struct xlat_map *old;
		};
	};
} __aligned(XLAT_MAP_ALIGN);

/**
 * struct xlat_lpm - prefixes of one kind, found by longest match
 * @slots: all of them
 * @used: slots that are not empty, those of maps that are gone included
 * @maps: number of maps
 * @lens: lengths that occur
 * @uses: how often each occurs
 * @low: the addresses of all of them begin with no less than this,
 * @high: and with no more (xlat_head4(), xlat_head6())
 *
 * One exact look-up for each length that occurs, longest first: tables hold
 * hosts and few different lengths, and a hash costs the same for one entry as
 * for a million.
 */
struct xlat_lpm {
	struct xlat_slots __rcu *slots;
	u32 used;
	u32 maps;
	DECLARE_BITMAP(lens, 129);
	u32 uses[129];
	unsigned long low;
	unsigned long high;
};

enum {
	XLAT_OUT4,	/* IPv4 outside prefixes */
	XLAT_IN4,	/* their inside prefixes */
	XLAT_OUT6,	/* IPv6 outside prefixes (NAT66) */
	XLAT_IN6,	/* their inside prefixes */
	XLAT_LPMS,
};

/**
 * struct xlat_table - maps
 * @lpm: the maps by prefix
 * @maps: number of maps
 * @refs: view, and those who read it for longer
 * @digest: of the maps
 * @version: that whoever loaded them gave them; 0: none, or changed since
 */
struct xlat_table {
	struct xlat_lpm lpm[XLAT_LPMS];
	unsigned long changes;		/* grows after each, before maps go */
	u32 maps;
	refcount_t refs;
	struct map_digest digest;
	u64 version;
};

/* What the packet path sees; replaced as one. */
struct xlat_view {
	struct xlat_conf conf;
	struct xlat_table *table;
	unsigned long id;		/* another one for each view */
	struct rcu_head rcu;
};

/* --- namespace --- */

/* Blocks of per-CPU counters that have room. */
struct xlat_counters {
	spinlock_t lock;
	struct list_head partial;
};

/**
 * struct xlat_net - translator of a namespace
 * @net: the namespace
 * @view: settings and maps; never NULL
 * @stats: counters
 * @flows: remembered flows, there as long as the hooks are
 * @own4: an own IPv4 address of the node lies where packets are translated
 * @own6: the same for IPv6
 * @own_lock: orders updates of @own4 and @own6
 * @lock: serialises changes
 * @ops: the hooks
 * @counters: counters of the maps
 * @generation: number of changes
 * @loads: tables that are being loaded, by port of the socket
 */
struct xlat_net {
	struct net *net;
	struct xlat_view __rcu *view;
	struct nlab_stats __percpu *stats;
	struct xlat_flows __percpu *flows;
	bool own4;
	bool own6;
	spinlock_t own_lock;
	struct mutex lock;
	struct nf_hook_ops *ops;
	struct xlat_counters counters;
	u64 generation;
	struct xarray loads;
};

/* --- xlat_net.c --- */

/* The translator of @net, as long as the module is loaded. */
struct xlat_net *xlat_net(struct net *net);
int xlat_init(void);
void xlat_exit(void);
/* View for a holder of the lock. */
struct xlat_view *xlat_view_locked(struct xlat_net *xn);
/**
 * xlat_view_replace() - publish settings and table
 * @xn: translator, locked
 * @conf: new settings
 * @table: new table, or the present one; the reference goes to the view
 *
 * Registers or removes the hooks as needed. On error nothing has changed and
 * the reference stays with the caller.
 */
int xlat_view_replace(struct xlat_net *xn, const struct xlat_conf *conf,
		      struct xlat_table *table);
/* To be called after each change of maps: hooks, own addresses, version. */
int xlat_maps_changed(struct xlat_net *xn);
/* May the packet path need the hooks with these? */
bool xlat_is_active(const struct xlat_conf *conf,
		    const struct xlat_table *table);

/* --- xlat_table.c --- */

int xlat_map_cache_init(void);
void xlat_map_cache_exit(void);
/* An empty table with one reference. */
struct xlat_table *xlat_table_alloc(void);
struct xlat_table *xlat_table_get(struct xlat_table *table);
/*
 * Drops a reference; with the last one all maps go. No packet may see the
 * table any more. May sleep.
 */
void xlat_table_put(struct xlat_table *table);
/**
 * xlat_map_alloc() - a map that stands in no table
 * @tmpl: prefixes and flags, the rest zero
 */
struct xlat_map *xlat_map_alloc(const struct xlat_map *tmpl);
void xlat_map_free(struct xlat_map *map);
void xlat_map_free_rcu(struct xlat_map *map);
/**
 * xlat_table_add() - add a map
 * Return: 0, -EEXIST (outside prefix taken), -EADDRINUSE (inside prefix
 * taken), -ENOMEM.
 */
int xlat_table_add(struct xlat_table *table, struct xlat_map *map);
void xlat_table_del(struct xlat_table *table, struct xlat_map *map);
/* The map with the outside prefix of @map. Needs RCU or the lock. */
struct xlat_map *xlat_table_same(struct xlat_table *table,
				 const struct xlat_map *map);
/* A map inside or around @map that neither of them allows; NULL if none. */
struct xlat_map *xlat_table_overlap(struct xlat_table *table,
				    const struct xlat_map *map);
/* The same, but looks only for a map around @map. */
struct xlat_map *xlat_table_covering(struct xlat_table *table,
				     const struct xlat_map *map);

/* --- xlat_lpm.c --- */

int xlat_lpm_init(struct xlat_lpm *lpm);
void xlat_lpm_exit(struct xlat_lpm *lpm);
/* @map is not in it. Return: 0 or -ENOMEM. */
int xlat_lpm_add(struct xlat_table *table, unsigned int lpm,
		 struct xlat_map *map);
void xlat_lpm_del(struct xlat_table *table, unsigned int lpm,
		  const struct xlat_map *map);
/* Exact matches; need RCU or the lock. */
struct xlat_map *xlat_table_find4(struct xlat_table *table, __be32 addr,
				  u32 len);
struct xlat_map *xlat_table_find6(struct xlat_table *table, unsigned int lpm,
				  const struct in6_addr *addr, u32 len);
/* Longest matches among prefixes shorter than @below; need RCU or the lock. */
struct xlat_map *xlat_match4_below(struct xlat_table *table, __be32 addr,
				   unsigned int below);
struct xlat_map *xlat_match6_below(struct xlat_table *table, unsigned int lpm,
				   const struct in6_addr *addr,
				   unsigned int below);

/* What an address begins with, as much as fits into a word. */
static inline unsigned long xlat_head4(__be32 addr)
{
	return ntohl(addr);
}

static inline unsigned long xlat_head6(const struct in6_addr *addr)
{
#if BITS_PER_LONG == 64
	return (u64)ntohl(addr->s6_addr32[0]) << 32 |
	       ntohl(addr->s6_addr32[1]);
#else
	return ntohl(addr->s6_addr32[0]);
#endif
}

/*
 * Is the address among those that the prefixes lie between? Tells most of the
 * packets that are not ours from ours without a look-up.
 */
static inline bool xlat_spans(const struct xlat_lpm *lpm, unsigned long head)
{
	return head >= READ_ONCE(lpm->low) && head <= READ_ONCE(lpm->high);
}

static inline bool xlat_spans4(const struct xlat_table *table, __be32 addr)
{
	return xlat_spans(&table->lpm[XLAT_OUT4], xlat_head4(addr));
}

static inline bool xlat_spans6(const struct xlat_table *table,
			       unsigned int lpm, const struct in6_addr *addr)
{
	return xlat_spans(&table->lpm[lpm], xlat_head6(addr));
}

static inline struct xlat_map *xlat_match4(struct xlat_table *table,
					   __be32 addr)
{
	if (!xlat_spans4(table, addr))
		return NULL;
	return xlat_match4_below(table, addr, 33);
}

static inline struct xlat_map *xlat_match6(struct xlat_table *table,
					   unsigned int lpm,
					   const struct in6_addr *addr)
{
	if (!xlat_spans6(table, lpm, addr))
		return NULL;
	return xlat_match6_below(table, lpm, addr, 129);
}

/* A place among the maps of an lpm; all zero at the beginning. */
struct xlat_cursor {
	u32 id;
	u32 at;
	u32 rewinds;	/* how often a change has sent it back to the start */
};

/*
 * The map at @cursor or behind it, NULL at the end; the caller goes on with
 * @at plus one. Needs RCU or the lock.
 */
struct xlat_map *xlat_lpm_next(const struct xlat_lpm *lpm,
			       struct xlat_cursor *cursor);

static inline bool xlat_lpm_empty(const struct xlat_table *table,
				  unsigned int lpm)
{
	return !READ_ONCE(table->lpm[lpm].maps);
}

/* --- xlat_count.c --- */

/* What lies between the counters of a map for one processor and the next. */
enum { XLAT_COUNT_STEP = 4096 };

static inline struct xlat_count *xlat_count_of(struct xlat_count *first,
					       unsigned int cpu)
{
	return (void *)first + cpu * XLAT_COUNT_STEP;
}

void xlat_counters_init(struct xlat_counters *c);
/* Gives @map zeroed counters. Process context. Return: 0 or -ENOMEM. */
int xlat_count_alloc(struct xlat_counters *c, struct xlat_map *map);
/* The counters of @map will be written soon: a miss shall not be waited for. */
static inline void xlat_count_prefetch(const struct xlat_map *map)
{
	prefetchw(xlat_count_of(READ_ONCE(map->count), raw_smp_processor_id()));
}

/* Takes them back, when no packet can count there any more. */
void xlat_count_free(struct xlat_map *map);
/* Counts in @map, which may be NULL. Bottom halves off. */
void xlat_count(struct xlat_map *map, enum xlat_dir dir, u32 packets,
		u32 bytes);
struct xlat_count_sum {
	u64 packets[2];
	u64 bytes[2];
	u64 last_used;			/* ms ago; U64_MAX: never */
};
void xlat_count_sum(const struct xlat_map *map, struct xlat_count_sum *sum);

/* --- xlat_load.c --- */

/* A table that is being loaded, over several messages of one socket. */
struct xlat_load {
	struct xlat_table *table;
	struct xlat_map *maps;
};

struct xlat_load_result {
	u32 added, removed, kept;
	struct xlat_map *overlap;	/* with -EEXIST: what overlaps */
};

/* All need the lock. */
int xlat_load_begin(struct xlat_net *xn, u32 port);
struct xlat_load *xlat_load_find(struct xlat_net *xn, u32 port);
/* Result as of xlat_table_add(). */
int xlat_load_add(struct xlat_load *load, struct xlat_map *map);
/* Takes back the last map that was added. */
void xlat_load_undo(struct xlat_load *load);
void xlat_load_abort(struct xlat_net *xn, u32 port);
/**
 * xlat_load_commit() - replace all maps
 * @xn: translator, locked
 * @port: port of the socket that loaded; it has a load
 * @conf: settings to publish with them
 * @result: what changed
 *
 * Return: 0; on error nothing has changed and the load goes on.
 */
int xlat_load_commit(struct xlat_net *xn, u32 port,
		     const struct xlat_conf *conf,
		     struct xlat_load_result *result);
/* Throws away what a closed socket was loading. */
int xlat_load_init(void);
void xlat_load_exit(void);

/* --- xlat_addr.c --- */

/* Recomputes xn->own4 and xn->own6. Any context. */
void xlat_own_update(struct xlat_net *xn);
int xlat_addr_init(void);
void xlat_addr_exit(void);

/* --- xlat_flow.c --- */

int xlat_flows_init(struct xlat_net *xn);
/* No packet may be under way. */
void xlat_flows_exit(struct xlat_net *xn);

/* --- xlat_path.c --- */

/*
 * Fills @ops with the XLAT_HOOKS hooks of a namespace. @priority is that of
 * the ones at PRE_ROUTING.
 */
enum { XLAT_HOOKS = 4 };
void xlat_hooks_fill(struct xlat_net *xn, struct nf_hook_ops *ops,
		     s32 priority);

#endif
