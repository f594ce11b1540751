/* SPDX-License-Identifier: Apache-2.0 */
/* Identity files: see key.h. */
#include "ssh/key.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/map.h"
#include "codec/codec.h"
#include "ssh/wire.h"

/* As often as ssh asks (NumberOfPasswordPrompts). */
#define PASSPHRASE_TRIES 3
/* How long a thread leaves the one that asks alone before it looks whether the run was interrupted. */
#define ASKING_MS 50

struct entry {
	struct pl_ssh_key key;
	char passphrase[PL_SSH_PASSPHRASE_SIZE];
	unsigned nth; /* how many were given */
	struct entry *next;
};

struct pl_ssh_keys {
	pthread_mutex_t lock;   /* of what was read */
	pthread_mutex_t asking; /* of passphrases */
	struct pl_map by_path;
	struct entry *entries;
};

struct pl_ssh_keys *pl_ssh_keys_new(void)
{
	struct pl_ssh_keys *k = pl_alloc(sizeof *k);

	pthread_mutex_init(&k->lock, NULL);
	pthread_mutex_init(&k->asking, NULL);
	return k;
}

static void wipe(struct pl_buf *b)
{
	if (b->cap)
		explicit_bzero(b->data, b->cap);
	pl_buf_release(b);
}

static void free_entry(struct entry *e)
{
	wipe(&e->key.text);
	pl_buf_release(&e->key.blob);
	pl_buf_release(&e->key.line);
	pl_buf_release(&e->key.cert);
	pl_buf_release(&e->key.cert_line);
	explicit_bzero(e->passphrase, sizeof e->passphrase);
	free((char *)e->key.path);
	free(e);
}

void pl_ssh_keys_free(struct pl_ssh_keys *k)
{
	if (!k)
		return;
	for (struct entry *e = k->entries, *next; e; e = next) {
		next = e->next;
		free_entry(e);
	}
	pl_map_release(&k->by_path);
	pthread_mutex_destroy(&k->lock);
	pthread_mutex_destroy(&k->asking);
	free(k);
}

/* ---- files ---- */

static ssize_t read_all(int fd, char *p, size_t n)
{
	size_t have = 0;

	while (have < n) {
		ssize_t got = read(fd, p + have, n - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -1 : (ssize_t)have;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

/* The bytes of a file in one piece that is never moved, so that nothing of it is left behind; or why not. */
static const char *slurp(int fd, struct pl_buf *out, bool *open)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st))
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "it is no file";
	if (st.st_size > (off_t)PL_LIMIT_SSH_KEY_BYTES)
		return "it is too large for a key";
	*open = st.st_uid == getuid() && (st.st_mode & 077);
	pl_buf_reserve_exact(out, (size_t)st.st_size);
	n = read_all(fd, out->data, (size_t)st.st_size);
	if (n < 0)
		return strerror(errno);
	out->len = (size_t)n;
	out->data[n] = '\0';
	return NULL;
}

struct seen {
	bool absent; /* no such file */
	bool open;   /* ours, and others may read it */
};

static const char *read_file(const char *path, struct pl_buf *out, struct seen *seen)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	const char *problem;

	*seen = (struct seen){ .absent = fd < 0 && (errno == ENOENT || errno == ENOTDIR) };
	if (fd < 0)
		return strerror(errno);
	problem = slurp(fd, out, &seen->open);
	close(fd);
	return problem;
}

/* ---- public halves ---- */

static void public_line(struct pl_slice type, const struct pl_buf *blob, struct pl_buf *line)
{
	pl_buf_addf(line, PL_SLICE_FMT " ", PL_SLICE_ARG(type));
	pl_buf_reserve(line, blob->len / 3 * 4 + 8);
	line->len += (size_t)EVP_EncodeBlock((unsigned char *)line->data + line->len,
					     (const unsigned char *)blob->data, (int)blob->len);
}

bool pl_ssh_public_line(struct pl_slice text, struct pl_buf *blob, struct pl_buf *line)
{
	const char *end = text.p + text.n, *p = text.p, *type, *body;
	struct pl_slice name, rest, inside;

	while (p < end && strchr(" \t", *p))
		p++;
	for (type = p; p < end && !strchr(" \t\r\n", *p);)
		p++;
	name = (struct pl_slice){ type, (size_t)(p - type) };
	while (p < end && strchr(" \t", *p))
		p++;
	for (body = p; p < end && !strchr(" \t\r\n", *p);)
		p++;
	if (!pl_base64_decode(body, (size_t)(p - body), blob))
		return false;
	rest = (struct pl_slice){ blob->data, blob->len };
	/* what it says it is, and what it is */
	if (!pl_ssh_take_string(&rest, &inside) || inside.n != name.n || memcmp(inside.p, name.p, name.n)) {
		pl_buf_truncate(blob, 0);
		return false;
	}
	public_line(name, blob, line);
	return true;
}

