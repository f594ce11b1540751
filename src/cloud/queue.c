/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls in parallel: threads send them and read what comes, the main thread does what is to be done with
 * each answer, which may be to queue more.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "cloud/internal.h"
#include "json/load.h"
#include "xml/xml.h"

/* A call from the moment it is queued until it is done. */
struct job {
	struct pl_cloud_call call;
	struct pl_arena arena; /* what the call is made of */
	size_t step;           /* calls that had to come before it, and itself */
	enum pl_cloud_outcome outcome;
	json_t *json;
	char code[96];
	struct pl_err err;     /* unless DONE */
	struct pl_buf log;     /* lines about its exchanges */
	struct job *next;
};

struct list {
	struct job *first, **last;
};

struct pl_cloud_queue {
	struct pl_cloud *c;
	pthread_mutex_t lock;    /* guards what follows */
	pthread_cond_t changed;
	struct list waiting, done;
	size_t queued;           /* in `waiting` */
	size_t on_its_way, idle, again;
	bool over;
	pthread_rwlock_t credentials; /* read while a call is signed, written while they are renewed */
	unsigned renewals;            /* under `credentials` */
	struct pl_err refused;        /* why renewing failed */
	/* the main thread's alone */
	pthread_t *threads;
	size_t thread_count, calls, steps;
	size_t step, base; /* of the answer that is being done; of what all before has led to */
};

static void append(struct list *l, struct job *j)
{
	j->next = NULL;
	*l->last = j;
	l->last = &j->next;
}

static struct job *take(struct list *l)
{
	struct job *j = l->first;

	if (j) {
		l->first = j->next;
		l->last = l->first ? l->last : &l->first;
	}
	return j;
}

static void free_job(struct job *j)
{
	json_decref(j->json);
	pl_buf_release(&j->log);
	pl_arena_wipe(&j->arena);
	free(j);
}

/* ---- one call, on a thread ---- */

void pl_cloud_header(struct pl_cloud_headers *h, const char *name, const char *value)
{
	struct pl_buf line = PL_BUF_INIT;

	if (h->count == sizeof h->lines / sizeof *h->lines)
		return;
	pl_buf_addf(&line, "%s: %s", name, value);
	h->lines[h->count++] = pl_buf_detach(&line);
}

void pl_cloud_headers_release(struct pl_cloud_headers *h)
{
	for (size_t i = 0; i < h->count; i++) {
		explicit_bzero(h->lines[i], strlen(h->lines[i]));
		free(h->lines[i]);
	}
	h->count = 0;
}

/* Signs and sends; *renewal: which credentials it was sent with. */
static int send_once(struct pl_cloud_queue *q, struct job *j, struct pl_cloud_net *net, unsigned *renewal,
		     struct pl_http_answer *a)
{
	const struct pl_cloud_call *call = &j->call;
	struct pl_cloud_headers signed_with = { { NULL }, 0 };
	const char *headers[sizeof signed_with.lines / sizeof *signed_with.lines + 18] = { NULL };
	struct pl_http *http = pl_cloud_net_http(net, false, &j->err);
	pl_auto_buf type = PL_BUF_INIT;
	size_t n = 0;
	int rc;

	pthread_rwlock_rdlock(&q->credentials);
	*renewal = q->renewals;
	rc = http ? q->c->api->sign(q->c->ctx, call, &signed_with, &j->err) : -1;
	pthread_rwlock_unlock(&q->credentials);
	for (size_t i = 0; i < signed_with.count; i++)
		headers[n++] = signed_with.lines[i];
	for (size_t i = 0; call->headers && call->headers[i] && i < 16; i++)
		headers[n++] = call->headers[i];
	if (call->type) {
		pl_buf_addf(&type, "Content-Type: %s", call->type);
		headers[n++] = type.data;
	}
	if (!rc) {
		struct pl_http_request r = {
			.method = call->method, .url = call->url, .headers = headers, .reads = true,
			.body = { call->body, call->body ? strlen(call->body) : 0 },
			.max_bytes = PL_LIMIT_CLOUD_BYTES,
		};

		rc = pl_http_ask(http, &r, &net->wait, a, &j->err);
		for (size_t i = 0; !rc && i < signed_with.count; i++)
			pl_cloud_hide(signed_with.lines[i], &a->body);
	}
	pl_cloud_headers_release(&signed_with);
	return rc;
}

