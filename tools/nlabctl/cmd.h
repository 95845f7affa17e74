/* SPDX-License-Identifier: GPL-2.0 */
/* What the commands of nlabctl share. Commands know structs, words and output;
 * netlink is the library's.
 */
#ifndef NLABCTL_CMD_H
#define NLABCTL_CMD_H

#include <jansson.h>
#include <stdio.h>

#include "../lib/nlab.h"

/* args.c */

/**
 * struct options - What stands on the command line before or among the words.
 * @json: Print JSON.
 * @pretty: Print JSON with indentation.
 * @stats: Print counters too.
 * @quiet: Do not print what a command changed.
 * @metrics: Print metrics, as OpenMetrics text.
 * @older: In the older format of Prometheus.
 * @version: Print the version and end.
 * @help: Print the usage and end.
 * @netns: Network namespace, or NULL.
 * @batch: File with commands, or NULL.
 * @output: File to be replaced by the output, or NULL.
 * @all: All of them.
 * @dry_run: Print what would be changed.
 * @link: Kind of the links of a lab, or NULL.
 */
struct options {
	bool json;
	bool pretty;
	bool stats;
	bool quiet;
	bool metrics;
	bool older;
	bool version;
	bool help;
	const char *netns;
	const char *batch;
	const char *output;
	bool all;
	bool dry_run;
	const char *link;
};

/**
 * struct option_desc - An option.
 * @letter: Short form.
 * @name: Long form without its dashes.
 * @arg: Placeholder of its argument, or NULL.
 * @help: What it does.
 */
struct option_desc {
	char letter;
	const char *name;
	const char *arg;
	const char *help;
};

/* Ends with an entry without a name. */
extern const struct option_desc option_table[];

/**
 * options_parse() - Take the options out of the command line.
 * @opt: Result.
 * @argc: Number of words, updated.
 * @argv: Words; those that are no options remain.
 * @err: Reason of a failure.
 *
 * Return: 0 or -EINVAL.
 */
int options_parse(struct options *opt, int *argc, char **argv,
		  struct nlab_err *err);

/* main.c */

enum {
	EXIT_DONE = 0,
	EXIT_USAGE = 1,
	EXIT_REFUSED = 2,
	EXIT_ACCESS = 3,
	/* Of diff-maps, which is like diff(1). */
	EXIT_DIFFERENT = 1,
	EXIT_TROUBLE = 2,
};

/**
 * struct ctx - State of a run of nlabctl.
 * @opt: Options.
 * @nl: Connection, made by the first command that needs it.
 * @err: Reason of the last failure.
 * @batch: Commands come from a batch file.
 * @input_used: Standard input is being read already.
 * @status: Exit status if nothing fails.
 */
struct ctx {
	struct options opt;
	struct nlab *nl;
	struct nlab_err err;
	bool batch;
	bool input_used;
	int status;
};

/* Make sure that there is a connection. Returns 0 or a negative errno. */
int ctx_connect(struct ctx *ctx);

/* Run one command. Returns 0 or a negative errno with ctx->err filled. */
int ctx_run(struct ctx *ctx, int argc, char **argv);

/**
 * struct command - A command.
 * @name: Its name.
 * @args: Its arguments for the usage.
 * @min: Smallest number of arguments.
 * @max: Largest number of arguments, or -1.
 * @help: What it does.
 * @run: Does it; the arguments follow the name.
 */
struct command {
	const char *name;
	const char *args;
	int min;
	int max;
	const char *help;
	int (*run)(struct ctx *ctx, int argc, char **argv);
};

/* Ends with an entry without a name. */
extern const struct command command_table[];

/* map.c, load.c, diff.c, import.c, xlat.c, stats.c, link.c, links.c, lab*.c,
 * announce.c, monitor.c, help.c
 */
int cmd_add_map(struct ctx *ctx, int argc, char **argv);
int cmd_del_map(struct ctx *ctx, int argc, char **argv);
int cmd_show_maps(struct ctx *ctx, int argc, char **argv);
int cmd_flush_maps(struct ctx *ctx, int argc, char **argv);
int cmd_test_map(struct ctx *ctx, int argc, char **argv);
int cmd_load_maps(struct ctx *ctx, int argc, char **argv);
int cmd_diff_maps(struct ctx *ctx, int argc, char **argv);
int cmd_import_maps(struct ctx *ctx, int argc, char **argv);
int cmd_save_maps(struct ctx *ctx, int argc, char **argv);
int cmd_set_xlat(struct ctx *ctx, int argc, char **argv);
int cmd_show_xlat(struct ctx *ctx, int argc, char **argv);
int cmd_show_stats(struct ctx *ctx, int argc, char **argv);
int cmd_add_link(struct ctx *ctx, int argc, char **argv);
int cmd_add_links(struct ctx *ctx, int argc, char **argv);
int cmd_set_link(struct ctx *ctx, int argc, char **argv);
int cmd_del_link(struct ctx *ctx, int argc, char **argv);
int cmd_show_links(struct ctx *ctx, int argc, char **argv);
int cmd_check(struct ctx *ctx, int argc, char **argv);
int cmd_apply(struct ctx *ctx, int argc, char **argv);
int cmd_destroy(struct ctx *ctx, int argc, char **argv);
int cmd_show_lab(struct ctx *ctx, int argc, char **argv);
int cmd_exec(struct ctx *ctx, int argc, char **argv);
int cmd_shell(struct ctx *ctx, int argc, char **argv);
int cmd_run(struct ctx *ctx, int argc, char **argv);
int cmd_wait(struct ctx *ctx, int argc, char **argv);
int cmd_graph(struct ctx *ctx, int argc, char **argv);
int cmd_capture(struct ctx *ctx, int argc, char **argv);
int cmd_traffic(struct ctx *ctx, int argc, char **argv);
int cmd_report(struct ctx *ctx, int argc, char **argv);
int cmd_import_lab(struct ctx *ctx, int argc, char **argv);
int cmd_set_announce(struct ctx *ctx, int argc, char **argv);
int cmd_show_announce(struct ctx *ctx, int argc, char **argv);
int cmd_drain(struct ctx *ctx, int argc, char **argv);
int cmd_undrain(struct ctx *ctx, int argc, char **argv);
int cmd_monitor(struct ctx *ctx, int argc, char **argv);
int cmd_help(struct ctx *ctx, int argc, char **argv);

