/* SPDX-License-Identifier: Apache-2.0 */
/* Options as rows: see options.h. */
#include "cli/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/str.h"

const struct pl_option pl_opt_arch = {
	"arch", "NAME[/PROFILE]|FILE", false,
	"the reference architecture to judge by (default gitpod/requirements); `plumbline arch list`" };
const struct pl_option pl_opt_set = {
	"set", "PARAMETER=VALUE", true, "a parameter of the architecture, as ssh=false" };
const struct pl_option pl_opt_output = {
	"o", "FORMAT[=FILE]", true, "text (the default) or json, to stdout or to FILE; several at once" };
const struct pl_option pl_opt_output_file = {
	"o", "FILE", false, "write to FILE, which is never half written; default standard output" };
const struct pl_option pl_opt_fail_on = {
	"fail-on", "warning|unknown|never", true,
	"exit 4 when warnings failed, 5 when something is undecided; never: 0 instead of 3, 4, 5" };
const struct pl_option pl_opt_as = {
	"as", "eks|gke|aks|k3s", false, "say what the cluster is, where the sources do not" };
const struct pl_option pl_opt_as_of = {
	"as-of", "YYYY-MM-DD", false, "the day that the run is about (default today, UTC)" };
const struct pl_option pl_opt_join = {
	"join", "SOURCE=CLUSTER", true, "what SOURCE holds belongs to that cluster" };
const struct pl_option pl_opt_terraform = {
	"terraform", "PROGRAM", false, "shows binary plans (default terraform, else tofu)" };
const struct pl_option pl_opt_timeout = {
	"timeout", "DURATION", false,
	"how long one source may take, as 30s or 5m (default: a cluster 60s, a node or endpoint 30s, showing a "
	"binary plan 10m)" };
const struct pl_option pl_opt_kubeconfig = {
	"kubeconfig", "FILE", false, "for k8s:// (default: as kubectl, KUBECONFIG or ~/.kube/config)" };
const struct pl_option pl_opt_probe_admission = {
	"probe-admission", NULL, false,
	"ask the cluster with a dry run, which creates nothing, whether it would admit a privileged pod" };
const struct pl_option pl_opt_with_cluster = {
	"with-cluster", NULL, false,
	"ask the Kubernetes API of a cloud's cluster as well, with the cloud's credentials" };
const struct pl_option pl_opt_trace_http = {
	"trace-http", "FILE", false,
	"write what clouds were asked and answered to FILE, a JSON object a line, without secrets" };
const struct pl_option pl_opt_parallel = {
	"parallel", "N", false, "how many nodes and endpoints are asked at a time (default 32)" };
const struct pl_option pl_opt_sudo = {
	"sudo", NULL, false, "ask nodes through `sudo -n`, for what only root sees" };
const struct pl_option pl_opt_ssh_config = {
	"ssh-config", "FILE", false, "instead of ~/.ssh/config and /etc/ssh/ssh_config" };
const struct pl_option pl_opt_ssh_known_hosts = {
	"ssh-known-hosts", "FILE", false, "host keys that are trusted, instead of the files ssh reads" };
const struct pl_option pl_opt_ssh_accept_new = {
	"ssh-accept-new", NULL, false,
	"trust a host that no known_hosts file names, and write its key down; a changed key is refused all the same" };
const struct pl_option pl_opt_verbose = {
	"v", NULL, true, "show every row, also what passed; -vv: and on stderr, what was asked of whom" };
const struct pl_option pl_opt_quiet = { "q", NULL, false, "show only what failed, and the last line" };
const struct pl_option pl_opt_no_color = { "no-color", NULL, false, "no colour, also on a terminal" };

static const char *dashes(const struct pl_option *o)
{
	return o->name[1] ? "--" : "-";
}

static const struct pl_option *find(const struct pl_command *c, const char *name, size_t n)
{
	for (const struct pl_option *const *o = c->options; *o; o++)
		if (strlen((*o)->name) == n && !memcmp((*o)->name, name, n))
			return *o;
	return NULL;
}

static void add(struct pl_args *a, const struct pl_option *o, const char *value)
{
	a->given = pl_grow(a->given, a->given_count, &a->given_cap, sizeof *a->given);
	a->given[a->given_count++] = (struct pl_given){ o, value };
}

/* ---- the environment ---- */

