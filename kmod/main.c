// SPDX-License-Identifier: GPL-2.0
/* Module entry: the order in which the rooms come up and go down. */
#include <linux/module.h>
#include <linux/nlab.h>
#include <net/genetlink.h>

#include "announce/announce.h"
#include "link/link.h"
#include "netlink.h"
#include "version.h"
#include "xlat/xlat.h"

static int __init nlab_init(void)
{
	int err;

	/* before the translator, which tells it about itself */
	err = announce_init();
	if (err)
		return err;
	err = xlat_init();
	if (err)
		goto announce;
	err = link_init();
	if (err)
		goto xlat;
	err = nlab_netlink_init();
	if (err)
		goto link;
	return 0;
link:
	link_exit();
xlat:
	xlat_exit();
announce:
	announce_dev_exit();
	announce_exit();
	return err;
}

static void __exit nlab_exit(void)
{
	/* first of all withdraws the node, while it still translates */
	announce_dev_exit();
	nlab_netlink_exit();
	link_exit();
	xlat_exit();
	announce_exit();
}

module_init(nlab_init);
module_exit(nlab_exit);

MODULE_DESCRIPTION("Stateless IPv4/IPv6 translation and network laboratory");
MODULE_VERSION(NLAB_VERSION);
MODULE_LICENSE("GPL");
MODULE_ALIAS_GENL_FAMILY(NLAB_GENL_NAME);
