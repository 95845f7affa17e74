// SPDX-License-Identifier: GPL-2.0
/* Usage, from the same tables that the program works with. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"

enum {
	COLUMN = 36,
};

static void print_setting(FILE *file, enum nlab_key key)
{
	const char *const *word = nlab_key_words(key);
	const char *placeholder = nlab_key_placeholder(key);
	const char *bar = "";

	fprintf(file, "  %-20s ", nlab_key_name(key));
	if (placeholder) {
		fputs(placeholder, file);
		bar = "|";
	}
	for (; *word; word++) {
		fprintf(file, "%s%s", bar, *word);
		bar = "|";
	}
	fputc('\n', file);
}

static void print_settings(FILE *file)
{
	unsigned int key;

	fputs("KEY VALUE of set-xlat:\n", file);
	for (key = 0; key < NLAB_KEYS; key++)
		print_setting(file, key);
}

/* Of both directions, or of that which "dir" named before. */
static void print_link_keys(FILE *file)
{
	unsigned int key;

	fputs("KEY VALUE of add-link and set-link:\n", file);
	fprintf(file, "  %-20s %s\n  %-20s %s\n  %-20s %s\n  %-20s %s\n",
		"owner", "NAME", "dir", "out|in|both",
		"schedule", "FILE|-|none", "trace", "FILE|-|none");
	for (key = 0; key < NLAB_LINK_KEYS; key++) {
		const char *const *word = nlab_link_key_words(key);
		const char *typed = nlab_link_key_placeholder(key);

		fprintf(file, "  %-20s %s", nlab_link_key_name(key),
			typed ? typed : "");
		for (; *word; word++)
			fprintf(file, "%s%s", typed || word !=
				nlab_link_key_words(key) ? "|" : "", *word);
		fputc('\n', file);
	}
}

static void print_announce_keys(FILE *file)
{
	unsigned int key;

	fputs("KEY VALUE of set-announce:\n", file);
	for (key = 0; key < NLAB_ANNOUNCE_KEYS; key++) {
		const char *const *word = nlab_announce_key_words(key);
		const char *typed = nlab_announce_key_placeholder(key);

		fprintf(file, "  %-20s %s", nlab_announce_key_name(key),
			typed ? typed : "");
		for (; *word; word++)
			fprintf(file, "%s%s", typed || word !=
				nlab_announce_key_words(key) ? "|" : "",
				*word);
		fputc('\n', file);
	}
}

static void print_command(FILE *file, const struct command *cmd)
{
	int used = fprintf(file, "  %s %s", cmd->name, cmd->args);

	fprintf(file, "%*s%s\n", used < COLUMN ? COLUMN - used : 1, "",
		cmd->help);
}

void help_usage(FILE *file)
{
	const struct option_desc *opt;
	const struct command *cmd;

	fputs("usage: nlabctl [OPTIONS] COMMAND [ARGUMENT]...\n"
	      "       nlabctl [OPTIONS] -b FILE\n"
	      "COMMAND:\n", file);
	for (cmd = command_table; cmd->name; cmd++)
		print_command(file, cmd);
	print_settings(file);
	print_link_keys(file);
	print_announce_keys(file);
	fputs("OPTIONS:\n", file);
	for (opt = option_table; opt->name; opt++) {
		int used = fprintf(file, "  -%c, --%s%s%s", opt->letter,
				   opt->name, opt->arg ? " " : "",
				   opt->arg ? opt->arg : "");

		fprintf(file, "%*s%s\n", COLUMN - used, "", opt->help);
	}
}

/* One keyword a line, with its kind, for completion and for the tests. */
static void print_keywords(void)
{
	const struct option_desc *opt;
	const struct command *cmd;
	unsigned int key;

	for (cmd = command_table; cmd->name; cmd++)
		printf("command %s %s\n", cmd->name, cmd->args);
	for (opt = option_table; opt->name; opt++)
		printf("option -%c --%s%s%s\n", opt->letter, opt->name,
		       opt->arg ? " " : "", opt->arg ? opt->arg : "");
	for (key = 0; key < NLAB_KEYS; key++) {
		const char *const *word = nlab_key_words(key);

		printf("setting %s", nlab_key_name(key));
		for (; *word; word++)
			printf(" %s", *word);
		if (nlab_key_placeholder(key))
			printf(" %s", nlab_key_placeholder(key));
		putchar('\n');
	}
}

/* The same of links, with their words. */
static void print_link_keywords(void)
{
	unsigned int key;

	puts("link-key owner NAME\nlink-key dir out in both\n"
	     "link-key schedule none FILE\nlink-key trace none FILE");
	for (key = 0; key < NLAB_LINK_KEYS; key++) {
		const char *const *word = nlab_link_key_words(key);

		printf("link-key %s", nlab_link_key_name(key));
		for (; *word; word++)
			printf(" %s", *word);
		if (nlab_link_key_placeholder(key))
			printf(" %s", nlab_link_key_placeholder(key));
		putchar('\n');
	}
}

static void print_announce_keywords(void)
{
	unsigned int key;

	for (key = 0; key < NLAB_ANNOUNCE_KEYS; key++) {
		const char *const *word = nlab_announce_key_words(key);

		printf("announce-key %s", nlab_announce_key_name(key));
		for (; *word; word++)
			printf(" %s", *word);
		if (nlab_announce_key_placeholder(key))
			printf(" %s", nlab_announce_key_placeholder(key));
		putchar('\n');
	}
}

int cmd_help(struct ctx *ctx, int argc, char **argv)
{
	const struct command *cmd = command_table;
	const char *names[64];
	size_t i;

	if (!argc) {
		help_usage(stdout);
		return 0;
	}
	if (!strcmp(argv[0], "keywords")) {
		print_keywords();
		print_link_keywords();
		print_announce_keywords();
		return 0;
	}
	for (i = 0; cmd->name && strcmp(cmd->name, argv[0]); cmd++)
		names[i++] = cmd->name;
	names[i] = NULL;
	if (!cmd->name)
		return nlab_unknown(&ctx->err, "command", nlab_word(argv[0]),
				    names);
	printf("usage: nlabctl [OPTIONS] %s%s%s\n  %s\n", cmd->name,
	       *cmd->args ? " " : "", cmd->args, cmd->help);
	if (cmd->run == cmd_set_xlat)
		print_settings(stdout);
	if (cmd->run == cmd_add_link || cmd->run == cmd_set_link)
		print_link_keys(stdout);
	if (cmd->run == cmd_set_announce)
		print_announce_keys(stdout);
	return 0;
}
