/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NLAB_VERSION_H
#define NLAB_VERSION_H

#define NLAB_VERSION "0.1.0"

#endif
