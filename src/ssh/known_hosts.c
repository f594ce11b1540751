/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that hosts are known by: see known_hosts.h. */
#include "ssh/known_hosts.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/str.h"
#include "codec/codec.h"
#include "ssh/file.h"
#include "ssh/known_lines.h"

/* A file: never changed once it is read, but for what --ssh-accept-new adds. */
struct file {
	const char *path;
	struct pl_known_lines lines;
	struct pl_known_lines added; /* under the lock */
	bool told;                   /* no file: keys may be given by their fingerprints */
	struct pl_map found;         /* names that were looked for -> struct found; under the lock */
	struct file *next;
};

/* The lines of a file that name a host: with hashed names, finding them means hashing for each line. */
struct found {
	size_t count;
	const struct pl_known_line *lines[];
};

struct pl_known_hosts {
	pthread_mutex_t lock;
	struct pl_arena arena;
	struct file *files;
	struct pl_map by_path;
};

struct pl_known_hosts *pl_known_hosts_new(void)
{
	struct pl_known_hosts *k = pl_alloc(sizeof *k);

	pthread_mutex_init(&k->lock, NULL);
	return k;
}

void pl_known_hosts_free(struct pl_known_hosts *k)
{
	if (!k)
		return;
	for (struct file *f = k->files; f; f = f->next) {
		pl_known_lines_release(&f->lines);
		pl_known_lines_release(&f->added);
		pl_map_release(&f->found);
	}
	pl_map_release(&k->by_path);
	pl_arena_release(&k->arena);
	pthread_mutex_destroy(&k->lock);
	free(k);
}

void pl_known_hosts_free_ptr(struct pl_known_hosts **k)
{
	pl_known_hosts_free(*k);
}

/* ---- keys ---- */

void pl_key_fingerprint(const void *blob, size_t len, char out[PL_FINGERPRINT_SIZE])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	pl_auto_buf text = PL_BUF_INIT;
	unsigned n = 0;

	EVP_Digest(blob, len, digest, &n, EVP_sha256(), NULL);
	pl_known_base64(digest, n, &text);
	while (text.len && text.data[text.len - 1] == '=')
		pl_buf_truncate(&text, text.len - 1);
	snprintf(out, PL_FINGERPRINT_SIZE, "SHA256:%s", text.data);
}

bool pl_key_type(const void *blob, size_t len, char out[PL_KEY_TYPE_SIZE])
{
	const unsigned char *p = blob;
	size_t n;

	if (len < 4)
		return false;
	n = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
	if (!n || n > len - 4 || n >= PL_KEY_TYPE_SIZE)
		return false;
	for (size_t i = 0; i < n; i++)
		if (p[4 + i] <= ' ' || p[4 + i] >= 0x7f)
			return false;
	memcpy(out, p + 4, n);
	out[n] = '\0';
	return true;
}

/* What is wrong with the line's key; NULL and its bytes in *blob (none: its fingerprint stands there) when nothing is. */
static const char *decode(const struct file *f, const struct pl_known_line *line, struct pl_buf *blob)
{
	char type[PL_KEY_TYPE_SIZE];

	pl_buf_truncate(blob, 0);
	if (line->marker == PL_KNOWN_MARKER_UNKNOWN)
		return "its marker is neither @revoked nor @cert-authority";
	if (!*line->key)
		return "its key is missing";
	if (f->told && pl_starts(line->key, "SHA256:"))
		return NULL;
	if (!pl_base64_decode(line->key, strlen(line->key), blob) || !pl_key_type(blob->data, blob->len, type))
		return "its key is damaged";
	return strcmp(type, line->type) ? "its key is of another type than it says" : NULL;
}

/* ---- files ---- */

/* The file of that path, made when it is new.  Under the lock. */
static struct file *file_of(struct pl_known_hosts *k, const char *path, bool *made)
{
	void **slot = pl_map_put(&k->by_path, path, strlen(path));
	struct file *f = *slot;

