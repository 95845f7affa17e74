// SPDX-License-Identifier: GPL-2.0
/* Lines of a JSON text. Pure. */
#include <string.h>
#include <strings.h>

#include "jsonline.h"

static const char *skip_space(const char *at)
{
	return at + strspn(at, " \t\r\n");
}

/* @at is at the opening quote; behind the closing one. */
static const char *skip_string(const char *at)
{
	for (at++; *at && *at != '"'; at++)
		if (*at == '\\' && at[1])
			at++;
	return *at ? at + 1 : at;
}

static const char *skip_value(const char *at)
{
	unsigned int depth = 0;

	do {
		if (*at == '"') {
			at = skip_string(at);
			continue;
		}
		if (*at == '{' || *at == '[')
			depth++;
		else if (*at == '}' || *at == ']')
			depth--;
		else if (!depth)
			return at + strcspn(at, ",]} \t\r\n");
		at++;
	} while (*at && depth);
	return at;
}

/* Of an object, the name of the next member. */
const char *nlab_json_next(const char *at)
{
	if (!at)
		return NULL;
	at = skip_space(skip_value(at));
	return *at == ',' ? skip_space(at + 1) : NULL;
}

const char *nlab_json_member(const char *at, const char *key)
{
	size_t len = strlen(key);

	at = at ? skip_space(at) : "";
	if (*at != '{')
		return NULL;
	at = skip_space(at + 1);
	while (at && *at == '"') {
		const char *name = at + 1, *end = skip_string(at);

		at = skip_space(skip_space(end) + 1);
		if ((size_t)(end - name) == len + 1 &&
		    !strncasecmp(name, key, len))
			return at;
		at = nlab_json_next(at);
	}
	return NULL;
}

const char *nlab_json_element(const char *at, size_t index)
{
	at = at ? skip_space(at) : "";
	if (*at != '[')
		return NULL;
	at = skip_space(at + 1);
	if (*at == ']')
		return NULL;
	while (at && index--)
		at = nlab_json_next(at);
	return at;
}

uint32_t nlab_json_line(const char *text, const char *at)
{
	uint32_t line = 1;

	if (!at)
		return 0;
	for (; text < at; text++)
		line += *text == '\n';
	return line;
}
