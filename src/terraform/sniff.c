/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where documents begin, and what a text is that holds none.  Wrappers print lines around the JSON
 * (setup-terraform, Terragrunt, warnings on stderr merged into stdout): those are passed over.
 */
#include <string.h>

#include "json/scan.h"
#include "terraform/input.h"
#include "terraform/input_internal.h"

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool begins(const char *p, const char *end, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(end - p) >= n && !memcmp(p, word, n);
}

/* JSON debris where a document should begin: a closing bracket, a comma, a lone string. */
static bool is_debris(const char *p, const char *end)
{
	return strchr("}],", *p) || (*p == '[' && !begins(p, end, "[command]") && !begins(p, end, "[INFO]") &&
				      !begins(p, end, "[WARN]") && !begins(p, end, "[ERROR]"));
}

static const char *line_end(const char *p, const char *end)
{
	const char *nl = memchr(p, '\n', (size_t)(end - p));

	return nl ? nl + 1 : end;
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
		while (p < end && blank(*p)) {
			line_start |= *p == '\n';
			p++;
		}
		if (p >= end || *p == '{')
			break;
		if (!line_start)
			return refuse(in, p, "invalid JSON: text behind the end of the document", err);
		if (behind_document && is_debris(p, end))
			return refuse(in, p, "invalid JSON: a stray bracket behind the end of the document", err);
		if (!behind_document && *p == '[' && is_debris(p, end))
			return pl_err_set(err, PL_E_INPUT, "a JSON array, not a Terraform plan or state; give the "
					  "output of `terraform show -json tfplan`");
		p = line_end(p, end);
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
	{ "Terraform used the selected providers", "is the text that `terraform plan` shows to people" GIVE_JSON },
	{ "Terraform will perform", "is the text that `terraform plan` shows to people" GIVE_JSON },
	{ "OpenTofu used the selected providers", "is the text that `tofu plan` shows to people" GIVE_JSON },
	{ "No changes.", "is the text that `terraform plan` shows to people" GIVE_JSON },
	{ "Plan: ", "is the text that `terraform plan` shows to people" GIVE_JSON },
	{ "# ", "is text, not JSON" GIVE_JSON },
	{ "apiVersion:", "is a Kubernetes manifest, not a Terraform plan or state" GIVE_JSON },
	{ "---", "is YAML, not a Terraform plan or state" GIVE_JSON },
	{ "<", "is HTML or XML, not a Terraform plan or state" GIVE_JSON },
};

const char *pl_tf_what_it_is(const char *text, size_t n)
{
	const char *end = text + n, *p = text;
	bool binary = false;

	while (p < end && blank(*p))
		p++;
	if (p >= end)
		return "is empty: did `terraform show -json` fail before it wrote anything?";
	for (size_t i = 0; i < n && i < 4096; i++)
		binary |= !text[i];
	if (binary)
		return "is binary data that is no Terraform plan" GIVE_JSON;
	for (; p < end; p = line_end(p, end)) {
		while (p < end && blank(*p))
			p++;
		for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
			if (begins(p, end, kinds[i].begin))
				return kinds[i].what;
	}
	return "holds no JSON document" GIVE_JSON;
}
