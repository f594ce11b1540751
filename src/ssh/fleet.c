/* SPDX-License-Identifier: Apache-2.0 */
/* Many hosts at once: see fleet.h. */
#include "ssh/fleet.h"

#include <pthread.h>
#include <stdlib.h>

#include <openssl/rand.h>

#include "base/alloc.h"
#include "base/pool.h"
#include "ssh/key.h"
#include "ssh/session.h"

#define WORKERS 32
/* A server that drops connections is left alone for this long, doubling up to the second. */
#define PAUSE_MS 100
#define PAUSE_MAX_MS 2000
/* Connections to a server that closes without a word; one that says it is busy gets more. */
#define SILENT_TRIES 6

struct fleet {
	const struct pl_ssh_host *const *hosts;
	size_t n;
	const struct pl_fleet_options *opt;
	struct pl_ssh_result *slots;
	struct pl_ssh_keys *keys;
	pthread_mutex_t lock; /* of done, and of the caller's progress */
	size_t done;
};

void pl_ssh_result_release(struct pl_ssh_result *r)
{
	pl_buf_release(&r->out);
	pl_buf_release(&r->said);
	pl_buf_release(&r->add);
}

/* Between half of ms and all of it: hosts that were dropped together do not come back together. */
static int64_t jitter(int64_t ms)
{
	unsigned char chance = 0;

	(void)RAND_bytes(&chance, 1);
	return ms / 2 + ms * chance / 512;
}

/* Is a connection that failed made again?  Waits until it is time. */
static bool again(struct pl_ssh_conn *c, const struct pl_err *err)
{
	unsigned n = c->result->attempts;
	int64_t pause = PAUSE_MS << (n < 10 ? n - 1 : 9);
	struct pl_err stopped = PL_ERR_INIT;

	if (c->again == PL_SSH_AGAIN_NO_RSA)
		return true;
	if (c->again == PL_SSH_AGAIN_NO && err->code == PL_E_UNREACHABLE && !c->connected &&
	    n < (unsigned)c->hops[0].host->connection_attempts)
		pause = 1000;
	else if (c->again == PL_SSH_AGAIN_NO || (c->again == PL_SSH_AGAIN_CLOSED && n >= SILENT_TRIES))
		return false;
	pause = jitter(pause < PAUSE_MAX_MS ? pause : PAUSE_MAX_MS);
	return pause < pl_wait_left(&c->w) && !pl_wait_pause(pause, &c->w, &stopped);
}

static int ask(struct pl_ssh_conn *c, struct pl_err *err)
{
	c->result->attempts++;
	return pl_ssh_conn_open(c, err) || pl_ssh_conn_run(c, err) ? -1 : 0;
}

static void ask_until(struct pl_ssh_conn *c, const struct pl_ssh_host *host, struct pl_err *err)
{
	bool more = !pl_ssh_conn_init(c, host, err);

	while (more) {
		*err = (struct pl_err)PL_ERR_INIT;
		more = ask(c, err) != 0;
		pl_ssh_conn_close(c);
		more = more && again(c, err);
	}
	if (err->code != PL_E_NONE && pl_wait_stopped(&c->w))
		pl_err_set(err, PL_E_STOPPED, "interrupted");
}

static void work(void *ctx, size_t i)
{
	struct fleet *f = ctx;
	struct pl_ssh_result *result = &f->slots[i];
	struct pl_ssh_conn c = { .opt = f->opt, .keys = f->keys, .result = result,
				 .w = pl_wait_for(f->opt->timeout_ms, f->opt->stop_fd) };
	int64_t begin = pl_clock_ms();

	if (!f->hosts[i])
		return;
	if (pl_wait_stopped(&c.w)) {
		pl_err_set(&result->err, PL_E_STOPPED, "interrupted before it was asked");
		return;
	}
	ask_until(&c, f->hosts[i], &result->err);
	result->ms = pl_clock_ms() - begin;
	pthread_mutex_lock(&f->lock);
	f->done++;
	if (f->opt->progress)
		f->opt->progress(f->opt->ctx, f->done, f->n, i);
	pthread_mutex_unlock(&f->lock);
}

int pl_fleet_run(const struct pl_ssh_host *const *hosts, size_t n, const struct pl_fleet_options *opt,
		 struct pl_ssh_result *slots, struct pl_err *err)
{
	struct fleet f = { .hosts = hosts, .n = n, .opt = opt, .slots = slots, .keys = NULL };
	struct pl_wait now = pl_wait_for(0, opt->stop_fd);

	/* before any thread: libssh2's own beginning is not safe among them */
	if (libssh2_init(0))
		return pl_err_set(err, PL_E_INTERNAL, "libssh2 cannot begin");
	f.keys = pl_ssh_keys_new();
	pthread_mutex_init(&f.lock, NULL);
	pl_pool_run(n, opt->workers ? opt->workers : WORKERS, work, &f);
	pthread_mutex_destroy(&f.lock);
	pl_ssh_keys_free(f.keys);
	libssh2_exit();
	return pl_wait_stopped(&now) ? pl_err_set(err, PL_E_STOPPED, "interrupted") : 0;
}
