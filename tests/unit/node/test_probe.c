/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of the probe: what is asked, and that what is missing of an answer is unknown and never wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/limits.h"
#include "node/probe.h"

static struct pl_model *model_of(struct pl_slice answer, struct pl_object **node, struct pl_err *err)
{
	struct pl_model *m = pl_model_new();
	int source = pl_model_source(m, &(struct pl_source){ .name = "ssh://n", .kind = "ssh",
							     .witness = PL_NODE_SSH, .complete = true });

	*node = NULL;
	if (pl_probe_read(m, source, "n", "n0", answer, node, err))
		assert_null(*node);
	return m;
}

static const char *said(struct pl_model *m, const struct pl_object *node, enum pl_attr attr)
{
	const struct pl_fact *f = pl_object_fact(node, attr, PL_NODE_SSH);

	if (!f)
		return "nothing";
	return f->known ? pl_value_text(&m->arena, &f->value) : pl_model_strf(m, "? %s", f->waits_for);
}

/* ---- asking ---- */

static void a_nonce_is_new_each_time(void **state)
{
	char a[PL_PROBE_NONCE], b[PL_PROBE_NONCE];
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	assert_int_equal(pl_probe_nonce(a, &err), 0);
	assert_int_equal(pl_probe_nonce(b, &err), 0);
	assert_int_equal(strlen(a), PL_PROBE_NONCE - 1);
	assert_string_not_equal(a, b);
}

static void a_command_holds_plain_names_only(void **state)
{
	static const char *const ask[] = { "path:/usr/src", "path:/x;reboot", "sysctl:$(x)", "module:a b", "",
					   "disk:/var/x", "path:/a'b" };
	pl_auto_buf out = PL_BUF_INIT, root = PL_BUF_INIT;

	(void)state;
	pl_probe_command(&out, "n0", false, ask, sizeof ask / sizeof *ask);
	assert_string_equal(out.data, "sh -s n0 path:/usr/src disk:/var/x");
	pl_probe_command(&root, "n0", true, ask, 1);
	assert_string_equal(root.data, "sudo -n sh -s n0 path:/usr/src || sh -s n0 path:/usr/src");
}

static void the_script_is_whole(void **state)
{
	(void)state;
	assert_int_equal(strlen(pl_probe_script), pl_probe_script_len);
	assert_true(pl_starts(pl_probe_script, "#!/bin/sh\n") && pl_ends(pl_probe_script, "\nexit 0\n"));
}

/* ---- reading ---- */

#define TIME "n0+time /run\nn0-ok\n"

