/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inputs of odd shapes, most of them made from a real plan by one replacement.
 *
 * usage: shapes PLAN
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hostile/judge.h"

/* What stands in the plan, what takes its place, and how that must end. */
static const struct {
	const char *name, *from, *to;
	int status;
	const char *says; /* occurs in one of the outputs */
} replacements[] = {
	{ "as it is", "\"errored\":false", "\"errored\":false", 3, "label-ide" },
	{ "duplicate member", "\"errored\":false", "\"errored\":true,\"errored\":false", 3, "duplicate" },
	{ "duplicate that counts", "\"errored\":false", "\"errored\":false,\"errored\":true", 2, "errored" },
	{ "escape in a name", "\"everything\"", "\"ever\\u001b[31mything\"", 3, "label-ide" },
	{ "direction in a name", "\"everything\"", "\"ever\xe2\x80\xaeything\"", 3, "label-ide" },
	{ "newline in a name", "\"everything\"", "\"ever\\nything\"", 3, "label-ide" },
	{ "NUL in a name", "\"everything\"", "\"ever\\u0000ything\"", 3, "label-ide" },
	{ "invalid UTF-8", "\"everything\"", "\"ever\xff\xc0\x80ything\"", 3, "label-ide" },
	{ "lone surrogate", "\"everything\"", "\"ever\\ud800ything\"", 3, "label-ide" },
	{ "overflowing number", "\"min_size\":1", "\"min_size\":1e999", 3, "label-ide" },
	{ "negative zero", "\"min_size\":1", "\"min_size\":-0", 3, "label-ide" },
	{ "number past 64 bits", "\"max_size\":4", "\"max_size\":18446744073709551616", 3, "label-ide" },
	{ "number of many digits", "\"max_size\":4", "\"max_size\":4.00000000000000000000000000000001", 3, "label-ide" },
	{ "no number", "\"min_size\":1", "\"min_size\":01", 2, "byte" },
	{ "raw control", "\"everything\"", "\"every\x01thing\"", 2, "byte" },
	{ "bad escape", "\"everything\"", "\"every\\xthing\"", 2, "byte" },
	{ "text for a number", "\"min_size\":1", "\"min_size\":\"one\"", 3, "label-ide" },
	{ "object for a list", "\"instance_types\":[\"m6i.4xlarge\"]", "\"instance_types\":{\"a\":[{}]}", 3, "label-ide" },
	{ "null for an object", "\"labels\":{\"gitpod.io/workload_meta\":\"true\"}", "\"labels\":null", 3, "label-meta" },
	{ "list for labels", "\"labels\":{\"gitpod.io/workload_meta\":\"true\"}", "\"labels\":[1,[2]]", 0, "label-meta" },
	{ "number for a type", "\"type\":\"aws_eks_node_group\"", "\"type\":7", 2, "" },
	{ "no format", "\"format_version\"", "\"format_versiom\"", 2, "" },
	{ "format of tomorrow", "\"format_version\":\"1.2\"", "\"format_version\":\"2.0\"", 2, "2.0" },
	{ "trailing comma", "\"errored\":false", "\"errored\":false,", 2, "byte" },
};

static void put_all(const struct pl_buf *plan, const char *from, const char *to, size_t times,
		    struct pl_buf *out)
{
	const char *p = plan->data, *at;

	while ((at = strstr(p, from)) != NULL) {
		pl_buf_add(out, p, (size_t)(at - p));
		for (size_t i = 0; i < times; i++)
			pl_buf_adds(out, to);
		p = at + strlen(from);
	}
	pl_buf_adds(out, p);
}

static int expect(const char *name, const struct pl_buf *input, int status, const char *says)
{
	clock_t begin = clock();
	struct judging j;
	int wrong;

	judge(input->data, input->len, &j);
	wrong = j.status != status || (!strstr(j.said.data, says) && !strstr(j.text.data, says));
	if (wrong)
		printf("%s: exit status %d, want %d and '%s': %s\n", name, j.status, status, says, j.said.data);
	else
		printf("%s: %d, %.2f s\n", name, j.status, (double)(clock() - begin) / CLOCKS_PER_SEC);
	judging_release(&j);
	return wrong;
}