/* load.c: what reads map files, and the table */
/* Standard input, if that is the file, can be read once. */
int take_input(struct ctx *ctx, const char *path);
/* @set is to be freed in any case. */
int mapset_read(struct ctx *ctx, struct nlab_mapset *set, const char *path);
/* Maps and settings of one moment; @list is to be freed in any case. */
int state_get(struct ctx *ctx, struct nlab_list *list, struct nlab_xlat *xlat);

/* batch.c */

enum {
	BATCH_WORDS = 256,
};

/* Run the commands of a file, up to the first that fails. */
int batch_run(struct ctx *ctx, const char *path);
/* Split a line in place into at most BATCH_WORDS words and a NULL. Returns
 * their number, or a negative errno.
 */
int batch_words(char *line, char **argv, struct nlab_err *err);
/* Say where it happened; a file that the command read is named after it. */
void blame_line(struct nlab_err *err, const char *path, unsigned int line);

struct link_files;
/* link.c: a link of the words of add-link; @files is NULL if there may be none */
int link_take(struct nlab_link *link, struct link_files *files, int argc,
	      char **argv, struct nlab_err *err);

/* linksched.c */

/**
 * struct link_files - Those that the words of a command name.
 * @plan: Which direction has which.
 * @source: What was read of them.
 * @count: How many.
 * @input_used: The standard input is not there for them.
 */
struct link_files {
	struct nlab_link_plan plan;
	struct nlab_link_source source[2 * NLAB_LINK_SOURCES];
	unsigned int count;
	bool input_used;
};

/* Take the file @value or "-" for the directions of some bits; a schedule or
 * trace may be "none".
 */
int link_files_take(struct link_files *all, unsigned int ways,
		    enum nlab_link_source_kind kind, const char *value,
		    struct nlab_err *err);
void link_files_free(struct link_files *all);

/* metrics.c: counters as OpenMetrics text, of maps too with the option -s */
int show_metrics(struct ctx *ctx, const struct nlab_stats *stats);
/* The same, read and written at once, for nlab-exporter. */
int metrics_write(struct ctx *ctx, FILE *file);
typedef int metrics_writer(struct ctx *ctx, FILE *file, const void *arg);
/* Print what @writer writes, into the file of the option -o if there is one. */
int metrics_print(struct ctx *ctx, metrics_writer *writer, const void *arg);
/* What stands before the samples of a family; @unit may be NULL. */
void metrics_head(FILE *file, const struct ctx *ctx, const char *name,
		  const char *type, const char *unit, const char *help);
/* A label unless @value is NULL, *sep is '{' before the first. */
void metrics_label(FILE *file, const char *name, const char *value, char *sep);

/* linkmetrics.c: the same of links, with the histogram if -s is given */
int show_link_metrics(struct ctx *ctx, const struct nlab_link_list *list);

/* lab.c: apply a file, with values of its variables behind its name */
int lab_apply_file(struct ctx *ctx, int argc, char **argv);
/* Read it, see lab_read(). */
struct lab;
int lab_read_words(struct lab *lab, int argc, char **argv, char **text,
		   struct nlab_err *err);
int lab_destroy_name(struct ctx *ctx, const char *name);
/* A signal makes what is under way end in order. */
void lab_catch_signals(void);

/* help.c */
void help_usage(FILE *file);

/* out.c: JSON, one element at a time so that no list is kept twice */
void out_json(const struct ctx *ctx, json_t *value);
void out_list_begin(const struct ctx *ctx);
void out_list_item(const struct ctx *ctx, json_t *value, bool first);
void out_list_end(const struct ctx *ctx, bool empty);
/* Set a member of an object; a value that could not be made ends the program. */
void out_set(json_t *object, const char *key, json_t *value);
void out_set_text(json_t *object, const char *key, const char *text);
void out_set_number(json_t *object, const char *key, uint64_t number);

/* Objects that several commands print. */
json_t *json_map(const struct nlab_map *map);
json_t *json_entry(const struct nlab_entry *entry);
/* Adds which maps there are to an object. */
void json_identity(json_t *object, const struct nlab_identity *identity);
json_t *json_change(const struct nlab_change *change);
json_t *json_setting(const struct nlab_xlat *xlat, enum nlab_key key);
json_t *json_xlat(const struct nlab_xlat *xlat);
json_t *json_link(const struct nlab_link *link, bool stats);
/* @counts may be NULL. */
json_t *json_link_dir(const struct nlab_link_dir *dir,
		      const struct nlab_link_counts *counts);
json_t *json_progress(const struct nlab_link_progress *progress);
json_t *json_trace(const struct nlab_link_progress *progress);
void text_progress(const struct nlab_link_progress *progress);
json_t *json_announce(const struct nlab_announce *ann);
void text_announce_state(FILE *file, const struct nlab_announce *ann);
void text_link(const struct nlab_link *link, bool stats);
void text_map(FILE *file, const struct nlab_map *map);
void text_map_stats(FILE *file, const struct nlab_map_stats *stats);

#endif