static const struct {
	const char *answer; /* without its begin */
	enum pl_attr attr;
	const char *said;
} rows[] = {
	{ "n0+kernel k\nn0=6.1.0\nn0-ok\nn0.\n", PL_NODE_KERNEL, "6.1.0" },
	{ "n0+kernel /k\nn0-absent\nn0.\n", PL_NODE_KERNEL, "? the node has no /k" },
	{ "n0+kernel /k\nn0-denied\nn0.\n", PL_NODE_KERNEL, "? /k may not be read; --sudo asks as root" },
	{ "n0+kernel /k\nn0-missing cat\nn0.\n", PL_NODE_KERNEL, "? the node has no command cat" },
	{ "n0+kernel /k\nn0-nonsense\nn0.\n", PL_NODE_KERNEL, "? /k failed on the node" },
	{ "n0+kernel /k\nn0-ok\nn0.\n", PL_NODE_KERNEL, "? /k does not tell" },
	{ "n0+kernel /k\nn0=6.1\033[2J\nn0-ok\nn0.\n", PL_NODE_KERNEL, "? /k does not tell" },
	{ "n0+kernel /k\nn0=6.1.0\n", PL_NODE_KERNEL, "? the node's answer ended before it" },
	{ "n0+kernel /k\nn0=6.1.0\nn0-o", PL_NODE_KERNEL, "? the node's answer ended before it" },
	{ "n0+kernel /k\nn0=6.1\nn0-ok\nn0+kernel /k\nn0=5.0\nn0-ok\nn0.\n", PL_NODE_KERNEL, "6.1" },
	{ "n0.\nn0+kernel /k\nn0=6.1\nn0-ok\n", PL_NODE_KERNEL, "? the node's answer ended before it" },
	{ "n0+cpu c\nn0=0-3\nn0-ok\n", PL_NODE_VCPU, "4" },
	{ "n0+cpu c\nn0=0\nn0-ok\n", PL_NODE_VCPU, "1" },
	{ "n0+cpu c\nn0=0,2-3,9\nn0-ok\n", PL_NODE_VCPU, "4" },
	{ "n0+cpu c\nn0=3-0\nn0-ok\n", PL_NODE_VCPU, "? c does not tell" },
	{ "n0+cpu c\nn0=0-99999999999\nn0-ok\n", PL_NODE_VCPU, "? c does not tell" },
	{ "n0+cpu c\nn0=0-3x\nn0-ok\n", PL_NODE_VCPU, "? c does not tell" },
	{ "n0+memory m\nn0=MemTotal:  16777216 kB\nn0-ok\n", PL_NODE_MEMORY, "16 GiB" },
	{ "n0+memory m\nn0=MemTotal:  16777216 MB\nn0-ok\n", PL_NODE_MEMORY, "? m does not tell" },
	{ "n0+memory m\nn0=MemTotal: 999999999999999999 kB\nn0-ok\n", PL_NODE_MEMORY, "? m does not tell" },
	{ "n0+memory m\nn0=MemTotal: -5 kB\nn0-ok\n", PL_NODE_MEMORY, "? m does not tell" },
	{ "n0+memory m\nn0=MemTotal: 4 kB\nn0-ok\n", PL_NODE_SWAP, "? m does not tell" },
	{ "n0+machine m\nn0=aarch64\nn0-ok\n", PL_NODE_ARCHITECTURE, "arm64" },
	{ "n0+machine m\nn0=riscv64\nn0-ok\n", PL_NODE_ARCHITECTURE, "riscv64" },
	{ "n0+os o\nn0=ID='ubuntu'\nn0=VERSION_ID=22.04\nn0-ok\n", PL_NODE_OS_VERSION, "22.04" },
	{ "n0+os o\nn0=ID=mariner\nn0-ok\n", PL_NODE_OS, "azure-linux" },
	{ "n0+os o\nn0=ID=\"rhel\"\nn0=VARIANT_ID=coreos\nn0-ok\n", PL_NODE_OS, "rhcos" },
	{ "n0+os o\nn0=ID=\"\nn0-ok\n", PL_NODE_OS, "\"" },
	{ "n0+cgroup g\nn0=v3\nn0-ok\n", PL_NODE_CGROUP, "? g does not tell" },
	{ "n0+disk d\nn0=sectors 4194304\nn0-ok\n", PL_NODE_DISK, "2 GiB" },
	{ "n0+port p\nn0=0016\nn0=1F90\nn0=0016\nn0-ok\n", PL_NODE_PORTS, "22, 8080" },
	{ "n0+port p\nn0-ok\n", PL_NODE_PORTS, "none" },
	{ "n0+port p\nn0=0016\nn0=22\nn0=10000\nn0-ok\n", PL_NODE_PORTS, "? p does not tell" },
	{ "n0+address a\nn0=ssh 192.0.2.1\nn0=eth0 10.0.0.1\nn0=eth0 fd00::1\nn0=eth0 10.0.0.1\nn0-ok\n" TIME,
	  PL_NODE_ADDRESSES, "192.0.2.1, 10.0.0.1, fd00::1" },
	{ "n0+address a\nn0=ssh 192.0.2.1\nn0-missing ip\n" TIME, PL_NODE_ADDRESSES, "192.0.2.1" },
	{ "n0+address a\nn0=eth0 evil\nn0-ok\n" TIME, PL_NODE_ADDRESSES, "? a does not tell" },
	{ "n0+host h\nn0=web-1\nn0-ok\n" TIME, PL_NODE_HOSTNAME, "web-1" },
	{ "n0+host h\nn0=web 1\nn0-ok\n" TIME, PL_NODE_HOSTNAME, "? h does not tell" },
	{ "n0+host h\nn0=web-1\nn0-ok\n", PL_NODE_HOSTNAME, "? the node's answer ended before it" },
	{ "n0+sysctl s\nn0=is a/b:1\t 2\nn0=no c.d\nn0=denied e.f\nn0-ok\n", PL_NODE_SYSCTLS,
	  "a.b=1 2, c.d=absent, and others not known yet" },
	{ "n0+module m\nn0=is a loaded\nn0=is b\nn0-ok\n", PL_NODE_MODULES, "a=loaded, and others not known yet" },
	{ "n0+df d\nn0=ask / /\nn0=df Filesystem x\nn0=df //srv/My Share 100 40 60 40% /mnt x\nn0-ok\n",
	  PL_NODE_DISK_FREE, "/=61440, and others not known yet" },
	{ "n0+df d\nn0=ask / /\nn0=ask /a /a\nn0=df x 100 40 60 40% /\nn0-ok\n", PL_NODE_DISK_FREE, "not known yet" },
	{ "n0+df d\nn0=ask / /\nn0=df x 100 40 600 40% /\nn0-ok\n", PL_NODE_DISK_FREE, "not known yet" },
};