static int try_replacements(const struct pl_buf *plan)
{
	int wrong = 0;

	for (size_t i = 0; i < sizeof replacements / sizeof *replacements; i++) {
		pl_auto_buf b = PL_BUF_INIT;

		if (!strstr(plan->data, replacements[i].from)) {
			printf("%s: the plan holds no %s\n", replacements[i].name, replacements[i].from);
			return 1;
		}
		put_all(plan, replacements[i].from, replacements[i].to, 1, &b);
		wrong |= expect(replacements[i].name, &b, replacements[i].status, replacements[i].says);
	}
	return wrong;
}

/* 100,000 arrays in each other, alone and as an attribute's value. */
static int try_depth(const struct pl_buf *plan)
{
	pl_auto_buf nested = PL_BUF_INIT, open = PL_BUF_INIT, b = PL_BUF_INIT;

	pl_buf_pad(&open, '[', 100000);
	pl_buf_adds(&nested, "\"tags\":");
	pl_buf_pad(&nested, '[', 100000);
	pl_buf_pad(&nested, ']', 100000);
	put_all(plan, "\"tags\":null", nested.data, 1, &b);
	return expect("open arrays", &open, 2, "array") | expect("nested arrays", &b, 2, "nest");
}

static int try_long_string(const struct pl_buf *plan)
{
	pl_auto_buf b = PL_BUF_INIT, text = PL_BUF_INIT;

	pl_buf_pad(&text, 'a', 1000);
	put_all(plan, "subnet-1", text.data, 100000, &b);
	return expect("strings of 100 MB", &b, 3, "label-ide");
}

/* A plan of n pools of one cluster, made of the plan's own pool. */
static int try_many_pools(const struct pl_buf *plan, size_t n)
{
	static const char begin[] = "\"resource_changes\":[", next[] = ",\"configuration\":";
	const char *first = strstr(plan->data, begin), *last = strstr(plan->data, next);
	pl_auto_buf b = PL_BUF_INIT, one = PL_BUF_INIT;

	if (!first || !last)
		return 1;
	first += strlen(begin);
	pl_buf_add(&one, first, (size_t)(strstr(first, ",{\"address\":") - first));
	pl_buf_adds(&b, "{\"format_version\":\"1.2\",\"resource_changes\":[");
	for (size_t i = 0; i < n; i++) {
		char name[32];

		snprintf(name, sizeof name, "pool%zu", i);
		if (i)
			pl_buf_addc(&b, ',');
		put_all(&one, "everything", name, 1, &b);
	}
	pl_buf_adds(&b, "]}");
	return expect("10,000 pools", &b, 3, "label-ide");
}

static int try_empty(void)
{
	pl_auto_buf none = PL_BUF_INIT, plan = PL_BUF_INIT, blank = PL_BUF_INIT;

	pl_buf_adds(&plan, "{\"format_version\":\"1.2\",\"terraform_version\":\"1.11.4\",\"planned_values\":"
			   "{\"root_module\":{}},\"configuration\":{\"root_module\":{}}}");
	pl_buf_adds(&blank, " \n\t ");
	return expect("nothing", &none, 2, "empty") | expect("blanks", &blank, 2, "empty") |
	       expect("no resources", &plan, 2, "no cluster");
}

int main(int argc, char **argv)
{
	pl_auto_buf plan = PL_BUF_INIT;
	int wrong;

	if (argc != 2)
		return 2;
	judge_read(argv[1], &plan);
	judge_start();
	wrong = try_replacements(&plan);
	wrong |= try_depth(&plan);
	wrong |= try_long_string(&plan);
	wrong |= try_many_pools(&plan, 10000);
	wrong |= try_empty();
	return wrong;
}