/* OpenSSH's private keys have the public half in the clear (PROTOCOL.key). */
static void openssh_key(struct pl_ssh_key *key, const char *begin)
{
	static const char magic[] = "openssh-key-v1", ending[] = "-----END";
	const char *end = strstr(begin, ending);
	pl_auto_buf body = PL_BUF_INIT;
	struct pl_slice rest, cipher, text, public, type;
	uint32_t count;

	if (end && pl_base64_decode(begin, (size_t)(end - begin), &body) && body.len > sizeof magic &&
	    !memcmp(body.data, magic, sizeof magic)) {
		rest = (struct pl_slice){ body.data + sizeof magic, body.len - sizeof magic };
		if (pl_ssh_take_string(&rest, &cipher) && pl_ssh_take_string(&rest, &text) &&
		    pl_ssh_take_string(&rest, &text) && pl_ssh_take_u32(&rest, &count) &&
		    pl_ssh_take_string(&rest, &public)) {
			key->encrypted = !pl_slice_is(cipher, "none");
			pl_buf_add(&key->blob, public.p, public.n);
			if (pl_ssh_take_string(&public, &type))
				public_line(type, &key->blob, &key->line);
		}
	}
	if (!key->line.len)
		snprintf(key->problem, sizeof key->problem, "it is damaged");
	wipe(&body);
}

static void look_at(struct pl_ssh_key *key)
{
	static const char openssh[] = "-----BEGIN OPENSSH PRIVATE KEY-----", pem[] = "-----BEGIN ";
	const char *begin = strstr(key->text.data, openssh);

	if (begin) {
		openssh_key(key, begin + sizeof openssh - 1);
	} else if (strstr(key->text.data, pem)) {
		key->encrypted = strstr(key->text.data, "ENCRYPTED") != NULL;
	} else {
		/* people name the public half of a key that the agent holds */
		if (!pl_ssh_public_line((struct pl_slice){ key->text.data, key->text.len }, &key->blob, &key->line))
			snprintf(key->problem, sizeof key->problem, "it is no private key");
		wipe(&key->text);
	}
}

/* A public file beside the key; nothing is wrong when there is none. */
static void read_public(const char *path, const char *tail, struct pl_buf *blob, struct pl_buf *line)
{
	pl_auto_buf name = PL_BUF_INIT, text = PL_BUF_INIT;
	struct seen seen;

	pl_buf_addf(&name, "%s%s", path, tail);
	if (!read_file(name.data, &text, &seen))
		(void)pl_ssh_public_line((struct pl_slice){ text.data, text.len }, blob, line);
}

static struct entry *load(const char *path)
{
	struct entry *e = pl_alloc(sizeof *e);
	struct pl_ssh_key *key = &e->key;
	const char *problem;
	struct seen seen;

	*key = (struct pl_ssh_key){ .path = pl_strndup(path, strlen(path)), .text = PL_BUF_INIT, .blob = PL_BUF_INIT,
				    .line = PL_BUF_INIT, .cert = PL_BUF_INIT, .cert_line = PL_BUF_INIT };
	problem = read_file(path, &key->text, &seen);
	if (!problem)
		look_at(key);
	if (!problem && seen.open && key->text.len)
		problem = "others may read it (chmod 600), and so ssh does not use it either";
	if (problem)
		snprintf(key->problem, sizeof key->problem, "%s", problem);
	if (!key->line.len)
		read_public(path, ".pub", &key->blob, &key->line);
	read_public(path, "-cert.pub", &key->cert, &key->cert_line);
	key->absent = seen.absent && !key->line.len;
	return e;
}

const struct pl_ssh_key *pl_ssh_keys_get(struct pl_ssh_keys *k, const char *path)
{
	void **place;
	struct entry *e;

	pthread_mutex_lock(&k->lock);
	place = pl_map_put(&k->by_path, path, strlen(path));
	e = *place;
	if (!e) {
		*place = e = load(path);
		e->next = k->entries;
		k->entries = e;
	}
	pthread_mutex_unlock(&k->lock);
	return &e->key;
}

/* ---- passphrases ---- */

static struct entry *entry_of(struct pl_ssh_keys *k, const struct pl_ssh_key *key)
{
	struct entry *e;

	pthread_mutex_lock(&k->lock);
	e = pl_map_get(&k->by_path, key->path, strlen(key->path));
	pthread_mutex_unlock(&k->lock);
	return e;
}

/* With `asking` held. */
static int answer(struct entry *e, const struct pl_fleet_options *opt, unsigned *nth,
		  char out[PL_SSH_PASSPHRASE_SIZE], struct pl_err *err)
{
	if (e->nth == *nth) {
		if (!opt->passphrase)
			return pl_err_set(err, PL_E_AUTH, "it needs a passphrase, and nobody is there to ask");
		if (e->nth == PASSPHRASE_TRIES ||
		    !opt->passphrase(opt->ctx, e->key.path, e->nth > 0, e->passphrase, sizeof e->passphrase))
			return pl_err_set(err, PL_E_AUTH, "it was not opened");
		e->nth++;
	}
	*nth = e->nth;
	memcpy(out, e->passphrase, PL_SSH_PASSPHRASE_SIZE);
	return 0;
}

int pl_ssh_keys_passphrase(struct pl_ssh_keys *k, const struct pl_ssh_key *key,
			   const struct pl_fleet_options *opt, struct pl_wait *w, unsigned *nth,
			   char out[PL_SSH_PASSPHRASE_SIZE], struct pl_err *err)
{
	struct entry *e = entry_of(k, key);
	int64_t begin = pl_clock_ms();
	int rc;

	while (pthread_mutex_trylock(&k->asking)) {
		struct pl_wait pause = pl_wait_for(ASKING_MS, w->stop_fd);

		if (pl_wait_pause(ASKING_MS, &pause, err))
			return -1;
	}
	rc = answer(e, opt, nth, out, err);
	pthread_mutex_unlock(&k->asking);
	/* a person is not the host's delay */
	w->deadline += pl_clock_ms() - begin;
	return rc;
}
