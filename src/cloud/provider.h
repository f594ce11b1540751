/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a provider's own API is to plumbline: a scheme, credentials, calls that are queued, and what is
 * done with their answers.  This header is all that a provider's author needs, with model/model.h.
 *
 * One source (eks://REGION/CLUSTER) is asked so: open() finds credentials; ask() queues the first calls;
 * calls run in parallel on threads, while `done` of each runs on the main thread, in the order in which
 * answers came, and may queue more (the next page, a describe for each name of a list).  When all are
 * done, predict() queues what a plan of the same run wants to know, and that runs as well.  Last, close().
 *
 * Everything here but sign(), renew() and refusal() happens on the main thread, so only these three
 * have to mind others.
 */
#ifndef PL_CLOUD_PROVIDER_H
#define PL_CLOUD_PROVIDER_H

#include <jansson.h>
#include <stdbool.h>

#include "base/buf.h"
#include "model/field.h"
#include "model/provider.h"
#include "net/http.h"

struct pl_cloud;     /* one source while it is asked */
struct pl_cloud_net; /* one thread's connections */

/* ---- calls ---- */

/* How a call ended. */
enum pl_cloud_outcome {
	PL_CLOUD_DONE,      /* 2xx, and `json` is its answer */
	PL_CLOUD_ABSENT,    /* there is no such thing */
	PL_CLOUD_FORBIDDEN, /* the account lacks a permission; noted as a problem */
	PL_CLOUD_OFF,       /* this API is switched off for the account; noted as a problem */
	PL_CLOUD_REFUSED,   /* the API does not take the request (an unknown machine type) */
	PL_CLOUD_FAILED,    /* no answer, or none that can be read; noted as a problem */
};

struct pl_cloud_answer {
	enum pl_cloud_outcome outcome;
	json_t *json;     /* DONE: borrowed until `done` returns; an empty body is NULL */
	const char *code; /* else the API's own word (InvalidInstanceType), "" where it has none */
	const char *why;  /* else one sentence, which lives as long as the model: fit for waits_for */
};

struct pl_cloud_call;
typedef void pl_cloud_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg);

struct pl_cloud_call {
	const char *name;       /* in the API's own words, "eks:DescribeNodegroup" */
	const char *permission; /* what it takes ("eks:DescribeNodegroup"); NULL: the name */
	const char *object;     /* what it is about, for people: "node group headless"; NULL: nothing in special */
	const char *service;    /* for sign(): "ec2"; may be NULL */
	const char *method;     /* NULL: GET */
	const char *url;
	const char *body;       /* NULL: none.  A POST here reads, and may be sent again. */
	const char *type;       /* Content-Type of the body */
	const char *const *headers; /* more of them, ends with NULL; NULL: none */
	bool xml;               /* the answer is XML: see xml/xml.h */
	bool off_is_none;       /* an API that is switched off has nothing of its kind: no problem of the run */
	bool quiet;             /* what fails is no problem of the run: `done` says what it means */
	pl_cloud_done *done;
	void *arg;
};

/* Queues a call; everything but `arg` is copied. */
void pl_cloud_call(struct pl_cloud *c, const struct pl_cloud_call *call);

/* ---- how an API lets us in ---- */

/* What a refused request (a status other than 2xx) means. */
struct pl_cloud_refusal {
	enum pl_cloud_outcome outcome;
	bool again;       /* throttled: the same later */
	bool expired;     /* the credentials are too old: once more with new ones */
	bool unauthenticated; /* the credentials are none: the source as a whole cannot be asked */
	char code[96];    /* the API's own word */
	char message[400]; /* its sentence, without secrets */
};

/* Header lines of one request. */
struct pl_cloud_headers {
	char *lines[16];
	size_t count;
};
void pl_cloud_header(struct pl_cloud_headers *h, const char *name, const char *value);
void pl_cloud_headers_release(struct pl_cloud_headers *h); /* wipes */

