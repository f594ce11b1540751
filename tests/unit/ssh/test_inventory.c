/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inventories and targets: what is refused and where, what is one host's problem, what is named.  That
 * hosts and variables are the ones Ansible reads is held by tests/ssh_files.
 */
#include "ssh/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Beside this path there is nothing. */
#define NOWHERE "/nowhere/hosts"

static int read_text(struct pl_ssh_targets *t, const char *text, struct pl_err *err)
{
	return pl_ssh_inventory_text(t, NOWHERE, pl_slice(text), err);
}

static void add_target(struct pl_buf *b, const struct pl_ssh_target *t)
{
	pl_buf_addf(b, "%s%s", b->len ? ", " : "", t->name);
	if (t->problem) {
		pl_buf_addf(b, " (%s:%d: %s)", t->file ? t->file : "", t->line, t->problem);
		return;
	}
	if (strcmp(t->host, t->name))
		pl_buf_addf(b, "=%s", t->host);
	if (t->user)
		pl_buf_addf(b, " user %s", t->user);
	if (t->port)
		pl_buf_addf(b, " port %u", (unsigned)t->port);
	if (t->identity_file)
		pl_buf_addf(b, " key %s", t->identity_file);
	if (t->options)
		pl_buf_addf(b, " options %s", t->options);
}

/* Targets on one line, or the message. */
static void show(struct pl_buf *b, int rc, const struct pl_ssh_targets *t, const struct pl_err *err)
{
	if (rc)
		pl_buf_adds(b, err->text);
	for (size_t i = 0; !rc && i < t->count; i++)
		add_target(b, &t->items[i]);
}