static void environment_name(const struct pl_option *o, struct pl_buf *b)
{
	pl_buf_adds(b, "PLUMBLINE_");
	for (const char *p = o->name; *p; p++)
		pl_buf_addc(b, *p == '-' ? '_' : (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p));
}

/* An option that may be given several times has its values separated by commas. */
static void add_pieces(struct pl_args *a, const struct pl_option *o, const char *value)
{
	while (*value) {
		size_t n = o->many ? strcspn(value, ",") : strlen(value);

		a->owned = pl_grow(a->owned, a->owned_count, &a->owned_cap, sizeof *a->owned);
		a->owned[a->owned_count] = pl_strndup(value, n);
		add(a, o, o->value ? a->owned[a->owned_count] : "");
		a->owned_count++;
		value += n + (value[n] == ',');
	}
}

static bool was_given(const struct pl_args *a, const struct pl_option *o)
{
	for (size_t i = 0; i < a->given_count; i++)
		if (a->given[i].option == o)
			return true;
	return false;
}

/* What the command line does not say may stand in the environment; single letters never do. */
static void read_environment(struct pl_args *a)
{
	for (const struct pl_option *const *o = a->command->options; *o; o++) {
		pl_auto_buf name = PL_BUF_INIT;
		const char *value;

		environment_name(*o, &name);
		value = (*o)->name[1] && !was_given(a, *o) ? getenv(name.data) : NULL;
		if (value)
			add_pieces(a, *o, value);
	}
}

/* ---- the command line ---- */

/* How many letters must change between two words, at most 9. */
static int distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	int row[33];

	if (n > 32 || m > 32)
		return 9;
	for (size_t j = 0; j <= m; j++)
		row[j] = (int)j;
	for (size_t i = 1; i <= n; i++) {
		int diagonal = row[0];

		row[0] = (int)i;
		for (size_t j = 1; j <= m; j++) {
			int best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			best = best < row[j] + 1 ? best : row[j] + 1;
			row[j] = best < row[j - 1] + 1 ? best : row[j - 1] + 1;
		}
	}
	return row[m];
}

static int unknown_option(const struct pl_command *c, const char *word, struct pl_err *err)
{
	const struct pl_option *near = NULL;
	const char *name = word + strspn(word, "-");
	int best = strlen(name) < 3 ? 1 : 3; /* of a short name nearly everything is near */

	for (const struct pl_option *const *o = c->options; *o; o++) {
		int d = (*o)->name[1] ? distance(name, (*o)->name) : 9;

		if (d < best && (size_t)d < strlen(name)) {
			best = d;
			near = *o;
		}
	}
	if (near)
		return pl_err_set(err, PL_E_USAGE, "%s has no option '%s'; did you mean --%s?", c->name, word,
				  near->name);
	return pl_err_set(err, PL_E_USAGE, "%s has no option '%s'; see `plumbline %s --help`", c->name, word,
			  c->name);
}

/* One option at argv[*i]; moves *i over its value. */
static int parse_option(struct pl_args *a, int argc, char **argv, int *i, struct pl_err *err)
{
	const char *word = argv[*i], *name = word + (word[1] == '-' ? 2 : 1);
	const char *equals = word[1] == '-' ? strchr(name, '=') : NULL;
	const struct pl_option *o;
	const char *value = "";

	if (!strcmp(word, "--help") || !strcmp(word, "-h")) {
		a->help = true;
		return 0;
	}
	o = find(a->command, name, equals ? (size_t)(equals - name) : word[1] == '-' ? strlen(name) : 1);
	if (!o || (word[1] == '-') != (o->name[1] != '\0'))
		return unknown_option(a->command, word, err);
	/* -vv is -v twice */
	for (; !o->value && o->many && word[1] != '-' && name[1] == name[0]; name++)
		add(a, o, "");
	if (!o->value && (equals || (word[1] != '-' && name[1])))
		return pl_err_set(err, PL_E_USAGE, "%s%s takes no value", dashes(o), o->name);
	if (o->value) {
		value = equals ? equals + 1 : word[1] != '-' && name[1] ? name + 1 : argv[++*i];
		if (*i >= argc || !value)
			return pl_err_set(err, PL_E_USAGE, "%s%s needs a value: %s", dashes(o), o->name, o->value);
	}
	if (o->value && !o->many && was_given(a, o))
		return pl_err_set(err, PL_E_USAGE, "%s%s is given twice", dashes(o), o->name);
	add(a, o, value);
	return 0;
}

