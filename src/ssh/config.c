/* SPDX-License-Identifier: Apache-2.0 */
/* ssh_config for one host after another: see config.h. */
#include "ssh/config.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/map.h"
#include "ssh/config_files.h"
#include "ssh/decide.h"
#include "ssh/options.h"

#define SYSTEM_FILE "/etc/ssh/ssh_config"

struct pl_ssh_config {
	pthread_mutex_t lock;
	struct pl_arena arena; /* under the lock, once it is loaded */
	struct pl_map by_path; /* sets of -F FILE; under the lock */
	struct pl_ssh_tokens self; /* of this machine and user */
	struct pl_ssh_config_set set;
};

static void know_user(struct pl_ssh_config *c, const struct pl_ssh_where *where)
{
	struct passwd entry, *found = NULL;
	char room[16384];
	const char *home = getenv("HOME");

	if (getpwuid_r(getuid(), &entry, room, sizeof room, &found))
		found = NULL;
	if (where->home)
		home = where->home;
	else if (!home || *home != '/')
		home = found ? found->pw_dir : "/";
	c->self.home = pl_arena_strdup(&c->arena, home);
	c->self.uid = pl_arena_strf(&c->arena, "%lu", (unsigned long)getuid());
	/* a container may run as a number that has no name; ssh would give up there */
	c->self.local_user = where->user ? pl_arena_strdup(&c->arena, where->user) :
			     found	 ? pl_arena_strdup(&c->arena, found->pw_name) : c->self.uid;
}

static void know_host(struct pl_ssh_config *c)
{
	char name[256];

	if (gethostname(name, sizeof name))
		name[0] = '\0';
	name[sizeof name - 1] = '\0';
	c->self.local_host = pl_arena_strdup(&c->arena, name);
}

static int read_defaults(struct pl_ssh_config *c, const struct pl_ssh_where *where, struct pl_err *err)
{
	const struct pl_ssh_config_source user = {
		pl_arena_strf(&c->arena, "%s/.ssh/config", c->self.home), true, false, true
	};
	const struct pl_ssh_config_source system = {
		where->system ? where->system : SYSTEM_FILE, false, false, false
	};

	if (pl_ssh_config_read(&c->arena, &user, &c->self, &c->set, err))
		return -1;
	return pl_ssh_config_read(&c->arena, &system, &c->self, &c->set, err);
}

static int read_named(struct pl_ssh_config *c, const char *path, struct pl_ssh_config_set *set,
		      struct pl_err *err)
{
	struct pl_ssh_config_source source = { NULL, true, true, false };

	if (pl_strieq(path, "none"))
		return 0;
	if (pl_ssh_expand_home(&c->arena, path, c->self.home, &source.path, err))
		return -1;
	return pl_ssh_config_read(&c->arena, &source, &c->self, set, err);
}

int pl_ssh_config_load(const struct pl_ssh_where *where, struct pl_ssh_config **out, struct pl_err *err)
{
	pl_auto_ssh_config *c = pl_alloc(sizeof *c);

	pthread_mutex_init(&c->lock, NULL);
	know_user(c, where);
	know_host(c);
	if (where->file ? read_named(c, where->file, &c->set, err) : read_defaults(c, where, err))
		return -1;
	*out = c;
	c = NULL;
	return 0;
}

