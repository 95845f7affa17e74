// SPDX-License-Identifier: GPL-2.0
/* Options of the command line. They may stand before, among and after the
 * words of the command; names are exact, as all keywords are.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

const struct option_desc option_table[] = {
	{ 'j', "json", NULL, "print JSON" },
	{ 'p', "pretty", NULL, "indent JSON" },
	{ 's', "stats", NULL, "print counters too, or all of them" },
	{ 'm', "openmetrics", NULL, "print OpenMetrics text (show-stats, show-links)" },
	{ 'P', "prometheus", NULL, "the same in the older Prometheus format" },
	{ 'o', "output", "FILE", "replace FILE at once by this text" },
	{ 'n', "netns", "NETNS", "work in a network namespace: name, path or PID" },
	{ 'b', "batch", "FILE", "run the commands of FILE, - is standard input" },
	{ 'q', "quiet", NULL, "do not print what was changed" },
	{ 'a', "all", NULL, "all labs (destroy)" },
	{ 'd', "dry-run", NULL, "print what would be changed (apply)" },
	{ 'l', "link", "KIND", "links of a lab: nlink or veth+netem (apply)" },
	{ 'V', "version", NULL, "print the version" },
	{ 'h', "help", NULL, "print this" },
	{ 0 },
};

static void apply(struct options *opt, const struct option_desc *desc,
		  const char *arg)
{
	switch (desc->letter) {
	case 'j':
		opt->json = true;
		break;
	case 'p':
		opt->pretty = true;
		break;
	case 's':
		opt->stats = true;
		break;
	case 'm':
		opt->metrics = true;
		break;
	case 'P':
		opt->metrics = true;
		opt->older = true;
		break;
	case 'o':
		opt->output = arg;
		break;
	case 'n':
		opt->netns = arg;
		break;
	case 'b':
		opt->batch = arg;
		break;
	case 'q':
		opt->quiet = true;
		break;
	case 'a':
		opt->all = true;
		break;
	case 'd':
		opt->dry_run = true;
		break;
	case 'l':
		opt->link = arg;
		break;
	case 'V':
		opt->version = true;
		break;
	case 'h':
		opt->help = true;
		break;
	}
}

static int no_argument(const struct option_desc *desc, struct nlab_err *err)
{
	return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
			 "option --%s needs an argument: %s", desc->name,
			 desc->arg);
}

static int unknown_long(struct nlab_word word, struct nlab_err *err)
{
	const char *names[sizeof(option_table) / sizeof(option_table[0])];
	char quoted[NLAB_QUOTED];
	const char *near;
	size_t i;

	for (i = 0; option_table[i].name; i++)
		names[i] = option_table[i].name;
	names[i] = NULL;
	near = nlab_nearest(word, names);
	/* Quoted as it was typed, with the dashes before the name. */
	word.str -= 2;
	word.len += 2;
	nlab_quote(quoted, word);
	if (near)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "unknown option %s, did you mean '--%s'?",
				 quoted, near);
	return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL, "unknown option %s",
			 quoted);
}

/* --name, --name=argument or --name argument; next is NULL at the end. */
static int parse_long(struct options *opt, const char *text, const char *next,
		      bool *used_next, struct nlab_err *err)
{
	const struct option_desc *desc = option_table;
	const char *arg = strchr(text, '=');
	struct nlab_word name = nlab_word(text);

	if (arg)
		name.len = (size_t)(arg++ - text);
	while (desc->name && !nlab_word_is(name, desc->name))
		desc++;
	if (!desc->name)
		return unknown_long(name, err);
	if (!desc->arg && arg)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "option --%s has no argument", desc->name);
	if (desc->arg && !arg) {
		if (!next)
			return no_argument(desc, err);
		arg = next;
		*used_next = true;
	}
	apply(opt, desc, arg);
	return 0;
}

/* Letters after one dash; the argument of the last may follow at once. */
static int parse_short(struct options *opt, const char *text, const char *next,
		       bool *used_next, struct nlab_err *err)
{
	for (; *text; text++) {
		const struct option_desc *desc = option_table;

		while (desc->name && desc->letter != *text)
			desc++;
		if (!desc->name)
			return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
					 "unknown option -%c",
					 isprint((unsigned char)*text) ?
					 *text : '?');
		if (!desc->arg) {
			apply(opt, desc, NULL);
			continue;
		}
		*used_next = !text[1];
		if (*used_next && !next)
			return no_argument(desc, err);
		apply(opt, desc, *used_next ? next : text + 1);
		break;
	}
	return 0;
}

/* A lone dash is a file, and -450 a value. */
static bool is_option(const char *text)
{
	return text[0] == '-' && text[1] && !isdigit((unsigned char)text[1]);
}

/* Has the program that "exec NODE" runs begun? Its options are its own. */
static bool is_rest(int count, char **argv)
{
	return count > 2 && !strcmp(argv[0], "exec");
}

int options_parse(struct options *opt, int *argc, char **argv,
		  struct nlab_err *err)
{
	int in, out = 0, ret;

	memset(opt, 0, sizeof(*opt));
	for (in = 0; in < *argc; in++) {
		const char *next = in + 1 < *argc ? argv[in + 1] : NULL;
		bool used_next = false;

		if (is_rest(out, argv) || !is_option(argv[in])) {
			argv[out++] = argv[in];
			continue;
		}
		if (!strcmp(argv[in], "--")) {
			for (in++; in < *argc; in++)
				argv[out++] = argv[in];
			break;
		}
		if (argv[in][1] == '-')
			ret = parse_long(opt, argv[in] + 2, next, &used_next,
					 err);
		else
			ret = parse_short(opt, argv[in] + 1, next, &used_next,
					  err);
		if (ret)
			return ret;
		in += used_next;
	}
	*argc = out;
	argv[out] = NULL;
	return 0;
}
