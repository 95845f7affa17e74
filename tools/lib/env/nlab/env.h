/* SPDX-License-Identifier: GPL-2.0 */
/* The door of kmod/pure/ to the outside, for those files of it that the tools
 * share with the module.
 */
#ifndef NLAB_ENV_H
#define NLAB_ENV_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint64_t u64;

#endif
