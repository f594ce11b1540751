/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the readers of src/ssh say, for tests that compare it with OpenSSH and Ansible.  Each line of
 * standard input is a question, its parts separated by tabs; each answer ends with a line "end".
 *
 *   config FILE SYSTEM HOME HOST OPTIONS   every field of pl_ssh_host ("-" for FILE, SYSTEM: none given)
 *   known HOST PORT KEY FILE...            verdict and line; KEY is base64
 *   types HOST PORT FILE...                the types of keys to ask for
 *   add HOST PORT KEY FILE HASH            adds a new host
 *   inventory FILE                         the targets
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"
#include "ssh/config.h"
#include "ssh/known_hosts.h"

#define PARTS 32

static void print(const char *key, const char *value)
{
	if (value)
		printf("%s %s\n", key, value);
}

static void print_all(const char *key, const char *const *values)
{
	for (; *values; values++)
		print(key, *values);
}

static void print_number(const char *key, long value)
{
	printf("%s %ld\n", key, value);
}

static void print_notices(const struct pl_ssh_notices *n)
{
	for (size_t i = 0; i < n->count; i++)
		printf("notice %s:%d: %s\n", n->items[i].file ? n->items[i].file : "", n->items[i].line,
		       n->items[i].text);
}

static void print_host(const struct pl_ssh_host *h)
{
	static const char *const strict[] = { "ask", "true", "accept-new", "false" };

	print("hostname", h->host);
	print("user", h->user);
	print_number("port", h->port);
	for (const struct pl_ssh_host *via = h->via; via; via = via->via)
		printf("via %s@%s:%u\n", via->user, via->host, (unsigned)via->port);
	print("proxycommand", h->proxy_command);
	print_number("proxyusefdpass", h->proxy_use_fdpass);
	print_all("identityfile", h->identity_files);
	print_number("identitiesset", h->identities_set);
	print_number("identitiesonly", h->identities_only);
	print_all("certificatefile", h->certificate_files);
	print("identityagent", h->identity_agent);
	print_number("batchmode", h->batch_mode);
	print_number("pubkeyauthentication", h->pubkey_authentication);
	print_number("passwordauthentication", h->password_authentication);
	print_number("kbdinteractiveauthentication", h->keyboard_interactive);
	print("hostkeyalias", h->host_key_alias);
	print_all("knownhosts", h->known_hosts);
	print("newhosts", h->new_hosts);
	print("revokedhostkeys", h->revoked_host_keys);
	print("stricthostkeychecking", strict[h->strict]);
	print_number("hashknownhosts", h->hash_known_hosts);
	print("hostkeyalgorithms", h->host_key_algorithms);
	print("kexalgorithms", h->kex_algorithms);
	print("ciphers", h->ciphers);
	print("macs", h->macs);
	print("pubkeyacceptedalgorithms", h->pubkey_accepted_algorithms);
	print_number("compression", h->compression);
	print_number("requiredrsasize", h->required_rsa_size);
	print_number("connecttimeout", h->connect_timeout);
	print_number("connectionattempts", h->connection_attempts);
	print_number("addressfamily", h->address_family);
	print("bindaddress", h->bind_address);
	print("bindinterface", h->bind_interface);
	print_number("tcpkeepalive", h->tcp_keep_alive);
	print_number("serveraliveinterval", h->server_alive_interval);
	print_number("serveralivecountmax", h->server_alive_count_max);
	print_notices(&h->notices);
}

static int ask_config(char **part, size_t count, struct pl_err *err)
{
	struct pl_ssh_where where = { 0 };
	struct pl_arena arena = { NULL };
	pl_auto_ssh_config *c = NULL;
	struct pl_ssh_target target = { 0 };
	const struct pl_ssh_host *h;
	int rc = -1;

	if (count < 6)
		return pl_err_set(err, PL_E_USAGE, "config has five parts");
	where.file = strcmp(part[1], "-") ? part[1] : NULL;
	where.system = strcmp(part[2], "-") ? part[2] : "/dev/null";
	where.home = part[3];
	target.name = target.host = part[4];
	target.options = part[5];
	if (!pl_ssh_config_load(&where, &c, err) && !pl_ssh_config_resolve(c, &arena, &target, &h, err)) {
		print_host(h);
		rc = 0;
	}
	pl_arena_release(&arena);
	return rc;
}

