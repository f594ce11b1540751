/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directives of ssh_config(5), one row each, and one line of such a file taken apart and checked.
 * Belongs to config.c, settings.c and what they are made of.
 */
#ifndef PL_SSH_DIRECTIVE_H
#define PL_SSH_DIRECTIVE_H

#include "ssh/target.h"
#include "ssh/words.h"

/* What decides something here; all that decides nothing is HARMLESS. */
enum pl_ssh_key {
	PL_SSH_HARMLESS,
	PL_SSH_UNKNOWN, /* no directive of OpenSSH */
	PL_SSH_HOST, PL_SSH_MATCH, PL_SSH_INCLUDE, PL_SSH_IGNORE_UNKNOWN, PL_SSH_TAG, PL_SSH_REFUSE,
	PL_SSH_HOSTNAME, PL_SSH_USER, PL_SSH_PORT, PL_SSH_PROXY_COMMAND, PL_SSH_PROXY_JUMP, PL_SSH_FDPASS,
	PL_SSH_IDENTITY, PL_SSH_CERTIFICATE, PL_SSH_AGENT, PL_SSH_IDENTITIES_ONLY, PL_SSH_BATCH,
	PL_SSH_PUBKEY, PL_SSH_PASSWORD, PL_SSH_KBDINT, PL_SSH_PREFERRED,
	PL_SSH_ALIAS, PL_SSH_USER_HOSTS, PL_SSH_GLOBAL_HOSTS, PL_SSH_REVOKED, PL_SSH_STRICT, PL_SSH_HASH,
	PL_SSH_HOST_KEY_ALGS, PL_SSH_KEX, PL_SSH_CIPHERS, PL_SSH_MACS, PL_SSH_PUBKEY_ALGS, PL_SSH_RSA_SIZE,
	PL_SSH_COMPRESSION, PL_SSH_TIMEOUT, PL_SSH_ATTEMPTS, PL_SSH_FAMILY, PL_SSH_BIND, PL_SSH_INTERFACE,
	PL_SSH_TCP_ALIVE, PL_SSH_ALIVE, PL_SSH_ALIVE_MAX,
	/* not honoured, so named */
	PL_SSH_CANONICALIZE, PL_SSH_CHECK_IP, PL_SSH_KNOWN_COMMAND, PL_SSH_DNS_KEYS, PL_SSH_NO_LOCAL_CHECK,
	PL_SSH_PKCS11, PL_SSH_SK_PROVIDER, PL_SSH_UNSUPPORTED,
	PL_SSH_KEYS,
};

/* How the text behind the directive is read. */
enum pl_ssh_kind {
	PL_SSH_ANY,    /* not at all */
	PL_SSH_WORD,   /* one word */
	PL_SSH_WORDS,  /* at least one; "none" stands alone */
	PL_SSH_LINE,   /* the rest of the line as it stands, quotes and all */
	PL_SSH_FLAG,   /* yes, no, true, false */
	PL_SSH_NUMBER, /* 0 to INT_MAX */
	PL_SSH_TIME,   /* seconds, or 1h30m; "none" */
	PL_SSH_TCP,    /* 1 to 65535 */
	PL_SSH_CHOICE, /* one of the row's words */
	PL_SSH_JUMPS,  /* hosts separated by commas, or "none" */
	PL_SSH_CRITERIA, /* of Match */
};

struct pl_ssh_keyword {
	const char *name; /* in lower case */
	enum pl_ssh_key key;
	enum pl_ssh_kind kind;
	const char *choices; /* of CHOICE: words separated by blanks */
	const char *quiet;   /* values that change nothing, separated by blanks */
	const char *notice;  /* what to say of any other value; NULL: it is honoured */
};

enum pl_ssh_attribute {
	PL_SSH_IF_ALL, PL_SSH_IF_CANONICAL, PL_SSH_IF_FINAL, PL_SSH_IF_HOST, PL_SSH_IF_ORIGINAL, PL_SSH_IF_USER,
	PL_SSH_IF_LOCAL_USER, PL_SSH_IF_TAGGED, PL_SSH_IF_SESSION,
	PL_SSH_IF_UNDECIDED, /* exec and what else is not looked at here */
};

struct pl_ssh_criterion {
	enum pl_ssh_attribute attribute;
	bool negated;
	const char *name, *value; /* value: NULL where there is none */
};

struct pl_ssh_file_lines;

struct pl_ssh_line {
	const struct pl_ssh_keyword *keyword;
	const char *name;      /* as written */
	struct pl_words words; /* not of LINE and JUMPS */
	const char *text;      /* LINE and JUMPS: the rest; else the first word, or "" */
	long number;           /* FLAG, NUMBER, TIME (0: none), TCP */
	const char *file;
	int line;              /* 0: an option of the command line */
	struct pl_ssh_criterion *criteria; /* MATCH */
	size_t criteria_count;
	const struct pl_ssh_file_lines **included; /* INCLUDE */
	size_t included_count;
};

/* The row of a directive, in any case; never NULL. */
const struct pl_ssh_keyword *pl_ssh_keyword(const char *name);
/* Is `word`, in any case, one of `words`, which blanks separate? */
bool pl_ssh_has_word(const char *words, const char *word);

/*
 * Takes one line apart.  *out gets a line in the arena, or NULL for a comment or an empty line.  A
 * directive that OpenSSH has not is no error here: its keyword's key is UNKNOWN.
 * -1: PL_E_USAGE, "FILE:LINE: what"; line 0 leaves the place to the caller.
 */
int pl_ssh_line_parse(struct pl_arena *a, const char *file, int line, const char *text,
		      struct pl_ssh_line **out, struct pl_err *err) __attribute__((warn_unused_result));

/* The line that "NAME VALUE" would be if VALUE were one word whatever it holds. */
int pl_ssh_line_make(struct pl_arena *a, const char *name, const char *value, struct pl_ssh_line **out,
		     struct pl_err *err) __attribute__((warn_unused_result));

/* One jump host, or a target: [ssh://][USER@]HOST[:PORT]; strings in the arena, user NULL, port 0: none. */
struct pl_ssh_hop_name {
	const char *user, *host;
	uint16_t port;
};
bool pl_ssh_hop_parse(struct pl_arena *a, struct pl_slice text, struct pl_ssh_hop_name *out);

/*
 * May this name a host, or a user, on a command line of ssh?  No blanks, no control characters and
 * nothing that a shell could take for more than text (a ProxyCommand holds them), no '-' in front.
 */
bool pl_ssh_host_fine(const char *host);
bool pl_ssh_user_fine(const char *user);

#endif
