// SPDX-License-Identifier: GPL-2.0
/* Settings and counters of the kernel. */
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <string.h>

#include "attr.h"
#include "names-gen.h"
#include "sock.h"

static int read_xlat(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == NLAB_A_XLAT)
			nlab_get_xlat(arg, attr);
	return 0;
}

int nlab_xlat_get(struct nlab *nl, struct nlab_xlat *xlat, struct nlab_err *err)
{
	memset(xlat, 0, sizeof(*xlat));
	return nlab_talk(nl, nlab_request(nl, NLAB_CMD_XLAT_GET), read_xlat,
			 xlat, err);
}

int nlab_xlat_set(struct nlab *nl, const struct nlab_xlat *xlat,
		  struct nlab_err *err)
{
	struct nlmsghdr *nlh = nlab_request(nl, NLAB_CMD_XLAT_SET);

	nlab_put_xlat(nlh, xlat);
	return nlab_talk(nl, nlh, NULL, NULL, err);
}

static int read_stats(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == NLAB_A_STATS)
			nlab_get_stats(arg, attr);
	return 0;
}

int nlab_stats_get(struct nlab *nl, struct nlab_stats *stats,
		   struct nlab_err *err)
{
	memset(stats, 0, sizeof(*stats));
	return nlab_talk(nl, nlab_request(nl, NLAB_CMD_STATS_GET), read_stats,
			 stats, err);
}

const char *nlab_stats_name(unsigned int number)
{
	return nlab_stats_names[number];
}
