/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ssh_config: what is refused and where, what is named as not honoured, files that include files.  That
 * values are the ones OpenSSH takes is held by tests/ssh_files.
 */
#include "ssh/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/pool.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* A home of its own, with ~/.ssh/config, and what was resolved last. */
struct world {
	char home[32];
	struct pl_ssh_where where;
	struct pl_arena arena;
	struct pl_ssh_config *config;
	const struct pl_ssh_host *host;
	struct pl_err err;
};

static void write_file(const struct world *w, const char *name, const char *text)
{
	pl_auto_buf path = PL_BUF_INIT;
	FILE *f;

	pl_buf_addf(&path, "%s/%s", w->home, name);
	f = fopen(path.data, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(path.data, 0600), 0);
}

static struct world *new_world(const char *config)
{
	struct world *w = pl_alloc(sizeof *w);
	pl_auto_buf folder = PL_BUF_INIT;

	snprintf(w->home, sizeof w->home, "/tmp/ssh-XXXXXX");
	assert_non_null(mkdtemp(w->home));
	pl_buf_addf(&folder, "%s/.ssh", w->home);
	assert_int_equal(mkdir(folder.data, 0700), 0);
	w->where = (struct pl_ssh_where){ .home = w->home, .user = "me", .system = "/dev/null" };
	write_file(w, ".ssh/config", config);
	return w;
}

static void end_world(struct world *w)
{
	static const char *const names[] = { ".ssh/config", ".ssh/a.conf", ".ssh/b.conf", ".ssh/loop", ".ssh", "other",
					     "system", "" };

	for (size_t i = 0; i < COUNT(names); i++) {
		pl_auto_buf path = PL_BUF_INIT;

		pl_buf_addf(&path, "%s/%s", w->home, names[i]);
		remove(path.data);
	}
	pl_ssh_config_free(w->config);
	pl_arena_release(&w->arena);
	free(w);
}

static int resolve(struct world *w, const struct pl_ssh_target *target)
{
	if (!w->config && pl_ssh_config_load(&w->where, &w->config, &w->err))
		return -1;
	return pl_ssh_config_resolve(w->config, &w->arena, target, &w->host, &w->err);
}

static int resolve_host(struct world *w, const char *host, const char *options)
{
	const struct pl_ssh_target t = { .name = host, .host = host, .options = options };

	return resolve(w, &t);
}

/* A message without the home's name, which differs from run to run. */
static const char *message(const struct world *w)
{
	const char *home = strstr(w->err.text, w->home);

	return home == w->err.text ? home + strlen(w->home) : w->err.text;
}

