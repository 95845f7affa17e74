// SPDX-License-Identifier: GPL-2.0
/* Replacement of all maps at once, in batches. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <string.h>

#include "attr.h"
#include "sock.h"

enum {
	/* Large enough that system calls don't count, small enough that the
	 * kernel finds the memory for it.
	 */
	BATCH_BYTES = 49152,
};

/* Maps that wait for being sent. */
struct batch {
	struct nlab *nl;
	const struct nlab_mapset *set;
	struct nlmsghdr *nlh;
	size_t first;	/* number of the first map in the message */
	size_t count;
};

/* The kernel points into the nest of the map that is to blame. */
static void blame_map(const struct batch *batch, struct nlab_err *err)
{
	const struct nlattr *attr;
	size_t at = 0;

	if (!batch->nl->bad)
		return;
	attr = nlab_attr_at(batch->nlh, batch->nl->bad, &at);
	if (attr && mnl_attr_get_type(attr) == NLAB_A_MAP && at < batch->count)
		nlab_mapset_blame(batch->set,
				  batch->set->places[batch->first + at], err);
}

static int send_batch(struct batch *batch, struct nlab_err *err)
{
	int ret;

	if (!batch->count)
		return 0;
	ret = nlab_talk(batch->nl, batch->nlh, NULL, NULL, err);
	if (ret < 0)
		blame_map(batch, err);
	batch->count = 0;
	return ret;
}

static int add_map(struct batch *batch, size_t index, struct nlab_err *err)
{
	int ret;

	if (batch->count &&
	    batch->nlh->nlmsg_len + NLAB_MAP_BYTES > BATCH_BYTES) {
		ret = send_batch(batch, err);
		if (ret)
			return ret;
	}
	if (!batch->count) {
		batch->nlh = nlab_request(batch->nl, NLAB_CMD_LOAD_ADD);
		batch->first = index;
	}
	nlab_put_map(batch->nlh, &batch->set->maps[index]);
	batch->count++;
	return 0;
}

static int send_maps(struct nlab *nl, const struct nlab_mapset *set,
		     struct nlab_err *err)
{
	struct batch batch = { .nl = nl, .set = set };
	int ret = 0;
	size_t i;

	for (i = 0; !ret && i < set->count; i++)
		ret = add_map(&batch, i, err);
	return ret ? ret : send_batch(&batch, err);
}

static bool has_settings(const struct nlab_xlat *xlat)
{
	unsigned int key;

	for (key = 0; key < NLAB_KEYS; key++)
		if (xlat->key[key].set)
			return true;
	return false;
}

static void blame_setting(const struct nlab *nl, const struct nlmsghdr *nlh,
			  const struct nlab_mapset *set, struct nlab_err *err)
{
	const struct nlattr *attr = NULL;
	unsigned int key, type;
	size_t at;

	if (nl->bad)
		attr = nlab_attr_at(nlh, nl->bad, &at);
	if (attr)
		attr = nlab_attr_inside(nlh, attr, nl->bad);
	if (!attr)
		return;
	type = mnl_attr_get_type(attr);
	/* The length stands behind the address in both settings with two. */
	if (type == NLAB_A_XLAT_PREFIX_LEN ||
	    type == NLAB_A_XLAT_ERROR_POOL4_LEN)
		type--;
	for (key = 0; key < NLAB_KEYS; key++)
		if (nlab_key_attr(key) == type)
			nlab_mapset_blame(set, set->set_places[key], err);
}

static int read_change(const struct nlmsghdr *nlh, void *arg)
{
	nlab_get_change(arg, nlh);
	return 0;
}

static int commit(struct nlab *nl, const struct nlab_mapset *set,
		  struct nlab_change *change, struct nlab_err *err)
{
	struct nlmsghdr *nlh = nlab_request(nl, NLAB_CMD_LOAD_COMMIT);
	int ret;

	if (has_settings(&set->xlat))
		nlab_put_xlat(nlh, &set->xlat);
	nlab_put_identity(nlh, &set->identity);
	ret = nlab_talk(nl, nlh, read_change, change, err);
	if (ret < 0)
		blame_setting(nl, nlh, set, err);
	return ret;
}

int nlab_load(struct nlab *nl, const struct nlab_mapset *set,
	      struct nlab_change *change, struct nlab_err *err)
{
	struct nlab_err ignored;
	int ret;

	memset(change, 0, sizeof(*change));
	ret = nlab_talk(nl, nlab_request(nl, NLAB_CMD_LOAD_BEGIN), NULL, NULL,
			err);
	if (ret)
		return ret;
	ret = send_maps(nl, set, err);
	if (!ret)
		ret = commit(nl, set, change, err);
	/* The socket may be used again; a commit that failed may have ended
	 * the load already, so the answer says nothing.
	 */
	if (ret)
		nlab_talk(nl, nlab_request(nl, NLAB_CMD_LOAD_ABORT), NULL, NULL,
			  &ignored);
	return ret;
}
