/* SPDX-License-Identifier: Apache-2.0 */
/* What a host's settings come to: see decide.h. */
#include "ssh/decide.h"

#include <stdlib.h>
#include <string.h>

/* The tokens that OpenSSH documents for paths, but for %C, whose meaning changed between versions. */
#define PATH_TOKENS "dhijkLlnpru"

struct decider {
	const struct pl_ssh_settings *s;
	struct pl_ssh_tokens tokens;
	struct pl_ssh_host *h;
	struct pl_err *err;
};

static int wrap(const struct decider *d, const struct pl_ssh_line *line)
{
	return line->line ? pl_err_wrap(d->err, "%s:%d: %s", line->file, line->line, line->name) :
			    pl_err_wrap(d->err, "%s", line->name);
}

/* A growing list of paths that ends in the arena. */
struct paths {
	const char **items;
	size_t count, cap;
};

static void push(struct paths *p, const char *path)
{
	p->items = pl_grow(p->items, p->count, &p->cap, sizeof *p->items);
	p->items[p->count++] = path;
}

static const char *const *keep(struct pl_arena *a, struct paths *p)
{
	const char **kept = pl_arena_alloc(a, (p->count + 1) * sizeof *kept);

	if (p->count)
		memcpy(kept, p->items, p->count * sizeof *kept);
	free(p->items);
	return kept;
}

static int push_path(struct decider *d, struct paths *p, const char *text, const struct pl_ssh_line *line)
{
	const char *path;

	if (pl_strieq(text, "none"))
		return 0;
	if (pl_ssh_expand_path(d->s->arena, text, PATH_TOKENS, &d->tokens, &path, d->err))
		return wrap(d, line);
	push(p, path);
	return 0;
}

static const char *under_home(const struct decider *d, const char *name)
{
	return pl_arena_strf(d->s->arena, "%s/.ssh/%s", d->tokens.home, name);
}

/* ---- who we are ---- */

static int decide_list(struct decider *d, const struct pl_ssh_line_list *list, const char *const **out)
{
	struct paths p = { 0 };
	int rc = 0;

	for (size_t i = 0; !rc && i < list->count; i++)
		rc = push_path(d, &p, list->items[i]->text, list->items[i]);
	*out = keep(d->s->arena, &p);
	return rc;
}

static int decide_identities(struct decider *d)
{
	/* ssh's order; keys of the types that it has besides are not in files we can use */
	static const char *const names[] = { "id_rsa", "id_ecdsa", "id_ed25519" };
	struct paths p = { 0 };

	d->h->identities_set = d->s->identities.count > 0;
	if (d->h->identities_set)
		return decide_list(d, &d->s->identities, &d->h->identity_files);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		push(&p, under_home(d, names[i]));
	d->h->identity_files = keep(d->s->arena, &p);
	return 0;
}

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static int decide_agent(struct decider *d)
{
	const struct pl_ssh_line *line = d->s->first[PL_SSH_AGENT];
	const char *text = line ? line->text : "SSH_AUTH_SOCK";

	d->h->identity_agent = NULL;
	if (pl_strieq(text, "none"))
		return 0;
	if (!strcmp(text, "SSH_AUTH_SOCK")) {
		d->h->identity_agent = variable(text);
		return 0;
	}
	if (*text == '$' && text[1] != '{') {
		d->h->identity_agent = variable(text + 1);
		return 0;
	}
	if (pl_ssh_expand_path(d->s->arena, text, PATH_TOKENS, &d->tokens, &d->h->identity_agent, d->err))
		return wrap(d, line);
	return 0;
}

static int decide_login(struct decider *d)
{
	const struct pl_ssh_settings *s = d->s;
	struct pl_ssh_host *h = d->h;
	const char *pubkey = pl_ssh_setting_text(s, PL_SSH_PUBKEY, "yes");

	h->identities_only = pl_ssh_setting_number(s, PL_SSH_IDENTITIES_ONLY, 0);
	h->batch_mode = pl_ssh_setting_number(s, PL_SSH_BATCH, 0);
	h->pubkey_authentication = !pl_ssh_has_word("no false", pubkey);
	h->password_authentication = pl_ssh_setting_number(s, PL_SSH_PASSWORD, 1);
	h->keyboard_interactive = pl_ssh_setting_number(s, PL_SSH_KBDINT, 1);
	if (decide_identities(d) || decide_list(d, &s->certificates, &h->certificate_files))
		return -1;
	return decide_agent(d);
}

/* ---- whom we believe ---- */

/* In lower case, as known_hosts has names. */
static const char *alias_of(const struct pl_ssh_settings *s)
{
	char *alias = pl_arena_strdup(s->arena, pl_ssh_setting_text(s, PL_SSH_ALIAS, NULL));

	for (char *p = alias; p && *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + 32);
	return alias;
}