void pl_ssh_config_free(struct pl_ssh_config *c)
{
	if (!c)
		return;
	pl_map_release(&c->by_path);
	pl_arena_release(&c->arena);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

void pl_ssh_config_free_ptr(struct pl_ssh_config **c)
{
	pl_ssh_config_free(*c);
}

/* The set of -F FILE, which hosts of one inventory share. */
static int named_set(struct pl_ssh_config *c, const char *path, const struct pl_ssh_config_set **out,
		     struct pl_err *err)
{
	struct pl_ssh_config_set *set;
	int rc = 0;

	pthread_mutex_lock(&c->lock);
	set = pl_map_get(&c->by_path, path, strlen(path));
	if (!set) {
		set = pl_arena_alloc(&c->arena, sizeof *set);
		rc = read_named(c, path, set, err);
		if (!rc)
			*pl_map_put(&c->by_path, path, strlen(path)) = set;
	}
	pthread_mutex_unlock(&c->lock);
	*out = set;
	return rc;
}

/* ---- one host ---- */

/* A host that is to be resolved: a target, or a jump host of one. */
struct request {
	struct pl_ssh_config *c;
	struct pl_arena *arena;
	const struct pl_ssh_config_set *set;
	const struct pl_ssh_target *target; /* NULL: a jump host */
	const char *name;
	struct pl_ssh_file_lines lines; /* what comes before the files; heap */
	struct pl_ssh_notices *notices;
	unsigned hops;
};

static void release_request(struct request *q)
{
	free(q->lines.lines);
}
#define auto_request __attribute__((cleanup(release_request))) struct request

/*
 * In lower case; addresses of the family that is wanted as inet_ntop writes them ("127.1" is
 * 127.0.0.1), as ssh does it.
 */
static const char *canonical(struct pl_arena *a, const char *host, const char *family)
{
	struct in_addr v4;
	struct in6_addr v6;
	char text[INET6_ADDRSTRLEN];
	char *lower;

	if (!pl_strieq(family, "inet6") && inet_aton(host, &v4) && inet_ntop(AF_INET, &v4, text, sizeof text))
		return pl_arena_strdup(a, text);
	if (!pl_strieq(family, "inet") && inet_pton(AF_INET6, host, &v6) == 1 && inet_ntop(AF_INET6, &v6, text, sizeof text))
		return pl_arena_strdup(a, text);
	lower = pl_arena_strdup(a, host);
	for (char *p = lower; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + 32);
	return lower;
}

static int take_files(const struct pl_ssh_config_set *set, struct pl_ssh_settings *s, struct pl_err *err)
{
	for (size_t i = 0; i < set->count; i++)
		if (pl_ssh_settings_file(s, set->files[i], err))
			return -1;
	return 0;
}

static int wrap(const struct pl_ssh_line *line, struct pl_err *err)
{
	return line->line ? pl_err_wrap(err, "%s:%d: %s", line->file, line->line, line->name) :
			    pl_err_wrap(err, "%s", line->name);
}

/* The host's own name, from HostName or the name it was asked for by. */
static int find_host(const struct request *q, struct pl_ssh_settings *s, const char **out, struct pl_err *err)
{
	const struct pl_ssh_line *line = s->first[PL_SSH_HOSTNAME];
	const struct pl_ssh_tokens tokens = { .host = s->original };
	const char *host = s->original;

	if (line && pl_ssh_expand(q->arena, line->text, "h", &tokens, &host, err))
		return wrap(line, err);
	*out = canonical(q->arena, host, pl_ssh_setting_text(s, PL_SSH_FAMILY, "any"));
	return 0;
}

/* Goes over everything once more, with the host's own name, for the blocks of `Match final`. */
static int take_final(const struct request *q, struct pl_ssh_settings *s, const char *host, struct pl_err *err)
{
	struct pl_ssh_line *name;

	if (pl_ssh_line_make(q->arena, "HostName", host, &name, err))
		return -1;
	s->first[PL_SSH_HOSTNAME] = name;
	s->host = host;
	s->final = true;
	return take_files(q->set, s, err);
}

static int resolve(struct request *q, struct pl_ssh_host **out, struct pl_err *err);

/* ssh asks the same, of the names as they are written: a jump host that `Host *` sends through itself. */
static bool is_itself(const struct pl_ssh_host *h, const struct pl_ssh_hop_name *hop)
{
	return !strcmp(hop->host, h->host) && (hop->port ? hop->port : 22) == h->port &&
	       (!hop->user || !strcmp(hop->user, h->user));
}

/* "a,b,c": c, which is reached through "a,b" when there is more than c. */
static int hop_request(struct request *hop, const struct pl_ssh_host *h, const char *text, struct pl_err *err)
{
	const char *comma = strrchr(text, ','), *none;
	struct pl_ssh_hop_name name;
	struct pl_ssh_target as = { 0 };

	if (!pl_ssh_hop_parse(hop->arena, pl_slice(comma ? comma + 1 : text), &name))
		return pl_err_set(err, PL_E_USAGE, "'%s' is no jump host", comma ? comma + 1 : text);
	if (is_itself(h, &name))
		return pl_err_set(err, PL_E_USAGE, "the jump host '%s' leads to itself", name.host);
	hop->name = as.name = name.host;
	as.user = name.user;
	as.port = name.port;
	if (pl_ssh_options_lines(hop->arena, &as, &hop->lines, &none, err))
		return -1;
	if (comma) {
		struct pl_ssh_line *line;

		text = pl_arena_strndup(hop->arena, text, (size_t)(comma - text));
		if (pl_ssh_line_make(hop->arena, "ProxyJump", text, &line, err))
			return -1;
		hop->lines.lines = pl_grow(hop->lines.lines, hop->lines.count, &hop->lines.cap,
					   sizeof *hop->lines.lines);
		hop->lines.lines[hop->lines.count++] = line;
	}
	return 0;
}

static int resolve_jump(const struct request *q, struct pl_ssh_host *h, const char *text, struct pl_err *err)
{
	auto_request hop = { q->c, q->arena, q->set, NULL, NULL, { 0 }, q->notices, q->hops + 1 };
	struct pl_ssh_host *via;

	if (hop.hops > PL_LIMIT_SSH_HOPS)
		return pl_err_set(err, PL_E_LIMIT, "more than %d jump hosts in a row: does one lead back to itself?",
				  PL_LIMIT_SSH_HOPS);
	if (hop_request(&hop, h, text, err) || resolve(&hop, &via, err))
		return -1;
	h->via = via;
	return 0;
}

static int resolve(struct request *q, struct pl_ssh_host **out, struct pl_err *err)
{
	__attribute__((cleanup(pl_ssh_settings_release))) struct pl_ssh_settings s = {
		.arena = q->arena, .original = q->name, .host = q->name, .local_user = q->c->self.local_user
	};
	struct pl_ssh_host *h = pl_arena_alloc(q->arena, sizeof *h);
	const char *host, *jump;

	h->target = q->target;
	if (!pl_ssh_host_fine(q->name))
		return pl_err_set(err, PL_E_USAGE, "'%s' is no host name", q->name);
	if (pl_ssh_settings_file(&s, &q->lines, err) || take_files(q->set, &s, err) || find_host(q, &s, &host, err))
		return -1;
	if (q->set->has_final && take_final(q, &s, host, err))
		return -1;
	h->name = q->name;
	h->host = host;
	if (pl_ssh_decide(&s, &q->c->self, h, &jump, err))
		return -1;
	pl_ssh_decide_notices(&s, q->target, q->notices);
	if (jump && resolve_jump(q, h, jump, err))
		return pl_err_wrap(err, "ProxyJump");
	*out = h;
	return 0;
}

static void keep_notices(struct pl_arena *a, struct pl_ssh_notices *from, struct pl_ssh_host *h)
{
	if (from->count) {
		h->notices.items = pl_arena_alloc(a, from->count * sizeof *from->items);
		memcpy(h->notices.items, from->items, from->count * sizeof *from->items);
		h->notices.count = from->count;
	}
	free(from->items);
}

int pl_ssh_config_resolve(struct pl_ssh_config *c, struct pl_arena *arena,
			  const struct pl_ssh_target *target, const struct pl_ssh_host **out,
			  struct pl_err *err)
{
	struct pl_ssh_notices notices = { 0 };
	auto_request q = { c, arena, &c->set, target, target->host, { 0 }, &notices, 0 };
	struct pl_ssh_host *h = NULL;
	const char *file;
	int rc = pl_ssh_options_lines(arena, target, &q.lines, &file, err);

	if (!rc && file)
		rc = named_set(c, file, &q.set, err);
	if (!rc)
		rc = resolve(&q, &h, err);
	if (rc) {
		free(notices.items);
		return target->file ? pl_err_wrap(err, "%s:%d: %s", target->file, target->line, target->name) :
				      pl_err_wrap(err, "%s", target->name);
	}
	keep_notices(arena, &notices, h);
	*out = h;
	return 0;
}
