/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drives src/ssh from the tests: reads settings and hosts as lines of "WORD VALUE" from standard input,
 * asks the fleet, and prints one line of JSON-like fields a host.
 *
 * Of the run: script TEXT (\n for a new line), command TEXT, timeout MS, workers N, max BYTES, accept-new,
 * passphrase TEXT (given when asked), repeat N (runs; only the last is printed), progress.
 * Of hosts: `host NAME` begins one, which has the settings of the one before unless it says otherwise:
 * address, port, user, identity (may be repeated; an empty one forgets them), identities-only, cert, agent, known (a
 * known_hosts file), alias, via NAME, proxy-command, connect-timeout S, kex, ciphers, macs, hostkeys, revoked, pubkeys, rsa-size, bind, family,
 * quiet (it is only a jump host).
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "net/wait.h"
#include "ssh/fleet.h"

#define HOSTS 512
#define FILES 8

struct host {
	struct pl_ssh_host h;
	const char *identities[FILES + 1], *certs[FILES + 1], *known[FILES + 1];
	int quiet;
};

struct run {
	struct pl_arena arena;
	struct host hosts[HOSTS];
	size_t count;
	struct pl_fleet_options opt;
	const char *passphrase;
	long repeat;
};

static void push(const char **list, const char *value)
{
	size_t n = 0;

	if (!*value) {
		list[0] = NULL;
		return;
	}
	while (list[n] && n < FILES - 1)
		n++;
	list[n] = value;
	list[n + 1] = NULL;
}

static struct host *find(struct run *r, const char *name)
{
	for (size_t i = 0; i < r->count; i++)
		if (!strcmp(r->hosts[i].h.name, name))
			return &r->hosts[i];
	return NULL;
}

static void new_host(struct run *r, const char *name)
{
	struct host *x = &r->hosts[r->count];

	if (r->count)
		*x = x[-1];
	else
		x->h = (struct pl_ssh_host){ .user = "root", .port = 22, .connection_attempts = 1,
					     .pubkey_authentication = true };
	r->count++;
	x->h.name = name;
	x->h.via = NULL;
	x->h.proxy_command = NULL;
	x->h.host_key_alias = NULL;
	x->quiet = 0;
}

static char *unescape(struct run *r, const char *text)
{
	char *out = pl_arena_strdup(&r->arena, text), *to = out;

	for (; *text; text++) {
		bool line = text[0] == '\\' && text[1] == 'n';

		*to++ = line ? '\n' : *text;
		text += line;
	}
	*to = '\0';
	return out;
}

static bool give(void *ctx, const char *file, bool again, char *out, size_t size)
{
	const struct run *r = ctx;

	fprintf(stderr, "asked for %s%s\n", file, again ? " again" : "");
	snprintf(out, size, "%s", r->passphrase ? r->passphrase : "");
	return r->passphrase != NULL;
}

static void tell(void *ctx, size_t done, size_t of, size_t host)
{
	(void)ctx;
	fprintf(stderr, "progress %zu/%zu %zu\n", done, of, host);
}

/* Settings that are text; false when the word is none of them. */
static bool set_text(struct host *x, const char *word, const char *value)
{
	const struct {
		const char *word, **at;
	} rows[] = {
		{ "address", &x->h.host }, { "user", &x->h.user }, { "agent", &x->h.identity_agent },
		{ "alias", &x->h.host_key_alias }, { "proxy-command", &x->h.proxy_command },
		{ "kex", &x->h.kex_algorithms }, { "ciphers", &x->h.ciphers }, { "macs", &x->h.macs },
		{ "hostkeys", &x->h.host_key_algorithms },
		{ "pubkeys", &x->h.pubkey_accepted_algorithms }, { "bind", &x->h.bind_address }, { "revoked", &x->h.revoked_host_keys },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!strcmp(word, rows[i].word)) {
			*rows[i].at = *value ? value : NULL;
			return true;
		}
	return false;
}

static bool set_host(struct run *r, const char *word, const char *value)
{
	struct host *x = &r->hosts[r->count - 1];

	if (set_text(x, word, value))
		return true;
	if (!strcmp(word, "port"))
		x->h.port = (uint16_t)strtol(value, NULL, 10);
	else if (!strcmp(word, "identity"))
		push(x->identities, value);
	else if (!strcmp(word, "cert"))
		push(x->certs, value);
	else if (!strcmp(word, "known"))
		push(x->known, value);
	else if (!strcmp(word, "identities-only"))
		x->h.identities_only = true;
	else if (!strcmp(word, "identities-set"))
		x->h.identities_set = true;
	else if (!strcmp(word, "connect-timeout"))
		x->h.connect_timeout = (int)strtol(value, NULL, 10);
	else if (!strcmp(word, "rsa-size"))
		x->h.required_rsa_size = (int)strtol(value, NULL, 10);
	else if (!strcmp(word, "family"))
		x->h.address_family = (int)strtol(value, NULL, 10);
	else if (!strcmp(word, "via"))
		x->h.via = &find(r, value)->h;
	else if (!strcmp(word, "quiet"))
		x->quiet = 1;
	else
		return false;
	return true;
}

