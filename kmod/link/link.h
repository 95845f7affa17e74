/* SPDX-License-Identifier: GPL-2.0 */
/* Emulated links: what the module's entry knows of them. */
#ifndef NLAB_LINK_H
#define NLAB_LINK_H

int link_init(void);
void link_exit(void);

#endif
