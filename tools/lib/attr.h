/* SPDX-License-Identifier: GPL-2.0 */
/* Between the structs of nlab.h and netlink attributes; private to the library.
 */
#ifndef NLAB_LIB_ATTR_H
#define NLAB_LIB_ATTR_H

#include "nlab.h"

struct nlattr;
struct nlmsghdr;

/* Bound of a map in a message, with its header and all attributes. */
#define NLAB_MAP_BYTES	80
/* Bound of a link. */
#define NLAB_LINK_BYTES	2048
/* Bound of a step of a schedule, with all parameters. */
#define NLAB_LINK_STEP_BYTES	1024

/* setting.c: attribute that stands for a setting, its first if it has two. */
unsigned int nlab_key_attr(enum nlab_key key);

/* link.c: a link of a request; descriptors of its namespaces, -1 for none */
void nlab_put_link(struct nlmsghdr *nlh, const struct nlab_link *link,
		   const int fds[2]);
/* One direction as attribute @type, nothing if no parameter is set. */
void nlab_put_link_dir(struct nlmsghdr *nlh, uint16_t type,
		       const struct nlab_link_dir *dir);
/* Of one direction; @counts and @progress may be NULL. */
void nlab_get_link_dir(struct nlab_link_dir *dir,
		       struct nlab_link_counts *counts,
		       struct nlab_link_progress *progress,
		       const struct nlattr *nest);
uint64_t nlab_get_number(const struct nlattr *attr);
/* linkplan.c */
void nlab_get_progress(struct nlab_link_progress *progress,
		       const struct nlattr *nest);
void nlab_get_trace(struct nlab_link_progress *progress,
		    const struct nlattr *nest);

/* attr.c: putting */
void nlab_put_map(struct nlmsghdr *nlh, const struct nlab_map *map);
/* The digest always, the version if there is one. */
void nlab_put_identity(struct nlmsghdr *nlh,
		       const struct nlab_identity *identity);
void nlab_put_addr(struct nlmsghdr *nlh, const struct nlab_prefix *addr);
void nlab_put_xlat(struct nlmsghdr *nlh, const struct nlab_xlat *xlat);

/* attr.c: getting; what the kernel did not send stays zero */
uint32_t nlab_get_u32(const struct nlattr *attr);
void nlab_get_addr(struct nlab_prefix *addr, const struct nlattr *attr);
void nlab_get_map(struct nlab_entry *entry, const struct nlattr *nest);
void nlab_get_xlat(struct nlab_xlat *xlat, const struct nlattr *nest);
/* Takes an attribute of the body if it is the version or the digest. */
void nlab_get_identity(struct nlab_identity *identity,
		       const struct nlattr *attr);
void nlab_get_stats(struct nlab_stats *stats, const struct nlattr *nest);
void nlab_get_link(struct nlab_link *link, const struct nlattr *nest);
void nlab_get_announce(struct nlab_announce *ann, const struct nlattr *nest);
void nlab_get_change(struct nlab_change *change, const struct nlmsghdr *nlh);

/**
 * nlab_attr_at() - Find the attribute of the message body at an offset.
 * @nlh: Message of the family.
 * @offset: Bytes from @nlh.
 * @index: Set to how many attributes of the same type stand before it.
 *
 * Return: the attribute that holds the offset, or NULL.
 */
const struct nlattr *nlab_attr_at(const struct nlmsghdr *nlh, uint32_t offset,
				  size_t *index);

/* The attribute inside @nest that holds the offset, or NULL. */
const struct nlattr *nlab_attr_inside(const struct nlmsghdr *nlh,
				      const struct nlattr *nest,
				      uint32_t offset);

/* Name of an attribute of the body, or if @nest of one inside @nest. */
const char *nlab_attr_name(const struct nlattr *nest, unsigned int type);

#endif
