/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where documents begin, and what a text is that holds none.  Wrappers print lines around the JSON
 * (setup-terraform, Terragrunt, warnings on stderr merged into stdout): those are passed over.
 */
#include <string.h>

#include "json/scan.h"
#include "terraform/input.h"
#include "terraform/input_internal.h"

static bool begins(const char *p, const char *end, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(end - p) >= n && !memcmp(p, word, n);
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A colour or another control sequence of terminals: "\e[1m"; returns p when there is none. */
static const char *skip_sequence(const char *p, const char *end)
{
	const char *q = p + 2;

	if (!begins(p, end, "\033["))
		return p;
	while (q < end && *q >= 0x20 && *q < 0x40)
		q++;
	return q < end && *q >= 0x40 && *q < 0x7f ? q + 1 : p;
}

/* What is nothing to look at: white space, colours, a byte order mark.  Sets *line_start at a newline. */
static const char *skip_blank(const char *p, const char *end, bool *line_start)
{
	for (;;) {
		const char *q = p;

		while (q < end && blank(*q))
			*line_start |= *q++ == '\n';
		q = skip_sequence(q, end);
		q += begins(q, end, "\xef\xbb\xbf") ? 3 : 0;
		if (q == p)
			return p;
		p = q;
	}
}

/* Is what stands behind a bracket an element of JSON?  "[INFO]", "[12:04:01]" are beginnings of log lines. */
static bool is_element(const char *p, const char *end)
{
	static const char *const words[] = { "true", "false", "null" };
	bool unused = false;

	p = skip_blank(p, end, &unused);
	if (p >= end || (*p && strchr("{[\"]", *p)))
		return true;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (begins(p, end, words[i])) {
			p = skip_blank(p + strlen(words[i]), end, &unused);
			return p >= end || *p == ',' || *p == ']';
		}
	if (*p != '-' && (*p < '0' || *p > '9'))
		return false;
	for (p++; p < end && *p && strchr("+.eE0123456789", *p);)
		p++;
	p = skip_blank(p, end, &unused);
	return p >= end || *p == ',' || *p == ']';
}

/* JSON debris where a document should begin: a closing bracket, a comma, an array. */
static bool is_debris(const char *p, const char *end)
{
	return (*p && strchr("}],", *p)) || (*p == '[' && is_element(p + 1, end));
}

static const char *line_end(const char *p, const char *end)
{
	const char *nl = memchr(p, '\n', (size_t)(end - p));

	return nl ? nl + 1 : end;
}

/* Terragrunt writes "TIME STDOUT [UNIT] terraform: " before what Terraform prints; NULL: not here. */
static const char *behind_prefix(const char *p, const char *end)
{
	const char *brace = memchr(p, '{', (size_t)(line_end(p, end) - p));

	if (!brace || brace - p < 10 || brace - p > 1000 || brace[-1] != ' ' || brace[-2] != ':')
		return NULL;
	for (; p + 8 <= brace; p++)
		if (!memcmp(p, " STDOUT ", 8))
			return brace;
	return NULL;
}

static int refuse(const struct pl_input *in, const char *p, const char *what, struct pl_err *err)
{
	struct pl_scan s;

	pl_scan_init(&s, (struct pl_slice){ in->data, in->len });
	s.p = p;
	return pl_scan_fail(&s, what, err);
}

int pl_input_next(const struct pl_input *in, size_t from, size_t *next, size_t *skipped,
		  struct pl_err *err)
{
	const char *p = in->data + from, *end = in->data + in->len;
	bool behind_document = from > 0 && in->data[from - 1] == '}';
	bool line_start = !behind_document;

	for (;;) {
		const char *brace;

		p = skip_blank(p, end, &line_start);
		if (p >= end || *p == '{')
			break;
		if (!line_start)
			return refuse(in, p, "invalid JSON: text behind the end of the document", err);
		if (behind_document && is_debris(p, end))
			return refuse(in, p, "invalid JSON: a stray bracket behind the end of the document", err);
		if (!behind_document && *p == '[' && is_debris(p, end))
			return pl_err_set(err, PL_E_INPUT, "a JSON array, not a Terraform plan or state; give the "
					  "output of `terraform show -json tfplan`");
		brace = behind_prefix(p, end);
		p = brace ? brace : line_end(p, end);
		line_start = true;
		if (skipped)
			++*skipped;
	}
	*next = (size_t)(p - in->data);
	return 0;
}

#define GIVE_JSON "; give the output of `terraform show -json tfplan`"

#define IS_HCL "is Terraform configuration (HCL), not a plan; run `terraform plan -out=tfplan`" GIVE_IT
#define GIVE_IT " and give the output of `terraform show -json tfplan`"

/* Words that begin a line of what people give by mistake. */
static const struct {
	const char *begin, *what;
} kinds[] = {
	{ "terraform {", IS_HCL },
	{ "resource \"", IS_HCL },
	{ "module \"", IS_HCL },
	{ "provider \"", IS_HCL },
	{ "variable \"", IS_HCL },
	{ "data \"", IS_HCL },
	{ "locals {", IS_HCL },
	{ "output \"", IS_HCL },
	{ "check \"", IS_HCL },
	{ "moved {", IS_HCL },
	{ "import {", IS_HCL },
	{ "Error: ", "is an error message of Terraform, not a plan; mend what it says" GIVE_JSON },
	{ "Terraform used the selected providers", "is the text that `terraform plan` shows to people" GIVE_JSON },
	{ "Terraform will perform", "is the text that `terraform plan` shows to people" GIVE_JSON },
	{ "OpenTofu used the selected providers", "is the text that `tofu plan` shows to people" GIVE_JSON },
	{ "No changes.", "is the text that `terraform plan` shows to people" GIVE_JSON },
	{ "Plan: ", "is the text that `terraform plan` shows to people" GIVE_JSON },
	{ "apiVersion:", "is a Kubernetes manifest, not a Terraform plan or state" GIVE_JSON },
	{ "---", "is YAML, not a Terraform plan or state" GIVE_JSON },
	{ "<", "is HTML or XML, not a Terraform plan or state" GIVE_JSON },
};

bool pl_tf_is_binary(const char *text, size_t n)
{
	for (size_t i = 0; i < n && i < 4096 && text[i] != '{'; i++)
		if (!text[i])
			return true;
	return false;
}

/* What a line may begin with besides blanks: the frame that Terraform draws around its errors. */
static const char *skip_frame(const char *p, const char *end)
{
	bool unused = false;

	p = skip_blank(p, end, &unused);
	while (begins(p, end, "\xe2\x94\x82") || begins(p, end, "\xe2\x95\xb7"))
		p = skip_blank(p + 3, end, &unused);
	return p;
}

const char *pl_tf_what_it_is(const char *text, size_t n)
{
	const char *end = text + n, *p;

	if (skip_frame(text, end) >= end)
		return "is empty: did `terraform show -json` fail before it wrote anything?";
	if (pl_tf_is_binary(text, n))
		return "is binary data that is no Terraform plan" GIVE_JSON;
	for (p = text; p < end; p = line_end(p, end)) {
		p = skip_frame(p, end);
		for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
			if (begins(p, end, kinds[i].begin))
				return kinds[i].what;
	}
	return "holds no JSON document" GIVE_JSON;
}