static int push_user_hosts(struct decider *d, struct paths *p)
{
	const struct pl_ssh_line *line = d->s->first[PL_SSH_USER_HOSTS];

	if (!line) {
		push(p, under_home(d, "known_hosts"));
		push(p, under_home(d, "known_hosts2"));
		return 0;
	}
	for (size_t i = 0; i < line->words.count; i++)
		if (push_path(d, p, line->words.items[i], line))
			return -1;
	return 0;
}

static void push_global_hosts(struct decider *d, struct paths *p)
{
	const struct pl_ssh_line *line = d->s->first[PL_SSH_GLOBAL_HOSTS];

	if (!line) {
		push(p, "/etc/ssh/ssh_known_hosts");
		push(p, "/etc/ssh/ssh_known_hosts2");
		return;
	}
	for (size_t i = 0; i < line->words.count; i++)
		if (!pl_strieq(line->words.items[i], "none"))
			push(p, line->words.items[i]); /* without tokens, as ssh takes it */
}

static enum pl_ssh_strict strict_of(const char *text)
{
	if (pl_ssh_has_word("yes true", text))
		return PL_SSH_STRICT_YES;
	if (pl_ssh_has_word("no false off", text))
		return PL_SSH_STRICT_NO;
	return pl_strieq(text, "ask") ? PL_SSH_STRICT_ASK : PL_SSH_STRICT_ACCEPT_NEW;
}

static int decide_host_keys(struct decider *d)
{
	const struct pl_ssh_line *revoked = d->s->first[PL_SSH_REVOKED];
	struct pl_ssh_host *h = d->h;
	struct paths p = { 0 };
	int rc = push_user_hosts(d, &p);

	h->new_hosts = p.count ? p.items[0] : NULL;
	push_global_hosts(d, &p);
	h->known_hosts = keep(d->s->arena, &p);
	h->hash_known_hosts = pl_ssh_setting_number(d->s, PL_SSH_HASH, 0);
	h->strict = strict_of(pl_ssh_setting_text(d->s, PL_SSH_STRICT, "ask"));
	h->required_rsa_size = (int)pl_ssh_setting_number(d->s, PL_SSH_RSA_SIZE, 1024);
	h->revoked_host_keys = NULL;
	if (!rc && revoked && !pl_strieq(revoked->text, "none") &&
	    pl_ssh_expand_path(d->s->arena, revoked->text, PATH_TOKENS, &d->tokens, &h->revoked_host_keys, d->err))
		return wrap(d, revoked);
	return rc;
}

/* ---- how we get there ---- */

static int family_of(const char *text)
{
	return pl_strieq(text, "inet") ? 4 : pl_strieq(text, "inet6") ? 6 : 0;
}

static void decide_connection(struct decider *d)
{
	const struct pl_ssh_settings *s = d->s;
	struct pl_ssh_host *h = d->h;
	long attempts = pl_ssh_setting_number(s, PL_SSH_ATTEMPTS, 1);

	h->host_key_algorithms = pl_ssh_setting_text(s, PL_SSH_HOST_KEY_ALGS, NULL);
	h->kex_algorithms = pl_ssh_setting_text(s, PL_SSH_KEX, NULL);
	h->ciphers = pl_ssh_setting_text(s, PL_SSH_CIPHERS, NULL);
	h->macs = pl_ssh_setting_text(s, PL_SSH_MACS, NULL);
	h->pubkey_accepted_algorithms = pl_ssh_setting_text(s, PL_SSH_PUBKEY_ALGS, NULL);
	h->compression = pl_ssh_setting_number(s, PL_SSH_COMPRESSION, 0);
	h->connect_timeout = (int)pl_ssh_setting_number(s, PL_SSH_TIMEOUT, 0);
	h->connection_attempts = attempts ? (int)attempts : 1;
	h->address_family = family_of(pl_ssh_setting_text(s, PL_SSH_FAMILY, "any"));
	h->bind_address = pl_ssh_setting_text(s, PL_SSH_BIND, NULL);
	h->bind_interface = pl_ssh_setting_text(s, PL_SSH_INTERFACE, NULL);
	h->tcp_keep_alive = pl_ssh_setting_number(s, PL_SSH_TCP_ALIVE, 1);
	h->server_alive_interval = (int)pl_ssh_setting_number(s, PL_SSH_ALIVE, 0);
	h->server_alive_count_max = (int)pl_ssh_setting_number(s, PL_SSH_ALIVE_MAX, 3);
	h->proxy_use_fdpass = pl_ssh_setting_number(s, PL_SSH_FDPASS, 0);
}