static void reads_texts(void **state)
{
	static const struct {
		const char *text, *shown;
	} rows[] = {
		{ "", "" },
		{ "# nothing\n\n; at all\n", "" },
		{ "a\nb:2222\r\n10.0.0.1\n", "a, b port 2222, 10.0.0.1" },
		{ "a\na\n[g]\na\n", "a" },
		{ "\xef\xbb\xbf" "a\n", "a" },
		/* users before hosts are ours: Ansible would hand the whole word to ssh */
		{ "root@a\nadmin@b:22\nx@c[1:2]:2022\n", "a user root, b user admin port 22, c1 user x port 2022, "
							  "c2 user x port 2022" },
		{ "a ansible_host=me@10.0.0.1\n", "a=10.0.0.1 user me" },
		{ "a ansible_host=me@10.0.0.1 ansible_user=you\n", "a=10.0.0.1 user you" },
		{ "[::1]\nfd00::2\n[fd00::3]:22\nu@[fd00::4]\n", "::1, fd00::2, fd00::3 port 22, fd00::4 user u" },
		/* variables of the inventory's own do not log in */
		{ "a user=x port=8080 host=y key=z\n", "a" },
		{ "a ansible_ssh_timeout=7 ansible_ssh_args='-C -q' ansible_ssh_common_args=-4\n",
		  "a options -C -q -4 -oConnectTimeout=7" },
		{ "a ansible_user= ansible_port=None\n", "a" },
		/* templates */
		{ "web1.example.com ansible_host='{{ inventory_hostname }}.lan'\n", "web1.example.com=web1.example.com.lan" },
		{ "web1.example.com ansible_host='x-{{inventory_hostname_short}}'\n", "web1.example.com=x-web1" },
		{ "a ansible_host='{{ ip }}'\nb\n",
		  "a (/nowhere/hosts:1: ansible_host is a template, and only inventory_hostname is put into templates), b" },
		{ "a ansible_user='{% if x %}'\n",
		  "a (/nowhere/hosts:1: ansible_user is a template, and only inventory_hostname is put into templates)" },
		{ "a ansible_port='{{ inventory_hostname | int }}'\n",
		  "a (/nowhere/hosts:1: ansible_port is a template, and only inventory_hostname is put into templates)" },
		{ "a ansible_password='{{ vault }}' unused='{{ x }}'\n", "a" },
		/* other problems */
		{ "a ansible_port=ssh\nb ansible_ssh_port=0\n",
		  "a (/nowhere/hosts:1: ansible_port is no port: a number from 1 to 65535), "
		  "b (/nowhere/hosts:2: ansible_ssh_port is no port: a number from 1 to 65535)" },
		{ "a ansible_connection=local\nb ansible_connection=community.docker.docker\n",
		  "a (/nowhere/hosts:1: ansible_connection is 'local': only hosts that are reached by ssh are asked), "
		  "b (/nowhere/hosts:2: ansible_connection is 'community.docker.docker': only hosts that are reached by ssh "
		  "are asked)" },
		{ "a ansible_host='-oProxyCommand=x'\n", "a (/nowhere/hosts:1: '-oProxyCommand=x' is no host name)" },
		{ "a ansible_host='x;y'\nb ansible_user='$(x)'\n", "a (/nowhere/hosts:1: 'x;y' is no host name), b (/nowhere/hosts:2: '$(x)' is no name of a user)" },
		{ "all:\n  hosts:\n    a: {ansible_user: !vault 'x'}\n    b: {ansible_port: [1]}\n",
		  "a (/nowhere/hosts:3: ansible_user is encrypted with Ansible Vault, and not decrypted), "
		  "b (/nowhere/hosts:4: ansible_port must be a text)" },
		/* which format it is */
		{ "all:\n", "" },
		{ "---\nall:\n  hosts: a\n", "a" },
		{ "# x\n\n\"all\": {\"hosts\": {\"a\": null}}\n", "a" },
		{ "{\"g\": {\"hosts\": {\"a\": {}}}}", "a" },
		{ "a: \n  hosts:\n    b:\n", "b" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		pl_auto_ssh_targets t = PL_SSH_TARGETS_INIT;
		pl_auto_buf shown = PL_BUF_INIT;
		struct pl_err err = PL_ERR_INIT;

		show(&shown, read_text(&t, rows[i].text, &err), &t, &err);
		assert_string_equal(shown.data, rows[i].shown);
	}
}

static void says_what_is_wrong_and_where(void **state)
{
	static const char hint[] = "give what `ansible-inventory --list --yaml` prints of it";
	static const struct {
		const char *text, *message;
	} rows[] = {
		{ "#!/usr/bin/env python3\n", ": an inventory script, and scripts are not run: HINT" },
		{ "$ANSIBLE_VAULT;1.1;AES256\n00\n", ": encrypted with Ansible Vault, and not decrypted: HINT" },
		{ "plugin: amazon.aws.aws_ec2\nregions: [x]\n",
		  ": the configuration of the inventory plugin 'amazon.aws.aws_ec2', which is not run: HINT" },
		{ "{\"_meta\": {\"hostvars\": {}}, \"all\": {\"children\": [\"g\"]}}",
		  ": the answer of an inventory script: HINT" },
		{ "a\n[g\nb\n", ":2: '[g': a bracket is not closed" },
		{ "[g:hots]\na\n", ":1: a section is [group], [group:children] or [group:vars], not [g:hots]" },
		{ "[g:vars]\nnothing\n", ":2: not NAME=VALUE: 'nothing'" },
		{ "a b\n", ":1: not NAME=VALUE: 'b'" },
		{ "a x='y\n", ":1: a quote is not closed: 'a x='y'" },
		{ "\n[g:vars]\nx=1\n", ":2: there is no group 'g'" },
		{ "[g:children]\nh\n", ":2: there is no group 'h'" },
		{ "[g:children]\nh i\n", ":2: not the name of a group: 'h i'" },
		{ "[g:children]\ng\n", ":2: the group 'g' cannot be in itself" },
		{ "[g:children]\nh\n[h:children]\ng\n", ":1: the group 'g' is among its own children" },
		{ "[g:vars]\nansible_group_priority=high\n[g]\n", ":2: ansible_group_priority is a number: 'high'" },
		{ "a[1:2:3:4]\n", ":1: 'a[1:2:3:4]': a range is [first:last] or [first:last:step]" },
		{ "a[1]\n", ":1: 'a[1]': a range is [first:last] or [first:last:step]" },
		{ "a[1:b]\n", ":1: 'a[1:b]': a range goes from a number to a number, or from a letter to a letter" },
		{ "a[1:]\n", ":1: 'a[1:]': a range goes from a number to a number, or from a letter to a letter" },
		{ "a[1:99999999999999999999]\n",
		  ":1: 'a[1:99999999999999999999]': a range goes from a number to a number, or from a letter to a letter" },
		{ "a[c:a]\n", ":1: 'a[c:a]': a range of letters must not go backwards" },
		{ "a[01:100]\n", ":1: 'a[01:100]': the ends of a range with leading zeros must have the same length" },
		{ "a[1:9:0]\n", ":1: 'a[1:9:0]': the step of a range is a number from 1" },
		{ "a[0:999999999]\n", ":1: 'a[0:999999999]' names more than 100000 hosts" },
		{ "a[1:9][1:9][1:9][1:9][1:9][1:9][1:9][1:9]\n",
		  ":1: 'a[1:9][1:9][1:9][1:9][1:9][1:9][1:9][1:9]' names more than 100000 hosts" },
		{ "a[00001:60000]\nb[00001:60000]\n", ":2: more than 100000 hosts" },
		{ "a:0\n", ":1: 'a:0' does not end in a port" },
		{ "a:22x\n", ":1: 'a:22x' does not end in a port" },
		{ "@a\n", ":1: '@a' is not [USER@]HOST[:PORT]" },
		{ "u@\n", ":1: 'u@' is not [USER@]HOST[:PORT]" },
		{ "u@:22\n", ":1: a host has no name" },
		{ "all: [a]\nb:\n  hosts: [x]\n", ":3: a mapping is needed here, not a list: 'hosts'" },
		{ "all:\n  hosts:\n    a: x\n", ":3: a host's variables are a mapping: 'a'" },
		{ "--- [a]\n", ":1: an inventory is a mapping of groups: ''" },
		{ "all:\n  hosts:\n    a:\n    a:\n", ":4:5: 'a' stands here a second time (first on line 3)" },
		{ "g:\n  vars: {<<: x}\n", ":2: only mappings can be merged: 'x'" },
		{ "g: {vars: {ansible_group_priority: x}}\n", ":1: ansible_group_priority is a number: 'x'" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		pl_auto_ssh_targets t = PL_SSH_TARGETS_INIT;
		pl_auto_buf expected = PL_BUF_INIT;
		struct pl_err err = PL_ERR_INIT;
		const char *at = strstr(rows[i].message, "HINT");
		size_t n = at ? (size_t)(at - rows[i].message) : strlen(rows[i].message);

		pl_buf_addf(&expected, NOWHERE "%.*s%s", (int)n, rows[i].message, at ? hint : "");
		if (!read_text(&t, rows[i].text, &err))
			fail_msg("it was taken: %s", rows[i].text);
		assert_string_equal(err.text, expected.data);
	}
}

static void refuses_bytes_that_are_no_text(void **state)
{
	pl_auto_ssh_targets t = PL_SSH_TARGETS_INIT;
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	assert_int_equal(pl_ssh_inventory_text(&t, NOWHERE, (struct pl_slice){ "a\0b", 3 }, &err), -1);
	assert_string_equal(err.text, NOWHERE ": not a text, so no inventory");
	assert_int_equal(pl_ssh_inventory_text(&t, "/x.toml", pl_slice("[a]"), &err), -1);
	assert_non_null(strstr(err.text, "/x.toml: an inventory as TOML is not read"));
	assert_int_equal(pl_ssh_inventory(&t, "/nowhere/hosts", &err), -1);
	assert_string_equal(err.text, "/nowhere/hosts: no such file");
	assert_int_equal(pl_ssh_inventory(&t, "/tmp", &err), -1);
	assert_string_equal(err.text, "/tmp: a folder, not a file");
}

static void names_what_is_not_honoured(void **state)
{
	static const struct {
		const char *text, *notice;
		int line;
	} rows[] = {
		{ "[all:vars]\nansible_password=secret\n[g]\na\nb\n", "ansible_password is not used: hosts are logged in to "
								      "with keys", 2 },
		{ "a ansible_ssh_pass=secret\n", "ansible_password is not used: hosts are logged in to with keys", 1 },
		{ "a ansible_host_key_checking=False\n",
		  "ansible_host_key_checking has no effect: host keys are always verified", 1 },
		{ "a ansible_ssh_executable=/x\n", "ansible_ssh_executable is not used: no ssh is run", 1 },
		{ "a ansible_host_key_checking=True ansible_password=\n", NULL, 0 },
		{ "g:\n  host:\n    a:\n", "'host' is no part of a group: hosts, children and vars are", 2 },
		{ "g: 5\n", "'g' is no group: a mapping is", 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		pl_auto_ssh_targets t = PL_SSH_TARGETS_INIT;
		struct pl_err err = PL_ERR_INIT;

		assert_int_equal(read_text(&t, rows[i].text, &err), 0);
		assert_int_equal(t.notices.count, rows[i].notice != NULL);
		if (!rows[i].notice)
			continue;
		assert_string_equal(t.notices.items[0].text, rows[i].notice);
		assert_int_equal(t.notices.items[0].line, rows[i].line);
		assert_string_equal(t.notices.items[0].file, NOWHERE);
	}
}

/* ---- files beside the inventory ---- */

/* No file of the one who runs the tests. */
static int without_ansible_cfg(void **state)
{
	(void)state;
	return setenv("ANSIBLE_CONFIG", "/dev/null", 1);
}

static void put(const char *folder, const char *name, const char *text)
{
	pl_auto_buf path = PL_BUF_INIT;
	FILE *f;

	pl_buf_addf(&path, "%s/%s", folder, name);
	if (!text) {
		assert_int_equal(mkdir(path.data, 0700), 0);
		return;
	}
	f = fopen(path.data, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void take_away(const char *folder, const char *const *names, size_t count)
{
	while (count--) {
		pl_auto_buf path = PL_BUF_INIT;

		pl_buf_addf(&path, "%s/%s", folder, names[count]);
		assert_int_equal(remove(path.data), 0);
	}
	assert_int_equal(rmdir(folder), 0);
}

static void reads_files_beside_it(void **state)
{
	static const char *const names[] = { "hosts", "group_vars", "group_vars/all", "group_vars/all/vault.yml",
					     "group_vars/all/main.yml", "host_vars", "host_vars/a.json", "host_vars/b" };
	static const char *const texts[] = { "[g]\na\nb\n", NULL, NULL, "$ANSIBLE_VAULT;1.1;AES256\n00\n",
					     "ansible_user: x\nansible_password: !vault |\n  00\n", NULL,
					     "{\n\t\"ansible_port\": 7\n}\n", "" };
	pl_auto_ssh_targets t = PL_SSH_TARGETS_INIT;
	char folder[] = "/tmp/inventory-XXXXXX";
	pl_auto_buf path = PL_BUF_INIT, shown = PL_BUF_INIT;
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < COUNT(names); i++)
		put(folder, names[i], texts[i]);
	pl_buf_addf(&path, "%s/hosts", folder);
	show(&shown, pl_ssh_inventory(&t, path.data, &err), &t, &err);
	assert_string_equal(shown.data, "a user x port 7, b user x");
	assert_int_equal(t.notices.count, 2);
	assert_true(pl_ends(t.notices.items[0].file, "/group_vars/all/vault.yml"));
	assert_string_equal(t.notices.items[0].text, "encrypted with Ansible Vault, so its variables are not known");
	assert_string_equal(t.notices.items[1].text, "ansible_password is not used: hosts are logged in to with keys");
	take_away(folder, names, COUNT(names));
}

static void says_which_file_beside_it_is_wrong(void **state)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{ "[a]\n", "/host_vars/a:1: a file of variables is a mapping" },
		{ "a: b: c\n", "/host_vars/a:1:5: mapping values are not allowed in this context" },
	};
	static const char *const names[] = { "hosts", "host_vars", "host_vars/a" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		pl_auto_ssh_targets t = PL_SSH_TARGETS_INIT;
		char folder[] = "/tmp/inventory-XXXXXX";
		pl_auto_buf path = PL_BUF_INIT;
		struct pl_err err = PL_ERR_INIT;

		assert_non_null(mkdtemp(folder));
		put(folder, "hosts", "a\n");
		put(folder, "host_vars", NULL);
		put(folder, "host_vars/a", rows[i].text);
		pl_buf_addf(&path, "%s/hosts", folder);
		assert_int_equal(pl_ssh_inventory(&t, path.data, &err), -1);
		assert_string_equal(err.text + strlen(folder), rows[i].message);
		take_away(folder, names, COUNT(names));
	}
}

static void names_what_ansible_cfg_says(void **state)
{
	static const char *const names[] = { "hosts", "ansible.cfg" };
	static const char *const notices[] = {
		"2: remote_user is not read: set ansible_user in the inventory",
		"6: private_key_file is not read: set ansible_ssh_private_key_file in the inventory",
		"9: ssh_common_args is not read: set ansible_ssh_common_args in the inventory",
	};
	pl_auto_ssh_targets t = PL_SSH_TARGETS_INIT;
	char folder[] = "/tmp/inventory-XXXXXX";
	pl_auto_buf path = PL_BUF_INIT, cfg = PL_BUF_INIT;
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	assert_non_null(mkdtemp(folder));
	put(folder, "hosts", "a\n");
	put(folder, "ansible.cfg", "[defaults]\r\nremote_user = x\r\n# remote_port = 1\n;remote_port=1\nremote_port=\n"
				   "private_key_file: /k\n[ssh_connection]\nssh_args = -o ControlMaster=auto\n"
				   "ssh_common_args=-o ProxyJump=j\n");
	pl_buf_addf(&path, "%s/hosts", folder);
	pl_buf_addf(&cfg, "%s/ansible.cfg", folder);
	assert_int_equal(setenv("ANSIBLE_CONFIG", cfg.data, 1), 0);
	assert_int_equal(pl_ssh_inventory(&t, path.data, &err), 0);
	assert_int_equal(t.notices.count, COUNT(notices));
	for (size_t i = 0; i < COUNT(notices); i++) {
		pl_auto_buf shown = PL_BUF_INIT;

		pl_buf_addf(&shown, "%d: %s", t.notices.items[i].line, t.notices.items[i].text);
		assert_string_equal(shown.data, notices[i]);
	}
	take_away(folder, names, COUNT(names));
}

/* Ten aliases of ten aliases ...: a short text, and a walk without end. */
static void aliases_cost_no_more_than_the_limit(void **state)
{
	pl_auto_ssh_targets t = PL_SSH_TARGETS_INIT;
	pl_auto_buf text = PL_BUF_INIT;
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	pl_buf_adds(&text, "g0: &g0 {vars: {ansible_user: x}}\n");
	for (int i = 1; i < 30; i++) {
		pl_buf_addf(&text, "g%d: &g%d {children: {", i, i);
		for (int k = 0; k < 10; k++)
			pl_buf_addf(&text, "%sc%d-%d: *g%d", k ? ", " : "", i, k, i - 1);
		pl_buf_adds(&text, "}}\n");
	}
	assert_int_equal(read_text(&t, text.data, &err), -1);
	assert_int_equal(err.code, PL_E_LIMIT);
}

static void many_hosts_cost_no_time(void **state)
{
	pl_auto_ssh_targets t = PL_SSH_TARGETS_INIT;
	pl_auto_buf text = PL_BUF_INIT;
	struct pl_err err = PL_ERR_INIT;
	clock_t start = clock();

	(void)state;
	for (int g = 0; g < 100; g++)
		pl_buf_addf(&text, "[g%d]\nn%d-[001:100].example.com ansible_user=u\n[g%d:vars]\nansible_port=%d\n", g, g, g,
			    g + 1);
	pl_buf_adds(&text, "[everything]\nn[0:99]-[001:100].example.com\n");
	assert_int_equal(read_text(&t, text.data, &err), 0);
	assert_int_equal(t.count, 10000);
	assert_string_equal(t.items[9999].name, "n99-100.example.com");
	assert_int_equal(t.items[9999].port, 100);
	assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
}

/* ---- targets that are written as a URI ---- */

static void reads_uris(void **state)
{
	static const struct {
		const char *text, *shown;
	} rows[] = {
		{ "a", "a" },
		{ "a/", "a" },
		{ "a.example.com:2222", "a.example.com port 2222" },
		{ "me@a", "a user me" },
		{ "DOMAIN%5cme@a", "a user DOMAIN\\me" },
		{ "me%40corp@a:22", "a user me@corp port 22" },
		{ "me@corp@a", "a user me@corp" },
		{ "[::1]", "::1" },
		{ "me@[fd00::1]:2222", "fd00::1 user me port 2222" },
		{ "", "ssh://: not [USER@]HOST[:PORT]" },
		{ ":22", "ssh://:22: not [USER@]HOST[:PORT]" },
		{ "a:", "ssh://a:: not [USER@]HOST[:PORT]" },
		{ "a:0", "ssh://a:0: not [USER@]HOST[:PORT]" },
		{ "a:65536", "ssh://a:65536: not [USER@]HOST[:PORT]" },
		{ "::1", "ssh://::1: not [USER@]HOST[:PORT]" },
		{ "[::1", "ssh://[::1: not [USER@]HOST[:PORT]" },
		{ "-oProxyCommand=x", "ssh://-oProxyCommand=x: not [USER@]HOST[:PORT]" },
		{ "a;b", "ssh://a;b: not [USER@]HOST[:PORT]" },
		{ "a b", "ssh://a b: not [USER@]HOST[:PORT]" },
		{ "a/b", "ssh://a/b: a path cannot stand here; an inventory is ssh://@FILE" },
		{ "me:secret@a", "ssh://...@a: a password cannot stand here; use a key, or an agent" },
		{ "%zz@a", "ssh://%zz@a: '%zz' is no name of a user" },
		{ "%00@a", "ssh://%00@a: '%00' is no name of a user" },
		{ "-l@a", "ssh://-l@a: '-l' is no name of a user" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		pl_auto_ssh_targets t = PL_SSH_TARGETS_INIT;
		pl_auto_buf shown = PL_BUF_INIT;
		struct pl_err err = PL_ERR_INIT;

		show(&shown, pl_ssh_target_uri(&t, rows[i].text, &err), &t, &err);
		assert_string_equal(shown.data, rows[i].shown);
	}
}

static void takes_nodes_of_other_sources(void **state)
{
	pl_auto_ssh_targets t = PL_SSH_TARGETS_INIT;
	pl_auto_buf shown = PL_BUF_INIT;
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	pl_ssh_target_add(&t, "node-1", "10.0.0.1", "ubuntu");
	pl_ssh_target_add(&t, "node-2", NULL, NULL);
	pl_ssh_target_add(&t, "node-3", "$(x)", NULL);
	show(&shown, 0, &t, &err);
	assert_string_equal(shown.data, "node-1=10.0.0.1 user ubuntu, node-2, node-3 (:0: '$(x)' is no host name)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_texts),
		cmocka_unit_test(says_what_is_wrong_and_where),
		cmocka_unit_test(refuses_bytes_that_are_no_text),
		cmocka_unit_test(names_what_is_not_honoured),
		cmocka_unit_test_setup(reads_files_beside_it, without_ansible_cfg),
		cmocka_unit_test(names_what_ansible_cfg_says),
		cmocka_unit_test(says_which_file_beside_it_is_wrong),
		cmocka_unit_test(aliases_cost_no_more_than_the_limit),
		cmocka_unit_test(many_hosts_cost_no_time),
		cmocka_unit_test(reads_uris),
		cmocka_unit_test(takes_nodes_of_other_sources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