	*made = !f;
	if (f)
		return f;
	f = pl_arena_alloc(&k->arena, sizeof *f);
	f->path = pl_arena_strdup(&k->arena, path);
	f->lines = f->added = (struct pl_known_lines)PL_KNOWN_LINES_INIT;
	f->found = (struct pl_map)PL_MAP_INIT;
	f->next = k->files;
	k->files = f;
	return *slot = f;
}

/* Reads before it is noted, so that a file that could not be read is not taken for empty later. */
static int open_locked(struct pl_known_hosts *k, const char *path, struct file **out, struct pl_err *err)
{
	pl_auto_buf text = PL_BUF_INIT;
	struct pl_ssh_file st;
	bool made;

	*out = pl_map_get(&k->by_path, path, strlen(path));
	if (*out)
		return 0;
	if (pl_ssh_file_read(path, PL_LIMIT_KNOWN_HOSTS_BYTES, false, &text, &st, err))
		return -1;
	*out = file_of(k, path, &made);
	pl_known_lines_parse(&(*out)->lines, text.data, text.len);
	return 0;
}

static int open_file(struct pl_known_hosts *k, const char *path, struct file **out, struct pl_err *err)
{
	int rc;

	pthread_mutex_lock(&k->lock);
	rc = open_locked(k, path, out, err);
	pthread_mutex_unlock(&k->lock);
	return rc;
}

int pl_known_hosts_text(struct pl_known_hosts *k, const char *name, const char *text, size_t len,
			struct pl_err *err)
{
	struct file *f;
	bool made;

	if (len > PL_LIMIT_KNOWN_HOSTS_BYTES)
		return pl_err_set(err, PL_E_LIMIT, "%s: more than %lu bytes", name, PL_LIMIT_KNOWN_HOSTS_BYTES);
	pthread_mutex_lock(&k->lock);
	f = file_of(k, name, &made);
	if (made) {
		f->told = true;
		pl_known_lines_parse(&f->lines, text, len);
	}
	pthread_mutex_unlock(&k->lock);
	return made ? 0 : pl_err_set(err, PL_E_INTERNAL, "%s: its known hosts are there already", name);
}

static struct found *keep_found(struct pl_known_hosts *k, const struct pl_known_matches *m)
{
	struct found *found = pl_arena_alloc(&k->arena, sizeof *found + m->count * sizeof *found->lines);

	found->count = m->count;
	if (m->count)
		memcpy(found->lines, m->items, m->count * sizeof *found->lines);
	return found;
}

/* The lines of the file itself, looked for once a name: types and keys are asked for one after the other. */
static const struct found *find(struct pl_known_hosts *k, struct file *f, const char *name)
{
	pl_auto_known_matches matches = { 0 };
	struct found *found;
	void **slot;

	pthread_mutex_lock(&k->lock);
	found = pl_map_get(&f->found, name, strlen(name));
	pthread_mutex_unlock(&k->lock);
	if (found)
		return found;
	pl_known_lines_find(&f->lines, name, &matches);
	pthread_mutex_lock(&k->lock);
	slot = pl_map_put(&f->found, name, strlen(name));
	if (!*slot)
		*slot = keep_found(k, &matches);
	found = *slot;
	pthread_mutex_unlock(&k->lock);
	return found;
}

/* ---- lookups ---- */

void pl_known_hosts_name(const struct pl_known_host *h, char *out, size_t size)
{
	if (h->alias)
		snprintf(out, size, "%s", h->alias);
	else if (!h->port || h->port == 22)
		snprintf(out, size, "%s", h->host);
	else
		snprintf(out, size, "[%s]:%u", h->host, (unsigned)h->port);
	for (; *out; out++)
		if (*out >= 'A' && *out <= 'Z')
			*out = (char)(*out + 32);
}

/* What a key is compared with, and what the best line so far said. */
struct question {
	const void *blob;
	size_t len;
	struct pl_known_result *out;
	struct pl_buf scratch;
};

/* Later ones beat earlier ones; of equals the first line stays. */
static int rank(enum pl_known v)
{
	static const int ranks[] = {
		[PL_KNOWN_UNKNOWN] = 0, [PL_KNOWN_CA] = 1, [PL_KNOWN_OTHER_TYPE] = 2,
		[PL_KNOWN_CHANGED] = 3, [PL_KNOWN_OK] = 4, [PL_KNOWN_REVOKED] = 5,
	};

	return ranks[v];
}

