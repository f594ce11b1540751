/* SPDX-License-Identifier: Apache-2.0 */
/* Pages on their way from the API server to the one who reads them: see fetch.h. */
#include "kubernetes/fetch.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "json/load.h"
#include "json/scan.h"

/* As kubectl and client-go ask: 500 objects at a time (tools/pager, 2025). */
#define PAGE_OBJECTS 500
/* Pages of one kind that wait to be read: one to read next, while the thread fetches another. */
#define PAGES_WAITING 1

struct page {
	struct pl_buf body;
	bool anew; /* no page: what came before is void */
	struct page *next;
};

/* One kind's list. */
struct stream {
	const struct pl_kube_kind *kind;
	const char *path; /* of the two that the kind may have */
	struct page *first, **last;
	size_t waiting;
	bool over, dropped;
	enum pl_kube_outcome outcome;
	struct pl_err err;
};

struct pl_kube_fetch {
	struct pl_kube_door door;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct stream *streams;
	size_t count, next; /* next: the first that no thread has taken */
	pthread_t *threads;
	size_t thread_count;
};

/* ---- what a page says of itself ---- */

static struct pl_slice text_in(struct pl_slice object, const char *name, struct pl_arena *arena)
{
	struct pl_err ignored = PL_ERR_INIT;
	pl_auto_json *j = pl_json_load(object, NULL, &ignored);
	const char *text = j ? pl_json_member_str(j, name) : NULL;

	return text ? pl_slice(pl_arena_strdup(arena, text)) : (struct pl_slice){ NULL, 0 };
}

/* metadata.continue, which the server writes before the items, so that they need not be looked at. */
static struct pl_slice continue_of(const struct pl_buf *body, struct pl_arena *arena)
{
	struct pl_slice text = { body->data, body->len }, key, value;
	struct pl_err ignored = PL_ERR_INIT;
	struct pl_scan s;

	pl_scan_init(&s, text);
	if (pl_scan_enter(&s, '{', &ignored) != 1)
		return (struct pl_slice){ NULL, 0 };
	while (pl_scan_member(&s, &key, &ignored) == 1 && !pl_scan_skip(&s, &value, &ignored))
		if (pl_slice_is(key, "metadata"))
			return text_in(value, "continue", arena);
	return (struct pl_slice){ NULL, 0 };
}

int pl_kube_refusal(const struct pl_http_answer *a, const char *path, struct pl_err *err)
{
	struct pl_err ignored = PL_ERR_INIT;
	pl_auto_json *j = pl_json_load((struct pl_slice){ a->body.data, a->body.len }, NULL, &ignored);
	const char *message = j ? pl_json_member_str(j, "message") : NULL;
	enum pl_err_code code = a->status == 401 ? PL_E_AUTH : a->status == 403 ? PL_E_FORBIDDEN : PL_E_INPUT;

	if (message)
		return pl_err_set(err, code, "%s: %d: %.300s", path, a->status, message);
	if (a->status == 200)
		return pl_err_set(err, PL_E_INPUT, "%s: the answer is no JSON; is this the address of a Kubernetes API "
				  "server?", path);
	if (a->status >= 300 && a->status < 400)
		return pl_err_set(err, PL_E_INPUT, "%s: %d: a redirection, which no Kubernetes API server answers; is "
				  "this its address?", path, a->status);
	return pl_err_set(err, code, "%s: answered with status %d", path, a->status);
}

/* ---- threads that fetch ---- */

/* Hands a page over once there is room; false when nobody wants it any more. */
static bool hand_over(struct pl_kube_fetch *f, struct stream *s, struct pl_buf *body, bool anew)
{
	struct page *p = pl_alloc(sizeof *p);
	bool wanted;

	*p = (struct page){ *body, anew, NULL };
	*body = (struct pl_buf)PL_BUF_INIT;
	pthread_mutex_lock(&f->lock);
	while (s->waiting >= PAGES_WAITING && !s->dropped)
		pthread_cond_wait(&f->changed, &f->lock);
	wanted = !s->dropped;
	if (wanted) {
		*s->last = p;
		s->last = &p->next;
		s->waiting++;
		pthread_cond_broadcast(&f->changed);
	}
	pthread_mutex_unlock(&f->lock);
	if (!wanted) {
		pl_buf_release(&p->body);
		free(p);
	}
	return wanted;
}

static void end(struct pl_kube_fetch *f, struct stream *s, enum pl_kube_outcome outcome, const struct pl_err *err)
{
	pthread_mutex_lock(&f->lock);
	s->over = true;
	s->outcome = outcome;
	s->err = *err;
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
}

static void page_path(const char *list, struct pl_slice next, struct pl_buf *path)
{
	pl_buf_truncate(path, 0);
	pl_buf_addf(path, "%s?limit=%d", list, PAGE_OBJECTS);
	if (!next.n)
		return;
	pl_buf_adds(path, "&continue=");
	for (size_t i = 0; i < next.n; i++) {
		unsigned char c = (unsigned char)next.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-_.", c))
			pl_buf_addc(path, (char)c);
		else
			pl_buf_addf(path, "%%%02X", c);
	}
}

static enum pl_kube_outcome outcome_of(int status)
{
	return status == 404 ? PL_KUBE_ABSENT : status == 403 ? PL_KUBE_FORBIDDEN : PL_KUBE_FAILED;
}

/* One page: 1 when more follow (*next), 0 when it was the last, -1 on failure, 2 when it came too late. */
static int fetch_page(struct pl_kube_fetch *f, struct stream *s, struct pl_kube_line *line, struct pl_slice *next,
		      struct pl_arena *arena, enum pl_kube_outcome *outcome, struct pl_err *err)
{
	pl_auto_buf path = PL_BUF_INIT;
	pl_auto_answer a = PL_HTTP_ANSWER_INIT;