static int decide_proxy(struct decider *d, const char **jump)
{
	const struct pl_ssh_line *line = d->s->first[PL_SSH_PROXY_COMMAND];
	const char *command = pl_ssh_setting_or_none(d->s, PL_SSH_PROXY_COMMAND);

	d->h->proxy_command = NULL;
	if (command && pl_ssh_expand(d->s->arena, command, "hknpr", &d->tokens, &d->h->proxy_command, d->err))
		return wrap(d, line);
	line = d->s->first[PL_SSH_PROXY_JUMP];
	*jump = pl_ssh_setting_or_none(d->s, PL_SSH_PROXY_JUMP);
	if (*jump)
		d->h->proxy_use_fdpass = false; /* a jump host's channel is no descriptor */
	if (*jump && pl_ssh_expand(d->s->arena, *jump, "hknpr", &d->tokens, jump, d->err))
		return wrap(d, line);
	return 0;
}

/* Names end up in commands and on terminals, so what a shell would take apart is refused. */
static int check_names(struct decider *d)
{
	if (!pl_ssh_user_fine(d->h->user))
		return pl_err_set(d->err, PL_E_USAGE, "'%s' is no name of a user", d->h->user);
	if (!pl_ssh_host_fine(d->h->host))
		return pl_err_set(d->err, PL_E_USAGE, "'%s' is no host name", d->h->host);
	return 0;
}

static int refuse(const struct pl_ssh_line *line, struct pl_err *err)
{
	return pl_err_set(err, PL_E_USAGE, "%s:%d: RefuseConnection: %s", line->file, line->line, line->text);
}

int pl_ssh_decide(const struct pl_ssh_settings *s, const struct pl_ssh_tokens *self, struct pl_ssh_host *h,
		  const char **jump, struct pl_err *err)
{
	struct decider d = { s, *self, h, err };

	if (s->first[PL_SSH_REFUSE])
		return refuse(s->first[PL_SSH_REFUSE], err);
	h->user = pl_ssh_setting_text(s, PL_SSH_USER, self->local_user);
	h->port = (uint16_t)pl_ssh_setting_number(s, PL_SSH_PORT, 22);
	d.tokens.host = h->host;
	d.tokens.original = s->original;
	d.tokens.user = h->user;
	d.tokens.port = h->port;
	h->host_key_alias = alias_of(s);
	d.tokens.key_alias = h->host_key_alias ? h->host_key_alias : s->original;
	d.tokens.jump = pl_ssh_setting_text(s, PL_SSH_PROXY_JUMP, "");
	decide_connection(&d);
	if (check_names(&d) || decide_proxy(&d, jump) || decide_login(&d))
		return -1;
	return decide_host_keys(&d);
}

/* ---- notices ---- */

static void add_notice(const struct pl_ssh_line *line, const struct pl_ssh_target *target, const char *text,
		       struct pl_ssh_notices *out)
{
	struct pl_ssh_notice n = { line->file, line->line, text };

	if (!n.file && target) {
		n.file = target->file;
		n.line = target->line;
	}
	for (size_t i = 0; i < out->count; i++)
		if (pl_streq(out->items[i].file, n.file) && out->items[i].line == n.line &&
		    !strcmp(out->items[i].text, text))
			return;
	out->items = pl_grow(out->items, out->count, &out->cap, sizeof *out->items);
	out->items[out->count++] = n;
}

static const char *undecided_name(const struct pl_ssh_line *line)
{
	for (size_t i = 0; i < line->criteria_count; i++)
		if (line->criteria[i].attribute == PL_SSH_IF_UNDECIDED)
			return line->criteria[i].name;
	return "";
}

void pl_ssh_decide_notices(const struct pl_ssh_settings *s, const struct pl_ssh_target *target,
			   struct pl_ssh_notices *out)
{
	const struct pl_ssh_line *preferred = s->first[PL_SSH_PREFERRED];

	for (size_t key = 0; key < PL_SSH_KEYS; key++) {
		const struct pl_ssh_line *line = s->first[key];

		if (line && line->keyword->notice && !pl_ssh_has_word(line->keyword->quiet, line->text))
			add_notice(line, target, pl_arena_strf(s->arena, "%s %s %s", line->name, line->text,
							       line->keyword->notice), out);
	}
	if (preferred && !strstr(preferred->text, "publickey"))
		add_notice(preferred, target, pl_arena_strf(s->arena, "%s %s is not honoured: only keys are used",
							    preferred->name, preferred->text), out);
	for (size_t i = 0; i < s->undecided.count; i++)
		add_notice(s->undecided.items[i], target,
			   pl_arena_strf(s->arena, "Match %s is not looked at: the block is passed over",
					 undecided_name(s->undecided.items[i])), out);
}