static bool set_run(struct run *r, const char *word, const char *value)
{
	if (!strcmp(word, "script"))
		r->opt.script = pl_slice(unescape(r, value));
	else if (!strcmp(word, "command"))
		r->opt.command = value;
	else if (!strcmp(word, "timeout"))
		r->opt.timeout_ms = strtol(value, NULL, 10);
	else if (!strcmp(word, "workers"))
		r->opt.workers = (size_t)strtol(value, NULL, 10);
	else if (!strcmp(word, "max"))
		r->opt.max_bytes = (size_t)strtol(value, NULL, 10);
	else if (!strcmp(word, "accept-new"))
		r->opt.accept_new = true;
	else if (!strcmp(word, "progress"))
		r->opt.progress = tell;
	else if (!strcmp(word, "passphrase"))
		r->opt.passphrase = give, r->passphrase = value;
	else if (!strcmp(word, "repeat"))
		r->repeat = strtol(value, NULL, 10);
	else if (!strcmp(word, "host") && r->count < HOSTS)
		new_host(r, value);
	else
		return r->count && set_host(r, word, value);
	return true;
}

static int read_settings(struct run *r)
{
	char *line = NULL, *value;
	size_t cap = 0;
	ssize_t n;

	while ((n = getline(&line, &cap, stdin)) > 0) {
		line[strcspn(line, "\n")] = '\0';
		value = strchr(line, ' ');
		if (value)
			*value++ = '\0';
		if (*line && !set_run(r, pl_arena_strdup(&r->arena, line),
				      pl_arena_strdup(&r->arena, value ? value : ""))) {
			fprintf(stderr, "driver: %s?\n", line);
			free(line);
			return -1;
		}
	}
	free(line);
	return 0;
}

static void print_text(const char *name, const char *text, size_t n)
{
	printf(", \"%s\": \"", name);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\')
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void print_result(const struct host *x, const struct pl_ssh_result *r)
{
	printf("{\"code\": \"%s\"", r->err.code == PL_E_NONE ? "" : pl_err_word(r->err.code));
	print_text("host", x->h.name, strlen(x->h.name));
	print_text("error", r->err.text, strlen(r->err.text));
	print_text("out", r->out.data, r->out.len < 4096 ? r->out.len : 4096);
	print_text("said", r->said.data, r->said.len < 4096 ? r->said.len : 4096);
	print_text("add", r->add.data, r->add.len);
	print_text("type", r->key_type, strlen(r->key_type));
	print_text("fingerprint", r->fingerprint, strlen(r->fingerprint));
	printf(", \"bytes\": %zu, \"status\": %d, \"ms\": %lld, \"attempts\": %u, \"added\": %s}\n", r->out.len,
	       r->status, (long long)r->ms, r->attempts, r->key_added ? "true" : "false");
}

static size_t descriptors(void)
{
	size_t n = 0;

	for (int fd = 0; fd < 4096; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static int once(struct run *r, const struct pl_ssh_host **hosts, size_t n, bool print)
{
	struct pl_ssh_result *slots = pl_alloc((n + 1) * sizeof *slots);
	struct pl_err err = PL_ERR_INIT;
	size_t slot = 0;
	int rc;

	for (size_t i = 0; i < n; i++)
		slots[i] = (struct pl_ssh_result)PL_SSH_RESULT_INIT;
	rc = pl_fleet_run(hosts, n, &r->opt, slots, &err);
	for (size_t i = 0; i < r->count && print; i++)
		if (!r->hosts[i].quiet)
			print_result(&r->hosts[i], &slots[slot++]);
	for (size_t i = 0; i < n; i++)
		pl_ssh_result_release(&slots[i]);
	free(slots);
	return rc;
}

/* An interrupted run: its pipe becomes readable. */
static void interrupt_by(int fd)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (fork() == 0) {
		int number;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		sigwait(&set, &number);
		_Exit(0); /* closes the pipe's other end */
	}
	close(fd);
}

int main(void)
{
	static struct run r;
	static const struct pl_ssh_host *hosts[HOSTS];
	pl_auto_known_hosts *known = pl_known_hosts_new();
	int stop[2] = { -1, -1 }, rc = 0;
	size_t n = 0, before;

	r.opt = (struct pl_fleet_options){ .script = pl_slice("echo hello\n"), .timeout_ms = 60000, .stop_fd = -1,
					   .known = known, .ctx = &r };
	r.repeat = 1;
	if (read_settings(&r))
		return 2;
	for (size_t i = 0; i < r.count; i++) {
		struct host *x = &r.hosts[i];

		x->h.identity_files = x->identities;
		x->h.certificate_files = x->certs;
		x->h.known_hosts = x->known;
		x->h.new_hosts = x->known[0];
		if (!x->quiet)
			hosts[n++] = &x->h;
	}
	if (getenv("DRIVER_STOP") && !pipe(stop)) {
		interrupt_by(stop[1]);
		r.opt.stop_fd = stop[0];
	}
	before = descriptors();
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (long i = 1; i <= r.repeat; i++)
		rc = once(&r, hosts, n, i == r.repeat);
	/* a name that is still being looked up has one, as long as that takes */
	for (int64_t end = pl_clock_ms() + 15000; descriptors() != before && pl_clock_ms() < end;)
		(void)poll(NULL, 0, 10);
	if (descriptors() != before) {
		fprintf(stderr, "driver: %zu descriptors before, %zu after\n", before, descriptors());
		return 3;
	}
	pl_arena_release(&r.arena);
	return rc ? 1 : 0;
}