int pl_args_parse(const struct pl_command *command, int argc, char **argv, struct pl_args *out,
		  struct pl_err *err)
{
	bool options = true;

	*out = (struct pl_args){ .command = command };
	for (int i = 0; i < argc; i++) {
		if (options && !strcmp(argv[i], "--")) {
			options = false;
		} else if (options && argv[i][0] == '-' && argv[i][1]) {
			if (parse_option(out, argc, argv, &i, err))
				return -1;
		} else {
			out->words = pl_grow(out->words, out->word_count, &out->word_cap, sizeof *out->words);
			out->words[out->word_count++] = argv[i];
		}
	}
	read_environment(out);
	return 0;
}

void pl_args_release(struct pl_args *a)
{
	for (size_t i = 0; i < a->owned_count; i++)
		free(a->owned[i]);
	free(a->owned);
	free(a->given);
	free(a->words);
}

const char *pl_args_nth(const struct pl_args *a, const char *name, size_t i)
{
	for (size_t k = 0; k < a->given_count; k++)
		if (!strcmp(a->given[k].option->name, name) && i-- == 0)
			return a->given[k].value;
	return NULL;
}

const char *pl_args_get(const struct pl_args *a, const char *name)
{
	const char *last = NULL;

	for (size_t k = 0; k < a->given_count; k++)
		if (!strcmp(a->given[k].option->name, name))
			last = a->given[k].value;
	return last;
}

/* ---- help ---- */

void pl_add_wrapped(struct pl_buf *out, const char *text, size_t at, size_t indent)
{
	bool begun = false;

	while (*text) {
		size_t n = strcspn(text, " "), space = text[n] == ' ';

		if (begun && at + 1 + n > 80) {
			pl_buf_addc(out, '\n');
			pl_buf_pad(out, ' ', indent);
			at = indent;
		} else if (begun) {
			pl_buf_addc(out, ' ');
			at++;
		}
		pl_buf_add_safe(out, text, n);
		at += n;
		text += n + space;
		begun = true;
	}
	pl_buf_addc(out, '\n');
}

static void help_option(const struct pl_option *o, struct pl_buf *out)
{
	const size_t column = 32;
	size_t start = out->len, width;

	pl_buf_addf(out, "  %s%s%s%s", dashes(o), o->name, o->value ? " " : "", o->value ? o->value : "");
	width = out->len - start;
	if (width + 2 > column) {
		pl_buf_addc(out, '\n');
		width = 0;
	}
	pl_buf_pad(out, ' ', column - width);
	pl_add_wrapped(out, o->help, column, column);
}

void pl_help_command(const struct pl_command *c, struct pl_buf *out)
{
	pl_buf_addf(out, "usage: plumbline %s%s%s\n\n", c->name, *c->arguments ? " " : "", c->arguments);
	pl_add_wrapped(out, c->summary, 0, 0);
	for (const char *const *p = c->details; p && *p; p++) {
		pl_buf_addc(out, '\n');
		pl_add_wrapped(out, *p, 0, 0);
	}
	if (*c->options)
		pl_buf_adds(out, "\noptions:\n");
	for (const struct pl_option *const *o = c->options; *o; o++)
		help_option(*o, out);
	if (*c->options)
		pl_buf_adds(out, "\nEvery long option can stand in the environment as PLUMBLINE_NAME.\n");
}

void pl_help_all(struct pl_buf *out)
{
	pl_buf_adds(out, "plumbline: does this cluster meet its reference architecture?\n\n"
			 "usage: plumbline COMMAND ...\n\n");
	for (const struct pl_command *const *c = pl_commands; *c; c++) {
		size_t start = out->len;

		pl_buf_addf(out, "  %s %s", (*c)->name, (*c)->arguments);
		pl_buf_pad(out, ' ', out->len - start < 30 ? 30 - (out->len - start) : 1);
		pl_add_wrapped(out, (*c)->summary, out->len - start, 30);
	}
	pl_buf_adds(out, "\n`plumbline COMMAND --help` tells its options.\n"
			 "Start with: terraform show -json tfplan | plumbline check -\n");
}