struct pl_cloud_api {
	/*
	 * Adds header lines ("Name: value") that let the call in, to a list whose texts the engine wipes
	 * and frees: pl_cloud_header().  From any thread, right before each sending.
	 */
	int (*sign)(void *ctx, const struct pl_cloud_call *call, struct pl_cloud_headers *out, struct pl_err *err);
	/*
	 * New credentials in place of expired ones; from any thread, one at a time, no sign() meanwhile.
	 */
	int (*renew)(void *ctx, struct pl_cloud_net *net, struct pl_err *err);
	/*
	 * Reads an answer's refusal.  `json` is its body where it could be read (XML included, whatever
	 * the call said), else NULL.  Comes with what the status alone says: 401 unauthenticated, 403
	 * FORBIDDEN, 404 ABSENT, 429 and 5xx again, others REFUSED.
	 */
	void (*refusal)(const struct pl_http_answer *a, const json_t *json, struct pl_cloud_refusal *out);
};

/* ---- while a source is asked ---- */

/* The n-th part of the source's URI behind the scheme: of eks://REGION/CLUSTER part 0 is REGION. */
const char *pl_cloud_part(const struct pl_cloud *c, size_t n);
struct pl_model *pl_cloud_model(struct pl_cloud *c);
/* Index of the source, for pl_model_object(). */
int pl_cloud_source(const struct pl_cloud *c);
const struct pl_provider *pl_cloud_provider_of(const struct pl_cloud *c);
/* What open() made: passed to the functions of `api`, and found again by `done`. */
void pl_cloud_let_in(struct pl_cloud *c, const struct pl_cloud_api *api, void *ctx);
void *pl_cloud_ctx(struct pl_cloud *c);

/*
 * For open(): which cluster the source is about, so that a plan's can be told from others.  What is not
 * known (an account that only an answer tells) is NULL, and may be said later.
 */
void pl_cloud_about(struct pl_cloud *c, const char *name, const char *location, const char *account);

/*
 * For open(), before it asks anybody: the file of root certificates that the cloud's own tools take, by a variable, else
 * by a setting (NULL: none); where neither is, REQUESTS_CA_BUNDLE and those that all programs honour.
 */
void pl_cloud_trust(struct pl_cloud *c, const char *variable, const char *setting);
/* The main thread's connections, for open(). */
struct pl_cloud_net *pl_cloud_net(struct pl_cloud *c);
/*
 * One exchange at once: token endpoints, metadata servers.  `direct`: past any proxy, and not repeated
 * (metadata servers).  Nothing of it but address and status reaches a trace.  Ends by `ms` milliseconds (0: the
 * source's own deadline).  As pl_http_ask(): 0 whatever the status is; the caller releases *out.
 */
int pl_cloud_exchange(struct pl_cloud_net *net, const struct pl_http_request *r, bool direct, int64_t ms,
		      struct pl_http_answer *out, struct pl_err *err);
/* By when the source must have been asked. */
const struct pl_wait *pl_cloud_net_wait(const struct pl_cloud_net *net);
/*
 * How the cluster's own API is reached with the same credentials: a kubeconfig, as the cloud's tools write it, with
 * its token or key in it.  Copied; wiped when the run is over.
 */
void pl_cloud_reach(struct pl_cloud *c, struct pl_slice kubeconfig);
/* The kubeconfig for a server ("https://HOST"), its CA (base64 of PEM; NULL: the system's) and a token. */
void pl_cloud_reach_by_token(struct pl_cloud *c, const char *server, const char *ca, const char *token);

