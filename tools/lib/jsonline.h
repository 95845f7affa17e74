/* SPDX-License-Identifier: GPL-2.0 */
/* Lines of a JSON text, which the parser does not keep; private to the
 * library.
 */
#ifndef NLAB_LIB_JSONLINE_H
#define NLAB_LIB_JSONLINE_H

#include <stddef.h>
#include <stdint.h>

/* All of these take text that the parser has accepted. */

/* The value of a member of the object at @at, NULL if there is none. */
const char *nlab_json_member(const char *at, const char *key);
/* The element of the array at @at, NULL if it has fewer. */
const char *nlab_json_element(const char *at, size_t index);
/* The element behind the one at @at, NULL behind the last. */
const char *nlab_json_next(const char *at);
/* The line of a place, from 1; 0 for NULL. */
uint32_t nlab_json_line(const char *text, const char *at);

#endif
