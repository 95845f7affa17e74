// SPDX-License-Identifier: GPL-2.0
/* Commands from a file, over one connection. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

/* Takes the next word out of *from, in place: quotes and backslashes as in a
 * shell, without expansions. Returns NULL at the end or on an open quote.
 */
static char *next_word(char **from, bool *open)
{
	char *in = *from + strspn(*from, " \t\r\n"), *out = in, *word = in;
	char quote = 0;

	if (!*in || *in == '#')
		return NULL;
	for (; *in && (quote || !strchr(" \t\r\n", *in)); in++) {
		if (quote ? *in == quote : *in == '"' || *in == '\'') {
			quote = quote ? 0 : *in;
		} else {
			if (*in == '\\' && quote != '\'' && in[1])
				in++;
			*out++ = *in;
		}
	}
	*open = quote;
	*from = *in ? in + 1 : in;
	*out = '\0';
	return *open ? NULL : word;
}

int batch_words(char *line, char **argv, struct nlab_err *err)
{
	bool open = false;
	int argc = 0;
	char *word;

	while ((word = next_word(&line, &open))) {
		if (argc == BATCH_WORDS)
			return nlab_fail(err, NLAB_FAULT_INPUT, E2BIG,
					 "too many words");
		argv[argc++] = word;
	}
	argv[argc] = NULL;
	if (open)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "quote is not closed");
	return argc;
}

static int run_line(struct ctx *ctx, char *line)
{
	char *argv[BATCH_WORDS + 1];
	int argc = batch_words(line, argv, &ctx->err);

	return argc > 0 ? ctx_run(ctx, argc, argv) : argc;
}

void blame_line(struct nlab_err *err, const char *path, unsigned int line)
{
	char text[NLAB_PLACE + NLAB_ERR_TEXT + 2];

	if (err->place[0]) {
		snprintf(text, sizeof(text), "%s: %s", err->place, err->text);
		snprintf(err->text, sizeof(err->text), "%.*s",
			 (int)sizeof(err->text) - 1, text);
	}
	snprintf(err->place, sizeof(err->place), "%s:%u", path, line);
}

int batch_run(struct ctx *ctx, const char *path)
{
	bool input = !strcmp(path, "-");
	FILE *file = input ? stdin : fopen(path, "re");
	unsigned int number = 0;
	char *line = NULL;
	size_t room = 0;
	int ret = 0;

	if (!file)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, errno,
				 "can't open '%s': %s", path, strerror(errno));
	ctx->batch = true;
	ctx->input_used = input;
	while (!ret && getline(&line, &room, file) >= 0) {
		number++;
		ret = run_line(ctx, line);
		if (ret < 0)
			blame_line(&ctx->err, input ? "stdin" : path, number);
	}
	if (!ret && ferror(file))
		ret = nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EIO,
				"can't read '%s'", path);
	free(line);
	if (!input)
		fclose(file);
	return ret;
}