static enum pl_known judge(const struct question *q, const struct pl_known_line *line)
{
	bool same = q->scratch.len ? q->scratch.len == q->len && !memcmp(q->scratch.data, q->blob, q->len)
				   : !strcmp(line->key, q->out->fingerprint);

	if (line->marker == PL_KNOWN_REVOKES)
		return same ? PL_KNOWN_REVOKED : PL_KNOWN_UNKNOWN;
	if (line->marker == PL_KNOWN_AUTHORITY)
		return PL_KNOWN_CA;
	if (same)
		return PL_KNOWN_OK;
	return strcmp(line->type, q->out->type) ? PL_KNOWN_OTHER_TYPE : PL_KNOWN_CHANGED;
}

static void note(struct question *q, enum pl_known v, const struct file *f, const struct pl_known_line *line)
{
	struct pl_known_result *r = q->out;

	r->verdict = v;
	r->file = f->path;
	r->line = line->number;
	r->why = NULL;
	snprintf(r->known_type, sizeof r->known_type, "%s", line->type);
	if (q->scratch.len)
		pl_key_fingerprint(q->scratch.data, q->scratch.len, r->known);
	else
		snprintf(r->known, sizeof r->known, "%s", line->key);
}

static void ask_line(struct question *q, const struct file *f, const struct pl_known_line *line)
{
	const char *why = decode(f, line, &q->scratch);
	enum pl_known v;

	if (why) {
		if (q->out->verdict == PL_KNOWN_UNKNOWN && !q->out->why) {
			q->out->file = f->path;
			q->out->line = line->number;
			q->out->why = why;
		}
		return;
	}
	v = judge(q, line);
	if (rank(v) > rank(q->out->verdict))
		note(q, v, f, line);
}

static void ask_added(struct pl_known_hosts *k, struct question *q, const struct file *f, const char *name)
{
	pl_auto_known_matches matches = { 0 };

	pthread_mutex_lock(&k->lock);
	pl_known_lines_find(&f->added, name, &matches);
	for (size_t i = 0; i < matches.count; i++)
		ask_line(q, f, matches.items[i]);
	pthread_mutex_unlock(&k->lock);
}

static int ask(struct pl_known_hosts *k, const struct pl_known_host *h, struct question *q,
	       struct pl_err *err)
{
	char name[512];

	pl_known_hosts_name(h, name, sizeof name);
	for (const char *const *path = h->files; path && *path; path++) {
		const struct found *found;
		struct file *f;

		if (open_file(k, *path, &f, err))
			return -1;
		found = find(k, f, name);
		for (size_t i = 0; i < found->count; i++)
			ask_line(q, f, found->lines[i]);
		ask_added(k, q, f, name);
	}
	return 0;
}

/* A list of revoked public keys: "[options] TYPE KEY [comment]" a line, and no host. */
static int ask_revoked(const char *path, struct question *q, struct pl_known_hosts *k, struct pl_err *err)
{
	struct pl_ssh_file st;
	pl_auto_buf text = PL_BUF_INIT;
	pl_auto_buf mine = PL_BUF_INIT;
	bool made;

	if (pl_ssh_file_read(path, PL_LIMIT_KNOWN_HOSTS_BYTES, false, &text, &st, err))
		return -1;
	if (st.missing)
		return pl_err_set(err, PL_E_INPUT, "%s: RevokedHostKeys names it, and it is missing", path);
	if (memchr(text.data, '\0', text.len))
		return pl_err_set(err, PL_E_INPUT,
				  "%s: binary revocation lists are not supported: list the keys as text", path);
	pl_known_base64(q->blob, q->len, &mine);
	if (!strstr(text.data, mine.data))
		return 0;
	q->out->verdict = PL_KNOWN_REVOKED;
	pthread_mutex_lock(&k->lock);
	q->out->file = file_of(k, path, &made)->path;
	pthread_mutex_unlock(&k->lock);
	return 0;
}

