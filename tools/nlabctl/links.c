// SPDX-License-Identifier: GPL-2.0
/* add-links: many links at once. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "cmd.h"

/* Links of a file, and where they stand in it. */
struct plan {
	struct nlab_link_list list;
	unsigned int *line;
};

static int no_memory(struct ctx *ctx)
{
	return nlab_fail(&ctx->err, NLAB_FAULT_KERNEL, ENOMEM, "out of memory");
}

static int take_line(struct ctx *ctx, struct plan *plan, char *line,
		     unsigned int number)
{
	char *argv[BATCH_WORDS + 1];
	struct nlab_link *link;
	unsigned int *lines;
	int argc = batch_words(line, argv, &ctx->err);

	if (argc <= 0)
		return argc;
	if (argc < 2)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "something missing after '%s', expected: DEVICE[@NETNS] DEVICE[@NETNS] [KEY VALUE]...",
				 argv[0]);
	link = nlab_link_append(&plan->list);
	lines = reallocarray(plan->line, plan->list.room, sizeof(*lines));
	if (!link || !lines)
		return no_memory(ctx);
	plan->line = lines;
	lines[plan->list.count - 1] = number;
	return link_take(link, NULL, argc, argv, &ctx->err);
}

static int read_plan(struct ctx *ctx, struct plan *plan, FILE *file,
		     const char *name)
{
	unsigned int number = 0;
	char *line = NULL;
	size_t room = 0;
	int ret = 0;

	while (!ret && getline(&line, &room, file) >= 0) {
		ret = take_line(ctx, plan, line, ++number);
		if (ret < 0)
			blame_line(&ctx->err, name, number);
	}
	if (!ret && ferror(file))
		ret = nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EIO,
				"can't read '%s'", name);
	free(line);
	return ret;
}

/* Each namespace needs a descriptor. */
static void allow_files(void)
{
	struct rlimit limit;

	if (!getrlimit(RLIMIT_NOFILE, &limit)) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

int cmd_add_links(struct ctx *ctx, int argc, char **argv)
{
	bool input = !strcmp(argv[0], "-");
	const char *name = input ? "stdin" : argv[0];
	struct plan plan = { 0 };
	FILE *file;
	size_t bad;
	int ret;

	(void)argc;
	if (input && ctx->input_used)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "standard input is being read already, name a file");
	file = input ? stdin : fopen(name, "re");
	if (!file)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, errno,
				 "can't open '%s': %s", name, strerror(errno));
	ret = read_plan(ctx, &plan, file, name);
	if (!input)
		fclose(file);
	if (!ret)
		ret = ctx_connect(ctx);
	if (!ret) {
		allow_files();
		ret = nlab_link_add_all(ctx->nl, &plan.list, &bad, &ctx->err);
		if (ret && bad < plan.list.count)
			blame_line(&ctx->err, name, plan.line[bad]);
	}
	nlab_link_list_free(&plan.list);
	free(plan.line);
	return ret;
}