static void sections_become_facts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		pl_auto_buf answer = PL_BUF_INIT;
		struct pl_err err = PL_ERR_INIT;
		struct pl_object *node;

		pl_buf_addf(&answer, "\nn0@1 1000\n%s", rows[i].answer);
		{
			pl_auto_model struct pl_model *m =
				model_of((struct pl_slice){ answer.data, answer.len }, &node, &err);

			assert_non_null(node);
			if (!pl_streq(said(m, node, rows[i].attr), rows[i].said))
				fail_msg("row %zu: %s", i, said(m, node, rows[i].attr));
		}
	}
}

/* ---- a cut answer ---- */

static void read_file(const char *name, struct pl_buf *b)
{
	char path[512], block[4096];
	FILE *f;
	size_t n;

	snprintf(path, sizeof path, "%s/tests/fuzz/corpus/fuzz_probe/%s", PL_SOURCE_DIR, name);
	f = fopen(path, "rb");
	assert_non_null(f);
	while ((n = fread(block, 1, sizeof block, f)))
		pl_buf_add(b, block, n);
	fclose(f);
}

/* Does everything that the part says for certain stand in the whole? */
static bool within(const struct pl_value *part, const struct pl_value *whole)
{
	if (!part->open || part->type != whole->type)
		return pl_value_eq(part, whole);
	for (size_t i = 0; part->type == PL_MAP && i < part->count; i++)
		if (!pl_streq(pl_value_get(whole, part->map[i].key), part->map[i].value))
			return false;
	return part->type == PL_MAP || part->type == PL_LIST;
}

static void check_part(struct pl_object *whole, struct pl_slice answer)
{
	struct pl_err err = PL_ERR_INIT;
	struct pl_object *node;
	pl_auto_model struct pl_model *m = model_of(answer, &node, &err);

	for (const struct pl_fact *f = node ? node->facts : NULL; f; f = f->next) {
		const struct pl_fact *other = pl_object_fact(whole, f->attr, PL_NODE_SSH);

		if (f->known && (!other || !other->known || !within(&f->value, &other->value)))
			fail_msg("%zu bytes: %s is %s", answer.n, pl_attrs[f->attr].name,
				 pl_value_text(&m->arena, &f->value));
	}
	assert_true(!node || m->problem_count == 1);
}

static void a_cut_answer_says_nothing_wrong(void **state)
{
	static const char *const names[] = { "kubeadm", "k3s", "flatcar", "docker" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		pl_auto_buf text = PL_BUF_INIT;
		struct pl_err err = PL_ERR_INIT;
		struct pl_object *whole;

		read_file(names[i], &text);
		{
			pl_auto_model struct pl_model *m = model_of((struct pl_slice){ text.data, text.len }, &whole, &err);

			assert_non_null(whole);
			assert_int_equal(m->problem_count, 0);
			for (size_t n = 0; n < text.len - 1; n++)
				check_part(whole, (struct pl_slice){ text.data, n });
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_nonce_is_new_each_time),
		cmocka_unit_test(a_command_holds_plain_names_only),
		cmocka_unit_test(the_script_is_whole),
		cmocka_unit_test(sections_become_facts),
		cmocka_unit_test(a_cut_answer_says_nothing_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