/*
 * ssh takes a key that is known for the host without a port for one on another port too; revoked
 * there is revoked here.
 */
static int ask_without_port(struct pl_known_hosts *k, const struct pl_known_host *h, struct question *q,
			    struct pl_err *err)
{
	struct pl_known_result other = { .verdict = PL_KNOWN_UNKNOWN };
	struct pl_known_result *first = q->out;
	struct pl_known_host plain = *h;

	if (h->alias || !h->port || h->port == 22 || rank(first->verdict) > rank(PL_KNOWN_CA))
		return 0;
	plain.port = 22;
	memcpy(other.type, first->type, sizeof other.type);
	memcpy(other.fingerprint, first->fingerprint, sizeof other.fingerprint);
	q->out = &other;
	if (ask(k, &plain, q, err))
		return -1;
	q->out = first;
	if (other.verdict == PL_KNOWN_OK || other.verdict == PL_KNOWN_REVOKED)
		*first = other;
	return 0;
}

static void release_question(struct question *q)
{
	pl_buf_release(&q->scratch);
}

int pl_known_hosts_lookup(struct pl_known_hosts *k, const struct pl_known_host *h, const void *blob,
			  size_t len, struct pl_known_result *out, struct pl_err *err)
{
	struct pl_known_result r = { .verdict = PL_KNOWN_UNKNOWN };
	__attribute__((cleanup(release_question))) struct question q = { blob, len, &r, PL_BUF_INIT };

	if (!pl_key_type(blob, len, r.type))
		r.type[0] = '\0';
	pl_key_fingerprint(blob, len, r.fingerprint);
	if (ask(k, h, &q, err) || ask_without_port(k, h, &q, err))
		return -1;
	if (h->revoked && r.verdict != PL_KNOWN_REVOKED && ask_revoked(h->revoked, &q, k, err))
		return -1;
	*out = r;
	return 0;
}

/* ---- types ---- */

struct types {
	char (*names)[PL_KEY_TYPE_SIZE];
	size_t count;
};

static void add_type(struct types *t, const char *type)
{
	for (size_t i = 0; i < t->count; i++)
		if (!strcmp(t->names[i], type))
			return;
	if (t->count < PL_KNOWN_TYPES)
		snprintf(t->names[t->count++], PL_KEY_TYPE_SIZE, "%s", type);
}

static void types_of(const struct file *f, const struct pl_known_line *const *lines, size_t count, struct types *t)
{
	pl_auto_buf blob = PL_BUF_INIT;

	for (size_t i = 0; i < count; i++)
		if (lines[i]->marker == PL_KNOWN_PLAIN && !decode(f, lines[i], &blob))
			add_type(t, lines[i]->type);
}

static int collect_types(struct pl_known_hosts *k, const struct pl_known_host *h, struct types *t,
			 struct pl_err *err)
{
	char name[512];

	pl_known_hosts_name(h, name, sizeof name);
	for (const char *const *path = h->files; path && *path; path++) {
		pl_auto_known_matches added = { 0 };
		const struct found *found;
		struct file *f;

		if (open_file(k, *path, &f, err))
			return -1;
		found = find(k, f, name);
		types_of(f, found->lines, found->count, t);
		pthread_mutex_lock(&k->lock);
		pl_known_lines_find(&f->added, name, &added);
		types_of(f, added.items, added.count, t);
		pthread_mutex_unlock(&k->lock);
	}
	return 0;
}

int pl_known_hosts_types(struct pl_known_hosts *k, const struct pl_known_host *h,
			 char types[PL_KNOWN_TYPES][PL_KEY_TYPE_SIZE], size_t *count, struct pl_err *err)
{
	struct pl_known_host plain = *h;
	struct types t = { types, 0 };

	if (collect_types(k, h, &t, err))
		return -1;
	plain.port = 22;
	if (!t.count && !h->alias && h->port && h->port != 22 && collect_types(k, &plain, &t, err))
		return -1;
	*count = t.count;
	return 0;
}

