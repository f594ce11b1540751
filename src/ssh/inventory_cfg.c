/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ansible.cfg is not read: it belongs to a run of Ansible, not to an inventory.  What it says about
 * logging in is named, with the variable that says it in an inventory.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "ssh/file.h"
#include "ssh/inventory.h"

static const struct {
	const char *name, *variable;
} settings[] = {
	{ "remote_user", "ansible_user" },
	{ "remote_port", "ansible_port" },
	{ "private_key_file", "ansible_ssh_private_key_file" },
	{ "ssh_args", "ansible_ssh_args" },
	{ "ssh_common_args", "ansible_ssh_common_args" },
	{ "ssh_extra_args", "ansible_ssh_extra_args" },
};

/* Arguments for multiplexing alone stand in many of these files, and change nothing. */
static bool matters(const char *name, const char *value)
{
	static const char *const words[] = { "proxy", "-J", "-F", "-i", "identity", "user", "port", "hostname" };

	if (!pl_ends(name, "_args"))
		return *value != '\0';
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i][0] == '-' ? strstr(value, words[i]) != NULL : pl_contains(value, words[i]))
			return true;
	return false;
}

static void look_at(struct pl_ssh_targets *t, const char *path, int number, char *line)
{
	char *equals = strpbrk(line, "=:");
	size_t n;

	if (!equals || *line == '#' || *line == ';')
		return;
	n = strcspn(line, " \t=:");
	*equals++ = '\0';
	equals += strspn(equals, " \t");
	line[n] = '\0';
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		if (!strcmp(settings[i].name, line) && matters(line, equals))
			pl_ssh_notices_add(&t->notices, path, number,
					   pl_arena_strf(&t->arena, "%s is not read: set %s in the inventory", line,
							 settings[i].variable));
}

/* Was there such a file? */
static bool look_into(struct pl_ssh_targets *t, const char *path)
{
	pl_auto_buf text = PL_BUF_INIT;
	struct pl_ssh_file f;
	struct pl_err unused;
	int number = 0;

	/* what cannot be read, Ansible would not have read either */
	if (pl_ssh_file_read(path, PL_LIMIT_SSH_OPTIONS_BYTES, false, &text, &f, &unused) || f.missing)
		return false;
	path = pl_arena_strdup(&t->arena, path);
	for (char *p = text.data, *next; *p; p = next) {
		size_t n = strcspn(p, "\n");

		next = p + n + (p[n] != '\0');
		p[n] = '\0';
		p[strcspn(p, "\r")] = '\0';
		look_at(t, path, ++number, p);
	}
	return true;
}

void pl_inv_ansible_cfg(struct pl_ssh_targets *t)
{
	const char *named = getenv("ANSIBLE_CONFIG"), *home = getenv("HOME");
	pl_auto_buf path = PL_BUF_INIT;

	/* the first one that is there is the one that Ansible takes */
	if (named && *named && look_into(t, named))
		return;
	pl_buf_addf(&path, "%s/.ansible.cfg", home ? home : "");
	if (!look_into(t, "ansible.cfg") && !look_into(t, path.data))
		look_into(t, "/etc/ansible/ansible.cfg");
}