static void says_what_is_wrong_and_where(void **state)
{
	static const struct {
		const char *config, *message;
	} rows[] = {
		{ "\n  Prot 22\n", "a: /.ssh/config:2: 'Prot' is no directive of ssh_config; IgnoreUnknown passes over it" },
		{ "Host b\nUseKeychain yes\n",
		  "a: /.ssh/config:2: 'UseKeychain' is no directive of ssh_config; IgnoreUnknown passes over it" },
		{ "Port x\n", "/.ssh/config:1: Port: 'x' is no port: it must be a number from 1 to 65535" },
		{ "Port 70000\n", "/.ssh/config:1: Port: '70000' is no port: it must be a number from 1 to 65535" },
		{ "BatchMode on\n", "/.ssh/config:1: BatchMode: 'on' is neither yes nor no" },
		{ "User\n", "/.ssh/config:1: User: its value is missing" },
		{ "User \"\"\n", "/.ssh/config:1: User: its value is empty" },
		{ "User 'a\n", "/.ssh/config:1: User: a quote is not closed" },
		{ "user a b\n", "/.ssh/config:1: user: 'b' is one value too many" },
		{ "ConnectTimeout 5x\n", "/.ssh/config:1: ConnectTimeout: '5x' is no time: write 30 or 1m30s" },
		{ "ConnectTimeout 99999999999999999999\n",
		  "/.ssh/config:1: ConnectTimeout: '99999999999999999999' is no time: write 30 or 1m30s" },
		{ "AddressFamily v4\n", "/.ssh/config:1: AddressFamily: 'v4' is none of: any inet inet6" },
		{ "UserKnownHostsFile a none\n", "/.ssh/config:1: UserKnownHostsFile: none must stand alone" },
		{ "ProxyJump a:0\n", "/.ssh/config:1: ProxyJump: 'a:0' is no jump host: write [USER@]HOST[:PORT]" },
		{ "ProxyJump [a\n", "/.ssh/config:1: ProxyJump: '[a' is no jump host: write [USER@]HOST[:PORT]" },
		{ "Match\n", "/.ssh/config:1: Match: its value is missing" },
		{ "Match day monday\n", "/.ssh/config:1: Match: there is no criterion 'day'" },
		{ "Match user\n", "/.ssh/config:1: Match: user needs a value" },
		{ "Match all host a\n", "/.ssh/config:1: Match: all cannot be combined with other criteria" },
		{ "HostName %q\n", "a: /.ssh/config:1: HostName: %q is no token here: '%q'" },
		{ "HostName 100%\n", "a: /.ssh/config:1: HostName: % is no token here: '100%'" },
		{ "HostName %p\n", "a: /.ssh/config:1: HostName: %p is no token here: '%p'" },
		{ "IdentityFile %C\n", "a: /.ssh/config:1: IdentityFile: %C is no token here: '%C'" },
		{ "IdentityFile ${PL_NOT_SET}/x\n",
		  "a: /.ssh/config:1: IdentityFile: the variable 'PL_NOT_SET' is not set" },
		{ "IdentityFile ${PL\n", "a: /.ssh/config:1: IdentityFile: a brace is missing in '${PL'" },
		{ "IdentityFile ~nobody-here/x\n",
		  "a: /.ssh/config:1: IdentityFile: there is no user 'nobody-here', whose home ~nobody-here is" },
		{ "RefuseConnection \"use the bastion\"\n", "a: /.ssh/config:1: RefuseConnection: use the bastion" },
		{ "HostName a;b\n", "a: 'a;b' is no host name" },
		{ "User $(x)\n", "a: '$(x)' is no name of a user" },
		{ "ProxyJump a\n", "a: ProxyJump: the jump host 'a' leads to itself" },
		{ "Host a\nProxyJump b\nHost b\nProxyJump a\n",
		  "more than 16 jump hosts in a row: does one lead back to itself?" },
		{ "Include ~nobody-here/x\n",
		  "/.ssh/config:1: Include: there is no user 'nobody-here', whose home ~nobody-here is" },
		{ "Include %h.conf\n", "/.ssh/config:1: Include: %h is no token here: '%h.conf'" },
		{ "Include loop\n", "/.ssh/loop: files include files more than 16 deep" },
		{ "Include a.conf\n", "/.ssh/a.conf:2: Port: '0' is no port: it must be a number from 1 to 65535" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world *w = new_world(rows[i].config);
		const char *said, *home;

		write_file(w, ".ssh/loop", "Include loop\n");
		write_file(w, ".ssh/a.conf", "\nPort 0\n");
		assert_int_equal(resolve_host(w, "a", NULL), -1);
		/* the home's name may also stand inside the message */
		home = strstr(w->err.text, w->home);
		said = message(w);
		if (home && home != w->err.text) {
			char *text = w->err.text + (home - w->err.text);

			memmove(text, text + strlen(w->home), strlen(text + strlen(w->home)) + 1);
		}
		if (!pl_ends(said, rows[i].message) || (said != rows[i].message && !strstr(said, rows[i].message)))
			fail_msg("%s: %s, not %s", rows[i].config, said, rows[i].message);
		end_world(w);
	}
}

static void names_what_is_not_honoured(void **state)
{
	static const struct {
		const char *config, *notice;
	} rows[] = {
		{ "StrictHostKeyChecking no\n", "StrictHostKeyChecking no has no effect: host keys are always verified, and "
						"new ones need --ssh-accept-new" },
		{ "StrictHostKeyChecking accept-new\n", "StrictHostKeyChecking accept-new has no effect: host keys are always "
							"verified, and new ones need --ssh-accept-new" },
		{ "CanonicalizeHostname yes\n", "CanonicalizeHostname yes is not honoured: host names are taken as they are "
						"written" },
		{ "CheckHostIP yes\n", "CheckHostIP yes is not honoured: keys are looked up by the host's name only" },
		{ "KnownHostsCommand /bin/x %H\n",
		  "KnownHostsCommand /bin/x %H is not honoured: no command is run for host keys" },
		{ "VerifyHostKeyDNS yes\n", "VerifyHostKeyDNS yes is not honoured: SSHFP records are not asked for" },
		{ "NoHostAuthenticationForLocalhost yes\n",
		  "NoHostAuthenticationForLocalhost yes has no effect: host keys are always verified, and new ones need "
		  "--ssh-accept-new" },
		{ "PKCS11Provider /x.so\n",
		  "PKCS11Provider /x.so is not honoured: keys on tokens are used through ssh-agent only" },
		{ "PreferredAuthentications password\n",
		  "PreferredAuthentications password is not honoured: only keys are used" },
		{ "Match exec \"test -f x\"\nPort 1\n", "Match exec is not looked at: the block is passed over" },
		{ "Match host a !exec x\nPort 1\n", "Match exec is not looked at: the block is passed over" },
		{ "Match localnetwork 10.0.0.0/8 user me\n", "Match localnetwork is not looked at: the block is passed over" },
		/* these change nothing */
		{ "StrictHostKeyChecking yes\nCheckHostIP no\nKnownHostsCommand none\nVerifyHostKeyDNS ask\n", NULL },
		{ "ForwardX11 yes\nSendEnv *\nControlMaster auto\nServerAliveInterval 5\nVisualHostKey yes\n", NULL },
		{ "PreferredAuthentications publickey,password\nPKCS11Provider none\nSecurityKeyProvider internal\n", NULL },
		{ "Host b\nStrictHostKeyChecking no\n", NULL },
		{ "Match host b exec x\n", NULL },
		{ "StrictHostKeyChecking yes\nStrictHostKeyChecking no\n", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world *w = new_world(rows[i].config);

		assert_int_equal(resolve_host(w, "a", NULL), 0);
		assert_int_equal(w->host->notices.count, rows[i].notice != NULL);
		assert_int_equal(w->host->port, 22);
		if (rows[i].notice) {
			assert_string_equal(w->host->notices.items[0].text, rows[i].notice);
			assert_int_equal(w->host->notices.items[0].line, 1);
			assert_string_equal(w->host->notices.items[0].file + strlen(w->home), "/.ssh/config");
		}
		end_world(w);
	}
}

static void takes_options_before_files(void **state)
{
	static const struct {
		const char *options, *shown;
	} rows[] = {
		{ NULL, "file@a:1" },
		{ "", "file@a:1" },
		{ "-p 2 -l opt", "opt@a:2" },
		{ "-p2 -lopt", "opt@a:2" },
		{ "-4Cp 2", "file@a:2" },
		{ "-o Port=2 -p 3", "file@a:2" },
		{ "-oUser=x -o 'HostName b'", "x@b:1" },
		{ "-o ControlMaster=auto -vvv -L 1:a:2 -E log", "file@a:1" },
		{ "-J jump", "file@a:1 via file@jump:1" },
		{ "-J x@one:5,two", "file@a:1 via file@two:1 via x@one:5" },
		{ "-F none", "me@a:22" },
		{ "-F ~/other", "other@a:22" },
		{ "-F ~/other -p 9 -J b", "other@a:9 via other@b:22" },
		{ "-Z", "a: -Z is no option of ssh that can be used here" },
		{ "-W a:1", "a: -W is no option of ssh that can be used here" },
		{ "-p", "a: the option -p needs a value" },
		{ "-p x", "a: Port: 'x' is no port: it must be a number from 1 to 65535" },
		{ "b", "a: 'b' is no option of ssh" },
		{ "-", "a: '-' is no option of ssh" },
		{ "-o 'Port 1", "a: a quote is not closed in its options of ssh" },
		{ "-o Nothing=1", "a: 'Nothing' is no option of ssh" },
		{ "-o Host=b", "a: Host cannot be given as an option" },
		{ "-o Include=/x", "a: Include cannot be given as an option" },
		{ "-o IgnoreUnknown=N* -o Nothing=1", "file@a:1" },
	};
	struct world *w = new_world("User file\nPort 1\n");

	(void)state;
	write_file(w, "other", "User other\n");
	for (size_t i = 0; i < COUNT(rows); i++) {
		pl_auto_buf shown = PL_BUF_INIT;

		if (resolve_host(w, "a", rows[i].options))
			pl_buf_adds(&shown, w->err.text);
		else
			for (const struct pl_ssh_host *h = w->host; h; h = h->via)
				pl_buf_addf(&shown, "%s%s@%s:%u", h == w->host ? "" : " via ", h->user, h->host, (unsigned)h->port);
		assert_string_equal(shown.data, rows[i].shown);
	}
	assert_int_equal(resolve_host(w, "a", "-F /nowhere/at/all"), -1);
	assert_string_equal(w->err.text, "a: /nowhere/at/all: no such file");
	end_world(w);
}

static void a_target_goes_before_its_options(void **state)
{
	struct world *w = new_world("User file\nIdentityFile ~/.ssh/file\n");
	const struct pl_ssh_target t = { .name = "n", .host = "a", .user = "u", .port = 7, .identity_file = "~/key",
					 .options = "-p 8 -o User=x -i /k -o StrictHostKeyChecking=no", .file = "hosts",
					 .line = 3 };
	pl_auto_buf key = PL_BUF_INIT;

	(void)state;
	assert_int_equal(resolve(w, &t), 0);
	assert_string_equal(w->host->user, "u");
	assert_int_equal(w->host->port, 7);
	assert_ptr_equal(w->host->target, &t);
	pl_buf_addf(&key, "%s/key", w->home);
	assert_string_equal(w->host->identity_files[0], key.data);
	assert_string_equal(w->host->identity_files[1], "/k");
	assert_true(pl_ends(w->host->identity_files[2], "/.ssh/file"));
	assert_null(w->host->identity_files[3]);
	assert_int_equal(w->host->notices.count, 1);
	assert_string_equal(w->host->notices.items[0].file, "hosts");
	assert_int_equal(w->host->notices.items[0].line, 3);
	end_world(w);
}

static void reads_the_user_then_the_system(void **state)
{
	struct world *w = new_world("Include a.conf ?.conf none*\nHost a\nUser config\n");
	pl_auto_buf system = PL_BUF_INIT;

	(void)state;
	write_file(w, ".ssh/a.conf", "Host b\nUser from-a\nHost *\nPort 1\n");
	write_file(w, ".ssh/b.conf", "Host *\nUser from-b\nPort 2\n");
	write_file(w, "system", "User system\nConnectTimeout 5\n");
	pl_buf_addf(&system, "%s/system", w->home);
	w->where.system = system.data;
	assert_int_equal(resolve_host(w, "b", NULL), 0);
	assert_string_equal(w->host->user, "from-a");
	assert_int_equal(w->host->port, 1);
	assert_int_equal(w->host->connect_timeout, 5);
	assert_int_equal(resolve_host(w, "c", NULL), 0);
	assert_string_equal(w->host->user, "from-b");
	end_world(w);
}

static void gives_defaults(void **state)
{
	struct world *w = new_world("");

	(void)state;
	assert_int_equal(resolve_host(w, "A.Example", NULL), 0);
	assert_string_equal(w->host->name, "A.Example");
	assert_string_equal(w->host->host, "a.example");
	assert_string_equal(w->host->user, "me");
	assert_false(w->host->identities_set);
	assert_true(pl_ends(w->host->identity_files[0], "/.ssh/id_rsa"));
	assert_true(pl_ends(w->host->new_hosts, "/.ssh/known_hosts"));
	assert_string_equal(w->host->known_hosts[2], "/etc/ssh/ssh_known_hosts");
	assert_null(w->host->via);
	assert_null(w->host->proxy_command);
	assert_int_equal(w->host->strict, PL_SSH_STRICT_ASK);
	assert_int_equal(w->host->connection_attempts, 1);
	end_world(w);
}

static void refuses_files_that_others_may_write(void **state)
{
	struct world *w = new_world("User x\n");
	pl_auto_buf path = PL_BUF_INIT;

	(void)state;
	pl_buf_addf(&path, "%s/.ssh/config", w->home);
	assert_int_equal(chmod(path.data, 0666), 0);
	assert_int_equal(resolve_host(w, "a", NULL), -1);
	assert_int_equal(w->err.code, PL_E_INPUT);
	assert_string_equal(message(w), "/.ssh/config: others may write it, so it is not read: chmod go-w, and it must be yours");
	/* one that is named on the command line is the user's word, as it is to ssh */
	w->where.file = path.data;
	assert_int_equal(resolve_host(w, "a", NULL), 0);
	end_world(w);
}

static void refuses_what_is_no_text(void **state)
{
	struct world *w = new_world("");
	pl_auto_buf path = PL_BUF_INIT;
	FILE *f;

	(void)state;
	pl_buf_addf(&path, "%s/.ssh/config", w->home);
	f = fopen(path.data, "w");
	assert_non_null(f);
	fwrite("User\0x\n", 1, 7, f);
	fclose(f);
	assert_int_equal(resolve_host(w, "a", NULL), -1);
	assert_string_equal(message(w), "/.ssh/config: not a text, so no ssh_config");
	w->where.file = w->home;
	assert_int_equal(resolve_host(w, "a", NULL), -1);
	assert_string_equal(message(w), ": a folder, not a file");
	w->where.file = "/nowhere/config";
	assert_int_equal(resolve_host(w, "a", NULL), -1);
	assert_string_equal(w->err.text, "/nowhere/config: no such file");
	end_world(w);
}

static void tags_are_matched(void **state)
{
	struct world *w = new_world("Host a\nTag prod\nMatch tagged prod\nPort 7\nMatch tagged !*\nPort 8\n"
				    "Match sessiontype exec\nUser s\nMatch sessiontype shell\nCompression yes\n");

	(void)state;
	assert_int_equal(resolve_host(w, "a", NULL), 0);
	assert_int_equal(w->host->port, 7);
	assert_string_equal(w->host->user, "s");
	assert_false(w->host->compression);
	assert_int_equal(resolve_host(w, "b", "-P prod"), 0);
	assert_int_equal(w->host->port, 7);
	assert_int_equal(resolve_host(w, "b", NULL), 0);
	assert_int_equal(w->host->port, 22);
	end_world(w);
}

/* ---- threads ---- */

struct crowd {
	struct pl_ssh_config *config;
	struct pl_arena arenas[64];
	unsigned ports[64];
};

static void resolve_one(void *ctx, size_t i)
{
	struct crowd *c = ctx;
	const struct pl_ssh_target t = { .name = "a", .host = i % 2 ? "a" : "b", .options = i % 3 ? "-F none" : NULL };
	const struct pl_ssh_host *h;
	struct pl_err err;

	c->ports[i] = pl_ssh_config_resolve(c->config, &c->arenas[i], &t, &h, &err) ? 0 : h->port;
}

static void many_threads_share_a_config(void **state)
{
	struct world *w = new_world("Host a\nPort 7\nMatch final host b\nPort 8\n");
	struct crowd *c = pl_alloc(sizeof *c);

	(void)state;
	assert_int_equal(pl_ssh_config_load(&w->where, &w->config, &w->err), 0);
	c->config = w->config;
	pl_pool_run(COUNT(c->ports), 8, resolve_one, c);
	for (size_t i = 0; i < COUNT(c->ports); i++) {
		assert_int_equal(c->ports[i], i % 3 ? 22 : i % 2 ? 7 : 8);
		pl_arena_release(&c->arenas[i]);
	}
	free(c);
	end_world(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_is_wrong_and_where),
		cmocka_unit_test(names_what_is_not_honoured),
		cmocka_unit_test(takes_options_before_files),
		cmocka_unit_test(a_target_goes_before_its_options),
		cmocka_unit_test(reads_the_user_then_the_system),
		cmocka_unit_test(gives_defaults),
		cmocka_unit_test(refuses_files_that_others_may_write),
		cmocka_unit_test(refuses_what_is_no_text),
		cmocka_unit_test(tags_are_matched),
		cmocka_unit_test(many_threads_share_a_config),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