/* ---- a new host ---- */

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
#define auto_fd __attribute__((cleanup(close_fd))) int

/* The file for appending, with its folder; OpenSSH makes ~/.ssh as readable by nobody else, too. */
static int open_append(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
	const char *slash = strrchr(path, '/');

	if (fd < 0 && errno == ENOENT && slash && slash > path) {
		pl_auto_free char *folder = pl_strndup(path, (size_t)(slash - path));

		if (!mkdir(folder, 0700))
			fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
	}
	return fd;
}

/* One write, so that two runs that add at the same time do not mix their lines. */
static int append(const char *path, const char *line, struct pl_err *err)
{
	auto_fd fd = open_append(path);
	pl_auto_buf text = PL_BUF_INIT;
	char last = '\n';
	off_t size;

	if (fd < 0 || flock(fd, LOCK_EX))
		return pl_err_set(err, PL_E_INPUT, "%s: cannot be written: %s", path, strerror(errno));
	size = lseek(fd, 0, SEEK_END);
	if (size > 0 && pread(fd, &last, 1, size - 1) != 1)
		return pl_err_set(err, PL_E_INPUT, "%s: cannot be read: %s", path, strerror(errno));
	pl_buf_addf(&text, "%s%s\n", last == '\n' ? "" : "\n", line);
	if (write(fd, text.data, text.len) != (ssize_t)text.len)
		return pl_err_set(err, PL_E_INPUT, "%s: cannot be written: %s", path, strerror(errno));
	return 0;
}

/* Still unknown?  Only the lines of this run can have changed since the caller asked. */
static int check_added(const struct file *f, const char *name, const struct question *q, struct pl_err *err)
{
	pl_auto_known_matches matches = { 0 };
	pl_auto_buf blob = PL_BUF_INIT;

	pl_known_lines_find(&f->added, name, &matches);
	for (size_t i = 0; i < matches.count; i++) {
		decode(f, matches.items[i], &blob);
		if (blob.len == q->len && !memcmp(blob.data, q->blob, q->len))
			return 1;
	}
	return matches.count ? pl_err_set(err, PL_E_HOST_KEY, "%s showed another key a moment ago", name) : 0;
}

static int add_locked(struct file *f, const char *name, const struct question *q, bool hash,
		      struct pl_err *err)
{
	pl_auto_buf line = PL_BUF_INIT;
	pl_auto_buf key = PL_BUF_INIT;
	int known = check_added(f, name, q, err);

	if (known)
		return known < 0 ? -1 : 0;
	if (hash)
		pl_known_hash_name(name, &line);
	else
		pl_buf_adds(&line, name);
	pl_known_base64(q->blob, q->len, &key);
	pl_buf_addf(&line, " %s %s", q->out->type, key.data);
	if (append(f->path, line.data, err))
		return -1;
	pl_known_lines_add(&f->added, name, q->out->type, key.data);
	return 0;
}

int pl_known_hosts_add(struct pl_known_hosts *k, const struct pl_known_host *h, const void *blob,
		       size_t len, bool hash, struct pl_err *err)
{
	struct pl_known_result r;
	const struct question q = { blob, len, &r, PL_BUF_INIT };
	struct file *f;
	char name[512];
	int rc;

	if (pl_known_hosts_lookup(k, h, blob, len, &r, err))
		return -1;
	if (r.verdict == PL_KNOWN_OK)
		return 0;
	pl_known_hosts_name(h, name, sizeof name);
	if (r.verdict != PL_KNOWN_UNKNOWN || !r.type[0] || strpbrk(name, " \t\r\n,*?!|#@"))
		return pl_err_set(err, PL_E_HOST_KEY, "%s: its key cannot be accepted as a new one", name);
	if (!h->add_to)
		return pl_err_set(err, PL_E_INPUT, "%s: UserKnownHostsFile is none: no file to add its key to", name);
	if (open_file(k, h->add_to, &f, err))
		return -1;
	pthread_mutex_lock(&k->lock);
	rc = add_locked(f, name, &q, hash, err);
	pthread_mutex_unlock(&k->lock);
	return rc;
}