static json_t *read_body(const struct pl_http_answer *a, bool xml, struct pl_err *err)
{
	struct pl_slice text = { a->body.data, a->body.len };

	return xml ? pl_xml_load(text, err) : pl_json_load(text, NULL, err);
}

static struct pl_cloud_refusal refusal_of(int status)
{
	struct pl_cloud_refusal r = { .outcome = PL_CLOUD_REFUSED };

	r.unauthenticated = status == 401;
	r.again = status == 429 || status >= 500;
	if (r.unauthenticated || r.again || (status >= 300 && status < 400))
		r.outcome = PL_CLOUD_FAILED;
	else if (status == 403)
		r.outcome = PL_CLOUD_FORBIDDEN;
	else if (status == 404)
		r.outcome = PL_CLOUD_ABSENT;
	return r;
}

static enum pl_err_code code_of(const struct pl_cloud_refusal *r)
{
	if (r->unauthenticated || r->expired)
		return PL_E_AUTH;
	if (r->outcome == PL_CLOUD_FORBIDDEN || r->outcome == PL_CLOUD_OFF)
		return PL_E_FORBIDDEN;
	return r->outcome == PL_CLOUD_FAILED && r->again ? PL_E_UNREACHABLE : PL_E_INPUT;
}

static void log_exchange(const struct pl_cloud_queue *q, struct job *j, const struct pl_http_answer *a,
			 const json_t *answer)
{
	if (!q->c->opt->log)
		return;
	if (j->log.len)
		pl_buf_addc(&j->log, '\n');
	pl_cloud_log_line(&j->call, a, answer, &j->log);
}

/* What a refusal says, kept in the job. */
static struct pl_cloud_refusal refuse(struct pl_cloud_queue *q, struct job *j, const struct pl_http_answer *a)
{
	struct pl_cloud_refusal r = refusal_of(a->status);
	struct pl_err ignored = PL_ERR_INIT;
	const char *start = a->body.data + strspn(a->body.data, " \t\r\n");
	json_t *json = *start ? read_body(a, *start == '<', &ignored) : NULL;

	q->c->api->refusal(a, json, &r);
	log_exchange(q, j, a, json);
	json_decref(json);
	/* of these none is about what was asked for */
	if (r.expired || r.unauthenticated || r.again)
		r.outcome = PL_CLOUD_FAILED;
	j->outcome = r.outcome;
	snprintf(j->code, sizeof j->code, "%s", r.code);
	if (r.message[0] && r.code[0])
		pl_err_set(&j->err, code_of(&r), "%s: %s: %s", j->call.name, r.code, r.message);
	else if (r.message[0])
		pl_err_set(&j->err, code_of(&r), "%s: %s (status %d)", j->call.name, r.message, a->status);
	else
		pl_err_set(&j->err, code_of(&r), "%s: answered with status %d%s%s", j->call.name, a->status,
			   r.code[0] ? ", " : "", r.code);
	return r;
}

static void accept_answer(struct pl_cloud_queue *q, struct job *j, const struct pl_http_answer *a)
{
	j->outcome = PL_CLOUD_DONE;
	if (a->body.len)
		j->json = read_body(a, j->call.xml, &j->err);
	log_exchange(q, j, a, j->json);
	if (j->json || !a->body.len)
		return;
	j->outcome = PL_CLOUD_FAILED;
	pl_err_wrap(&j->err, "%s: the answer cannot be read", j->call.name);
}

/* New credentials, unless another thread got some since `renewal`. */
static bool renew(struct pl_cloud_queue *q, struct pl_cloud_net *net, unsigned renewal, struct pl_err *err)
{
	bool ok = true;

	pthread_rwlock_wrlock(&q->credentials);
	if (q->renewals == renewal) {
		if (q->refused.code == PL_E_NONE && !q->c->api->renew(q->c->ctx, net, &q->refused))
			q->renewals++;
		else
			ok = false;
	}
	if (!ok)
		*err = q->refused;
	pthread_rwlock_unlock(&q->credentials);
	return ok;
}

static void count_again(struct pl_cloud_queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->again++;
	pthread_mutex_unlock(&q->lock);
}