static struct pl_known_host known_host(char **part, char **files)
{
	return (struct pl_known_host){ .host = part[1], .port = (uint16_t)strtoul(part[2], NULL, 10),
				       .files = (const char *const *)files };
}

static int ask_known(char **part, size_t count, struct pl_err *err)
{
	static const char *const verdicts[] = { "unknown", "ok", "changed", "other-type", "revoked", "ca" };
	pl_auto_known_hosts *k = pl_known_hosts_new();
	pl_auto_buf key = PL_BUF_INIT;
	struct pl_known_host h = known_host(part, part + 4);
	struct pl_known_result r;

	if (count < 4 || !pl_base64_decode(part[3], strlen(part[3]), &key))
		return pl_err_set(err, PL_E_USAGE, "known has at least three parts");
	if (pl_known_hosts_lookup(k, &h, key.data, key.len, &r, err))
		return -1;
	printf("%s %s:%u %s %s\n", verdicts[r.verdict], r.file ? r.file : "", r.line, r.type, r.fingerprint);
	return 0;
}

static int ask_types(char **part, size_t count, struct pl_err *err)
{
	pl_auto_known_hosts *k = pl_known_hosts_new();
	struct pl_known_host h = known_host(part, part + 3);
	char types[PL_KNOWN_TYPES][PL_KEY_TYPE_SIZE];
	size_t n;

	if (count < 3)
		return pl_err_set(err, PL_E_USAGE, "types has at least two parts");
	if (pl_known_hosts_types(k, &h, types, &n, err))
		return -1;
	for (size_t i = 0; i < n; i++)
		print("type", types[i]);
	return 0;
}

static int ask_add(char **part, size_t count, struct pl_err *err)
{
	pl_auto_known_hosts *k = pl_known_hosts_new();
	pl_auto_buf key = PL_BUF_INIT;
	char *files[2] = { NULL, NULL };
	struct pl_known_host h;

	if (count < 6 || !pl_base64_decode(part[3], strlen(part[3]), &key))
		return pl_err_set(err, PL_E_USAGE, "add has five parts");
	files[0] = part[4];
	h = known_host(part, files);
	h.add_to = part[4];
	return pl_known_hosts_add(k, &h, key.data, key.len, !strcmp(part[5], "yes"), err);
}

static int ask_inventory(char **part, size_t count, struct pl_err *err)
{
	pl_auto_ssh_targets t = PL_SSH_TARGETS_INIT;

	if (count < 2)
		return pl_err_set(err, PL_E_USAGE, "inventory has one part");
	if (pl_ssh_inventory(&t, part[1], err))
		return -1;
	for (size_t i = 0; i < t.count; i++) {
		const struct pl_ssh_target *h = &t.items[i];

		print("target", h->name);
		print("problem", h->problem);
		if (h->problem)
			continue;
		print("host", h->host);
		print("user", h->user);
		print_number("port", h->port);
		print("identity", h->identity_file);
		print("options", h->options);
	}
	print_notices(&t.notices);
	return 0;
}

static const struct {
	const char *name;
	int (*ask)(char **part, size_t count, struct pl_err *err);
} questions[] = {
	{ "config", ask_config }, { "known", ask_known }, { "types", ask_types }, { "add", ask_add },
	{ "inventory", ask_inventory },
};

static int answer(char *line, struct pl_err *err)
{
	char *part[PARTS + 1] = { NULL };
	size_t count = 0;

	for (char *p = line; p && count < PARTS; count++) {
		part[count] = p;
		p = strchr(p, '\t');
		if (p)
			*p++ = '\0';
	}
	for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
		if (!strcmp(questions[i].name, part[0]))
			return questions[i].ask(part, count, err);
	return pl_err_set(err, PL_E_USAGE, "there is no question '%s'", part[0]);
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, stdin) > 0) {
		struct pl_err err = PL_ERR_INIT;

		line[strcspn(line, "\n")] = '\0';
		if (answer(line, &err))
			printf("error %s\n", err.text);
		puts("end");
		fflush(stdout);
	}
	free(line);
	return 0;
}