/* A line for -vv, never with a secret. */
void pl_cloud_trace(struct pl_cloud *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The source does not show all things of these kinds (bits 1 << PL_POOL) that its cluster has, for that reason. */
void pl_cloud_incomplete(struct pl_cloud *c, unsigned kinds, const char *why);
/* The source could not be asked, though its API answers: a problem of the run that forces exit status 2. */
void pl_cloud_fail(struct pl_cloud *c, enum pl_err_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* A problem of the run: code as the contract has them ("forbidden"). */
void pl_cloud_problem(struct pl_cloud *c, const char *object, const char *code, const char *message,
		      const char *permission);

/* ---- answers -> facts ---- */

/*
 * The value at `path` ("a.b[0].c", "" for the whole; '|' separates alternatives: the first that is there
 * and not null); NULL: there is none.
 */
json_t *pl_cloud_get(json_t *json, const char *path);
/* Its text (a string, number or bool), kept in the model; NULL: there is none, or it is empty. */
const char *pl_cloud_text(struct pl_cloud *c, json_t *json, const char *path);
/*
 * Whole numbers are strings in some of Google's answers, and all are in XML; `otherwise` where there is none, or one
 * that is no count (beyond 10^15).  Bytes are given in that unit (PL_AS_GIB, PL_AS_MIB), up to 2^60.
 */
int64_t pl_cloud_bytes(json_t *json, const char *path, enum pl_as unit, int64_t otherwise);
int64_t pl_cloud_int(json_t *json, const char *path, int64_t otherwise);
bool pl_cloud_bool(json_t *json, const char *path, bool otherwise);

/* Texts that come one after the other, in the model's arena; starts as { 0 }. */
struct pl_cloud_list {
	const char **items;
	size_t count;
};
void pl_cloud_list_add(struct pl_cloud *c, struct pl_cloud_list *list, const char *text);

/*
 * Writes the facts of a table (ends with a NULL path).  What the answer does not hold nobody set:
 * an API leaves out what has its default.
 */
void pl_cloud_fields(struct pl_cloud *c, struct pl_object *o, json_t *json, const struct pl_field *fields);
/* machine_type, vcpu, memory, architecture of a pool by the built-in catalogue; see pl_cloud_machine_live(). */
void pl_cloud_machine(struct pl_cloud *c, struct pl_object *pool, const char *type, const char *path);

/* ---- what a plan of the same run wants ---- */

/*
 * The objects of that kind that Terraform sources of this run show and that may belong to this source's
 * cluster: of that provider, and of no cluster with another name, account or place.  Fills *out (in the
 * model's arena), returns how many.
 */
size_t pl_cloud_planned(struct pl_cloud *c, enum pl_kind kind, struct pl_object ***out);
/* The one of them with that identity ("aws_db_instance/gitpod"), so that what is found is known as the plan's; NULL: none. */
struct pl_object *pl_cloud_planned_as(struct pl_cloud *c, enum pl_kind kind, const char *identity);
/*
 * Something of the cluster that the source shows; its identity, where it has one, joins it with what other sources
 * show.  NULL: this source has told it already.
 */
struct pl_object *pl_cloud_thing(struct pl_cloud *c, struct pl_object *cluster, enum pl_kind kind, const char *name,
				 const char *identity, const char *address);
/*
 * The same object as this source speaks of it, though it is not there yet: facts that the cloud tells
 * about what is planned.  One for each planned object, made at the first call.
 */
struct pl_object *pl_cloud_beside(struct pl_cloud *c, struct pl_object *planned);

/* A planned fact's value, where it is known and may be printed; else NULL. */
const struct pl_value *pl_cloud_planned_value(const struct pl_object *o, enum pl_attr attr);
/* What this source shows of that kind and name; NULL: it shows none. */
struct pl_object *pl_cloud_running(struct pl_cloud *c, const struct pl_object *planned);

/* The least, the first and the most of something; -1: not known. */
struct pl_cloud_sizes {
	int64_t min, desired, max;
};
/*
 * Nodes of a pool as the witness knows them, an upgrade's counted with the most; `zones`: how many of them each count is
 * for, where the pool does not say otherwise (1: none).
 */
struct pl_cloud_sizes pl_cloud_nodes(const struct pl_object *pool, enum pl_witness w, int64_t zones);
struct pl_cloud_sizes pl_cloud_times(struct pl_cloud_sizes s, int64_t each);
/* What comes beyond those that run already (-1: not known). */
struct pl_cloud_sizes pl_cloud_less(struct pl_cloud_sizes s, int64_t running);

/* Sizes of a machine type as the cloud says them: they win over the catalogue, and a difference is noted; `api`: who says it. */
void pl_cloud_size(struct pl_cloud *c, struct pl_object *o, const char *type, const struct pl_machine *live,
		   const char *api, const char *path);
/* What the cloud says of a machine type; false: nothing. */
typedef bool pl_cloud_live(struct pl_cloud *c, const char *type, struct pl_machine *out);
/* The same for pools that run: the sizes of those all of whose types the cloud tells take the place of the catalogue's. */
void pl_cloud_refresh(struct pl_cloud *c, pl_cloud_live *live, const char *api, const char *path);
/* Taints as key, value and effect in the cloud's words (NO_SCHEDULE). */
void pl_cloud_taints(struct pl_cloud *c, struct pl_object *pool, json_t *taints, const char *path);
/* Addresses in "10.0.0.0/24"; -1: it is no range of IPv4. */
int64_t pl_cloud_addresses(const char *cidr);
/* 33 of "1.33.4"; -1: there is none. */
int pl_cloud_minor(const char *version);

/* ---- a bill of demand ---- */

/*
 * Something of which the cloud gives only so much: a quota, the free addresses of a subnet.  What is
 * planned is added up in it; the object (kind QUOTA) is written when the source is done.
 */
struct pl_cloud_quota {
	const char *key;      /* tells it from others: "L-1216C47A", "subnet-0123" */
	const char *title;    /* "Running On-Demand Standard instances" */
	const char *resource; /* "quota", "addresses" */
	const char *unit;     /* "vCPU", "addresses", "node groups" */
	int64_t limit, used;  /* -1: not known */
	const char *why;      /* why not */
	bool fail_open;       /* limit and used are not to be relied on */
};
/* What one planned object takes of it, at its smallest, desired and largest size; -1: not known. */
struct pl_cloud_demand {
	struct pl_object *object; /* planned */
	int64_t min, desired, max;
	const char *note;         /* "3 zones x 4 nodes x 8 vCPU"; NULL */
	const char *waits_for;    /* what an unknown size waits for */
};
void pl_cloud_demand(struct pl_cloud *c, const char *key, const struct pl_cloud_demand *d);
/* The same for a pool's nodes, of which each takes that much. */
void pl_cloud_bill(struct pl_cloud *c, struct pl_object *pool, const char *key, struct pl_cloud_sizes nodes, int64_t each,
		   const char *note);
/* Sets what is known of it; may come before or after its demands.  Those without demands are not written. */
void pl_cloud_quota(struct pl_cloud *c, const struct pl_cloud_quota *q);

/* ---- the table ---- */

struct pl_cloud_provider {
	const char *scheme;         /* "eks" */
	const char *form;           /* "eks://REGION/CLUSTER", for messages */
	size_t parts;               /* that it must have */
	const char *const *permissions; /* what its calls take, sorted, ends with NULL: no call may need another */
	/* -1: there are no credentials (PL_E_AUTH; says what was tried and found), or the URI is wrong (PL_E_USAGE). */
	int (*open)(struct pl_cloud *c, struct pl_err *err);
	void (*ask)(struct pl_cloud *c);
	void (*predict)(struct pl_cloud *c); /* NULL: nothing */
	/*
	 * For --with-cluster, after predict(): queues what it takes to say pl_cloud_reach().  NULL: it cannot be
	 * said.
	 */
	void (*reach)(struct pl_cloud *c);
	/* Where nodes are logged in to: queues what it takes to say pl_model_host_keys().  NULL: it cannot be said. */
	void (*host_keys)(struct pl_cloud *c);
	void (*close)(struct pl_cloud *c);   /* frees and wipes what open() made; also after it failed */
	/* The smallest policy or role for `permissions`, as the cloud's own tools take it. */
	void (*role)(struct pl_buf *out);
};

#endif