/* 200 ms, doubled each time, as in net/http.c, which has tried again already where the status says so. */
static bool pause_before(unsigned tries, const struct pl_wait *w)
{
	int64_t ms = 200LL << (tries < 5 ? tries : 5);
	struct pl_err ignored = PL_ERR_INIT;

	return ms < pl_wait_left(w) && !pl_wait_pause(ms, w, &ignored);
}

static void run(struct pl_cloud_queue *q, struct job *j, struct pl_cloud_net *net)
{
	bool renewed = false;

	for (unsigned tries = 0; tries < PL_LIMIT_HTTP_TRIES; tries++) {
		pl_auto_answer a = PL_HTTP_ANSWER_INIT;
		struct pl_cloud_refusal r;
		unsigned renewal = 0;

		j->err = (struct pl_err)PL_ERR_INIT;
		j->outcome = PL_CLOUD_FAILED;
		if (send_once(q, j, net, &renewal, &a))
			return;
		if (a.status >= 200 && a.status < 300) {
			accept_answer(q, j, &a);
			return;
		}
		r = refuse(q, j, &a);
		if (r.expired && !renewed) {
			renewed = true;
			if (!renew(q, net, renewal, &j->err))
				return;
		} else if (!r.again || a.status == 429 || a.status >= 500 || !pause_before(tries, &net->wait)) {
			return;
		}
		count_again(q);
	}
}

/* ---- threads ---- */

static struct job *next_job(struct pl_cloud_queue *q)
{
	struct job *j;

	pthread_mutex_lock(&q->lock);
	q->idle++;
	while (!(j = take(&q->waiting)) && !q->over)
		pthread_cond_wait(&q->changed, &q->lock);
	q->idle--;
	q->queued -= j != NULL;
	pthread_mutex_unlock(&q->lock);
	return j;
}

static void *work(void *arg)
{
	struct pl_cloud_queue *q = arg;
	struct pl_cloud_net net;
	struct job *j;

	pl_cloud_net_init(&net, q->c->opt, q->c->net.ca_file, &q->c->wait);
	while ((j = next_job(q)) != NULL) {
		run(q, j, &net);
		pthread_mutex_lock(&q->lock);
		append(&q->done, j);
		pthread_cond_broadcast(&q->changed);
		pthread_mutex_unlock(&q->lock);
	}
	pl_cloud_net_release(&net);
	return NULL;
}

/* One thread more, where all that there are have something to do. */
static void start_thread(struct pl_cloud_queue *q)
{
	if (q->thread_count < q->c->opt->parallel &&
	    !pthread_create(&q->threads[q->thread_count], NULL, work, q))
		q->thread_count++;
}

static void copy_call(struct job *j, const struct pl_cloud_call *call)
{
	struct pl_arena *a = &j->arena;
	size_t n = 0;
	const char **headers;

	j->call = *call;
	j->call.name = pl_arena_strdup(a, call->name);
	j->call.permission = pl_arena_strdup(a, call->permission);
	j->call.object = pl_arena_strdup(a, call->object);
	j->call.service = pl_arena_strdup(a, call->service);
	j->call.method = pl_arena_strdup(a, call->method);
	j->call.url = pl_arena_strdup(a, call->url);
	j->call.body = pl_arena_strdup(a, call->body);
	j->call.type = pl_arena_strdup(a, call->type);
	while (call->headers && call->headers[n])
		n++;
	headers = pl_arena_alloc(a, (n + 1) * sizeof *headers);
	for (size_t i = 0; i < n; i++)
		headers[i] = pl_arena_strdup(a, call->headers[i]);
	j->call.headers = headers;
}

void pl_cloud_call(struct pl_cloud *c, const struct pl_cloud_call *call)
{
	struct pl_cloud_queue *q = c->queue;
	struct job *j = pl_alloc(sizeof *j);
	bool busy;

	j->log = (struct pl_buf)PL_BUF_INIT;
	copy_call(j, call);
	j->step = q->step + 1;
	q->steps = j->step > q->steps ? j->step : q->steps;
	pthread_mutex_lock(&q->lock);
	q->on_its_way++;
	if (++q->calls > PL_LIMIT_CLOUD_CALLS) {
		j->outcome = PL_CLOUD_FAILED;
		pl_err_set(&j->err, PL_E_LIMIT, "%s: more than %d calls about one source", call->name, PL_LIMIT_CLOUD_CALLS);
		append(&q->done, j);
	} else {
		append(&q->waiting, j);
		q->queued++;
	}
	busy = q->queued > q->idle;
	pthread_cond_broadcast(&q->changed);
	pthread_mutex_unlock(&q->lock);
	if (busy)
		start_thread(q);
}