	page_path(s->path, *next, &path);
	*outcome = PL_KUBE_FAILED;
	if (f->door.get(line, path.data, &a, err))
		return -1;
	if (a.status == 410 && next->n)
		return 2;
	if (a.status == 404 && s->kind->old_path && s->path != s->kind->old_path) {
		s->path = s->kind->old_path;
		return fetch_page(f, s, line, next, arena, outcome, err);
	}
	if (a.status != 200 || !a.body.len || a.body.data[strspn(a.body.data, " \t\r\n")] != '{') {
		*outcome = outcome_of(a.status);
		return pl_kube_refusal(&a, s->path, err);
	}
	*next = continue_of(&a.body, arena);
	*outcome = PL_KUBE_LISTED;
	return hand_over(f, s, &a.body, false) && next->n;
}

/* All pages; a list that became too old on the way is begun anew once. */
static void fetch_kind(struct pl_kube_fetch *f, struct stream *s, struct pl_kube_line *line)
{
	struct pl_arena arena = { NULL };
	struct pl_slice next = { NULL, 0 };
	enum pl_kube_outcome outcome = PL_KUBE_FAILED;
	struct pl_err err = PL_ERR_INIT;
	struct pl_buf none = PL_BUF_INIT;
	bool again = false;
	int more;

	while ((more = fetch_page(f, s, line, &next, &arena, &outcome, &err)) > 0) {
		if (more == 1)
			continue;
		next = (struct pl_slice){ NULL, 0 };
		if (again) {
			pl_err_set(&err, PL_E_INPUT, "%s: the list became too old twice while it was read", s->path);
			break;
		}
		again = true;
		if (!hand_over(f, s, &none, true))
			break;
	}
	end(f, s, outcome, &err);
	pl_arena_release(&arena);
}

static struct stream *take_kind(struct pl_kube_fetch *f)
{
	struct stream *s = NULL;

	pthread_mutex_lock(&f->lock);
	while (f->next < f->count && !s) {
		s = &f->streams[f->next++];
		if (s->dropped) {
			s->over = true;
			s = NULL;
		}
	}
	pthread_mutex_unlock(&f->lock);
	return s;
}

static void *fetch(void *arg)
{
	struct pl_kube_fetch *f = arg;
	struct pl_err err = PL_ERR_INIT;
	struct pl_kube_line *line = f->door.open(f->door.ctx, &err);
	struct stream *s;

	while ((s = take_kind(f)) != NULL) {
		if (line)
			fetch_kind(f, s, line);
		else
			end(f, s, PL_KUBE_FAILED, &err);
	}
	f->door.close(line);
	return NULL;
}

/* ---- who reads ---- */

struct pl_kube_fetch *pl_kube_fetch_new(const struct pl_kube_door *door, const struct pl_kube_kind *kinds,
					size_t threads)
{
	struct pl_kube_fetch *f = pl_alloc(sizeof *f);

	f->door = *door;
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->changed, NULL);
	while (kinds[f->count].resource)
		f->count++;
	f->streams = pl_alloc(f->count * sizeof *f->streams);
	for (size_t i = 0; i < f->count; i++) {
		f->streams[i] = (struct stream){ .kind = &kinds[i], .path = kinds[i].path, .err = PL_ERR_INIT };
		f->streams[i].last = &f->streams[i].first;
	}
	f->threads = pl_alloc(threads * sizeof *f->threads);
	while (f->thread_count < threads &&
	       !pthread_create(&f->threads[f->thread_count], NULL, fetch, f))
		f->thread_count++;
	return f;
}

/* No thread could be started: nothing will ever come. */
static bool nobody_fetches(const struct pl_kube_fetch *f, struct pl_err *err)
{
	if (f->thread_count)
		return false;
	pl_err_set(err, PL_E_INTERNAL, "no thread can be started");
	return true;
}

int pl_kube_fetch_next(struct pl_kube_fetch *f, size_t i, struct pl_buf *body, enum pl_kube_outcome *outcome,
		       struct pl_err *err)
{
	struct stream *s = &f->streams[i];
	struct page *p;
	bool anew;

	*outcome = PL_KUBE_FAILED;
	if (nobody_fetches(f, err))
		return 0;
	pthread_mutex_lock(&f->lock);
	while (!s->first && !s->over)
		pthread_cond_wait(&f->changed, &f->lock);
	p = s->first;
	if (p) {
		s->first = p->next;
		s->last = s->first ? s->last : &s->first;
		s->waiting--;
		pthread_cond_broadcast(&f->changed);
	}
	pthread_mutex_unlock(&f->lock);
	if (!p) {
		*outcome = s->outcome;
		*err = s->err;
		return 0;
	}
	anew = p->anew;
	*body = p->body;
	free(p);
	return anew ? 2 : 1;
}

void pl_kube_fetch_drop(struct pl_kube_fetch *f, size_t i)
{
	pthread_mutex_lock(&f->lock);
	f->streams[i].dropped = true;
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
}

void pl_kube_fetch_free(struct pl_kube_fetch *f)
{
	for (size_t i = 0; i < f->count; i++)
		pl_kube_fetch_drop(f, i);
	for (size_t i = 0; i < f->thread_count; i++)
		pthread_join(f->threads[i], NULL);
	for (size_t i = 0; i < f->count; i++)
		while (f->streams[i].first) {
			struct page *p = f->streams[i].first;

			f->streams[i].first = p->next;
			pl_buf_release(&p->body);
			free(p);
		}
	pthread_cond_destroy(&f->changed);
	pthread_mutex_destroy(&f->lock);
	free(f->threads);
	free(f->streams);
	free(f);
}
