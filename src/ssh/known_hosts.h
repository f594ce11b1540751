/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which keys SSH hosts are known by: OpenSSH's known_hosts files (sshd(8), "SSH_KNOWN_HOSTS FILE
 * FORMAT"), read by ourselves.  Hashed names, wildcards, negation, [host]:port, @revoked and
 * @cert-authority mean what they mean to ssh.
 */
#ifndef PL_SSH_KNOWN_HOSTS_H
#define PL_SSH_KNOWN_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Bytes of "SHA256:" and 43 digits of base64, with the NUL. */
#define PL_FINGERPRINT_SIZE 51
/* Types of keys that one host can be known by: more than OpenSSH 10 has (9, without certificates). */
#define PL_KNOWN_TYPES 16
/* Bytes of the name of a key type, with the NUL. */
#define PL_KEY_TYPE_SIZE 64

/* The files of one run, each read once, when a lookup first names it.  Safe to share between threads. */
struct pl_known_hosts;

enum pl_known {
	PL_KNOWN_UNKNOWN,    /* no line names the host (or only one whose key cannot be read: see `why`) */
	PL_KNOWN_OK,         /* a line has this very key for this host */
	PL_KNOWN_CHANGED,    /* a line has another key of this type, and none has this one */
	PL_KNOWN_OTHER_TYPE, /* only keys of other types are known; never to be accepted as new */
	PL_KNOWN_REVOKED,    /* @revoked: never to be accepted, whatever other lines say */
	PL_KNOWN_CA,         /* only a @cert-authority vouches for the host, and this is no certificate */
};

/* Whom we speak to, and the files that may know it. */
struct pl_known_host {
	const char *host;         /* what is connected to (pl_ssh_host.host); any case */
	uint16_t port;            /* 0 is 22; other ports are looked up as [host]:port, then as host */
	const char *alias;        /* HostKeyAlias, looked up instead of host and port; NULL: none */
	const char *const *files; /* absolute paths, NULL at the end: UserKnownHostsFile, then Global... */
	const char *revoked;      /* RevokedHostKeys: public keys, one a line; NULL: none */
	const char *add_to;       /* where a new host is added (pl_ssh_host.new_hosts); NULL: nowhere */
};

struct pl_known_result {
	enum pl_known verdict;
	/*
	 * The line that decided, or of UNKNOWN the line whose key cannot be read; NULL and 0: none.  The
	 * file's name lives as long as the struct pl_known_hosts.
	 */
	const char *file;
	unsigned line;
	const char *why;                     /* UNKNOWN: what is wrong with that line, or NULL */
	char type[PL_KEY_TYPE_SIZE];         /* of the key that was looked up, "" when it is no key */
	char fingerprint[PL_FINGERPRINT_SIZE]; /* of the key that was looked up */
	char known_type[PL_KEY_TYPE_SIZE];   /* of the line's key */
	char known[PL_FINGERPRINT_SIZE];     /* CHANGED, OTHER_TYPE: the fingerprint of the line's key */
};

struct pl_known_hosts *pl_known_hosts_new(void);
void pl_known_hosts_free(struct pl_known_hosts *k); /* takes NULL */
void pl_known_hosts_free_ptr(struct pl_known_hosts **k);
#define pl_auto_known_hosts __attribute__((cleanup(pl_known_hosts_free_ptr))) struct pl_known_hosts

/*
 * Makes `text` the content of `name` (which is no file): keys that a plan, a state or a cloud tells.  A key's type
 * may be followed by its fingerprint, "SHA256:...", instead of the key.  A lookup names it among its files.  Must come
 * before the first lookup that does.
 */
int pl_known_hosts_text(struct pl_known_hosts *k, const char *name, const char *text, size_t len,
			struct pl_err *err) __attribute__((warn_unused_result));

/*
 * Is `blob` (the key as the server sends it, libssh2_session_hostkey) the host's key?  A file that does
 * not exist knows nobody.  -1: a file cannot be read (PL_E_INPUT, also a binary revocation list) or is
 * larger than PL_LIMIT_KNOWN_HOSTS_BYTES (PL_E_LIMIT); then nothing may be taken for known.
 */
int pl_known_hosts_lookup(struct pl_known_hosts *k, const struct pl_known_host *h, const void *blob,
			  size_t len, struct pl_known_result *out, struct pl_err *err)
	__attribute__((warn_unused_result));

/*
 * The types of the host's known keys ("ssh-ed25519", "ssh-rsa" ...), in the order of the lines, each
 * once; authorities and revoked keys do not count.  To be asked for before all others: a server shows
 * one key, and a host that shows one of a type nobody noted looks unknown.
 */
int pl_known_hosts_types(struct pl_known_hosts *k, const struct pl_known_host *h,
			 char types[PL_KNOWN_TYPES][PL_KEY_TYPE_SIZE], size_t *count, struct pl_err *err)
	__attribute__((warn_unused_result));

/*
 * Accepts a new host: adds a line to h->add_to, as OpenSSH writes it (`hash`: with a hashed name),
 * making the file (mode 0600) and its folder (0700) when absent, and to what this struct knows.
 * Asks again first, so that of two threads that meet two keys of one host only one is believed.
 * -1: PL_E_HOST_KEY (no longer unknown), PL_E_INPUT (the file cannot be written), and as lookup.
 */
int pl_known_hosts_add(struct pl_known_hosts *k, const struct pl_known_host *h, const void *blob,
		       size_t len, bool hash, struct pl_err *err) __attribute__((warn_unused_result));

/* "SHA256:..." as ssh-keygen -l prints it. */
void pl_key_fingerprint(const void *blob, size_t len, char out[PL_FINGERPRINT_SIZE]);
/* The type that a key's bytes begin with; false when they do not begin with one. */
bool pl_key_type(const void *blob, size_t len, char out[PL_KEY_TYPE_SIZE]);
/* "host" or "[host]:port", the way known_hosts names it (in lower case; the alias when there is one). */
void pl_known_hosts_name(const struct pl_known_host *h, char *out, size_t size);

#endif