/* ---- what is done with answers ---- */

static void note_outcome(struct pl_cloud *c, const struct job *j)
{
	const struct pl_cloud_call *call = &j->call;
	const char *object = call->object ? call->object : call->name;

	if (j->outcome == PL_CLOUD_DONE || j->outcome == PL_CLOUD_ABSENT)
		return;
	if (j->outcome == PL_CLOUD_FAILED && c->worst.code == PL_E_NONE && (!call->quiet || j->err.code == PL_E_AUTH))
		c->worst = j->err;
	if (call->quiet || (call->off_is_none && j->outcome == PL_CLOUD_OFF))
		return;
	if (j->outcome == PL_CLOUD_FORBIDDEN || j->outcome == PL_CLOUD_OFF)
		pl_cloud_problem(c, object, "forbidden", j->err.text, call->permission ? call->permission : call->name);
	else
		pl_cloud_problem(c, object, j->outcome == PL_CLOUD_REFUSED ? "refused" : pl_err_word(j->err.code),
				 j->err.text, NULL);
}

static void finish(struct pl_cloud_queue *q, struct job *j)
{
	struct pl_cloud_answer a = { j->outcome, j->json, j->code, NULL };

	if (j->outcome != PL_CLOUD_DONE)
		a.why = pl_model_str(q->c->m, j->err.text);
	note_outcome(q->c, j);
	if (j->log.len)
		q->c->opt->log(q->c->opt->log_ctx, j->log.data);
	q->step = j->step;
	if (j->call.done)
		j->call.done(q->c, &a, j->call.arg);
	q->step = q->base;
	free_job(j);
}

/* The next call that is done; NULL: there are no more. */
static struct job *next_done(struct pl_cloud_queue *q)
{
	struct job *j = NULL;

	pthread_mutex_lock(&q->lock);
	while (q->on_its_way && !(j = take(&q->done)) && q->thread_count)
		pthread_cond_wait(&q->changed, &q->lock);
	q->on_its_way -= j != NULL;
	pthread_mutex_unlock(&q->lock);
	return j;
}

/* Where no thread can be started, the main thread sends what waits. */
static void send_all(struct pl_cloud_queue *q)
{
	struct job *j;

	while (!q->thread_count && (j = take(&q->waiting)) != NULL) {
		run(q, j, &q->c->net);
		append(&q->done, j);
	}
}

void pl_cloud_queue_run(struct pl_cloud_queue *q)
{
	struct job *j;

	for (send_all(q); (j = next_done(q)) != NULL; send_all(q))
		finish(q, j);
	q->step = q->base = q->steps;
}

void pl_cloud_queue_count(const struct pl_cloud_queue *q, size_t *calls, size_t *steps, size_t *again)
{
	*calls = q->calls;
	*steps = q->steps;
	*again = q->again;
}

struct pl_cloud_queue *pl_cloud_queue_new(struct pl_cloud *c)
{
	struct pl_cloud_queue *q = pl_alloc(sizeof *q);

	q->c = c;
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->changed, NULL);
	pthread_rwlock_init(&q->credentials, NULL);
	q->waiting.last = &q->waiting.first;
	q->done.last = &q->done.first;
	q->threads = pl_alloc(c->opt->parallel * sizeof *q->threads);
	return q;
}

void pl_cloud_queue_free(struct pl_cloud_queue *q)
{
	struct job *j;

	if (!q)
		return;
	pthread_mutex_lock(&q->lock);
	q->over = true;
	pthread_cond_broadcast(&q->changed);
	pthread_mutex_unlock(&q->lock);
	for (size_t i = 0; i < q->thread_count; i++)
		pthread_join(q->threads[i], NULL);
	while ((j = take(&q->waiting)) || (j = take(&q->done)))
		free_job(j);
	pthread_rwlock_destroy(&q->credentials);
	pthread_cond_destroy(&q->changed);
	pthread_mutex_destroy(&q->lock);
	free(q->threads);
	free(q);
}
