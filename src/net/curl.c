/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP client of libcurl.  One multi handle drives one easy handle, so that a wait ends with the
 * deadline and with the user's interruption, not with libcurl's own timers.  Bodies are inflated here:
 * libcurl takes a gzip stream that breaks off for a whole one.
 */
#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "codec/codec.h"
#include "net/http.h"
#include "net/internal.h"

#define CONNECT_MS 10000 /* kubectl's and the cloud tools' connections take a tenth of that */

struct client {
	struct pl_http http;
	struct pl_http_options opt;
	CURLM *multi;
	CURL *easy;
	char why[CURL_ERROR_SIZE];
};

/* One exchange while it runs. */
struct flow {
	const struct pl_http_request *request;
	struct pl_http_answer answer;
	size_t max;    /* of the body as it comes */
	bool too_much;
	struct curl_slist *headers;
	struct curl_slist *connect_to;
	char *url;     /* when it is not the request's own */
};

time_t pl_http_date(const char *text)
{
	return curl_getdate(text, NULL);
}

static void start_curl(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* ---- what comes in ---- */

static size_t take_body(char *p, size_t size, size_t n, void *arg)
{
	struct flow *f = arg;

	(void)size; /* always 1 */
	if (n > f->max - f->answer.body.len) {
		f->too_much = true;
		return 0;
	}
	pl_buf_add(&f->answer.body, p, n);
	return n;
}

/* A status line begins the head anew: of a proxy's answer and the server's, the last counts. */
static size_t take_header(char *p, size_t size, size_t n, void *arg)
{
	struct flow *f = arg;
	size_t len = n, name;

	(void)size;
	while (len && (p[len - 1] == '\r' || p[len - 1] == '\n'))
		len--;
	if (len >= 5 && !memcmp(p, "HTTP/", 5)) {
		pl_buf_truncate(&f->answer.head, 0);
		return n;
	}
	if (len + f->answer.head.len > PL_LIMIT_HTTP_HEAD_BYTES) {
		f->too_much = true;
		return 0;
	}
	if (!len)
		return n;
	for (name = 0; name < len && p[name] != ':'; name++)
		pl_buf_addc(&f->answer.head, (char)(p[name] >= 'A' && p[name] <= 'Z' ? p[name] + 32 : p[name]));
	pl_buf_add(&f->answer.head, p + name, len - name);
	pl_buf_addc(&f->answer.head, '\n');
	return n;
}

/* ---- how it is asked ---- */

static struct curl_blob blob(struct pl_slice s)
{
	return (struct curl_blob){ (void *)(uintptr_t)s.p, s.n, CURL_BLOB_NOCOPY };
}

static void set_blob(CURL *easy, CURLoption option, struct pl_slice s)
{
	struct curl_blob b = blob(s);

	if (s.n)
		curl_easy_setopt(easy, option, &b);
}

static void set_roots(CURL *easy, const struct pl_http_options *o)
{
	const char *file = getenv("SSL_CERT_FILE"), *folder = getenv("SSL_CERT_DIR");

	if (o->ca_data.n) {
		set_blob(easy, CURLOPT_CAINFO_BLOB, o->ca_data);
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	} else if (o->ca_file) {
		curl_easy_setopt(easy, CURLOPT_CAINFO, o->ca_file);
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	} else {
		if (file && *file)
			curl_easy_setopt(easy, CURLOPT_CAINFO, file);
		if (folder && *folder)
			curl_easy_setopt(easy, CURLOPT_CAPATH, folder);
	}
}

/* What holds for all exchanges of a client. */
static void set_options(struct client *c)
{
	const struct pl_http_options *o = &c->opt;
	CURL *e = c->easy;

	set_roots(e, o);
	set_blob(e, CURLOPT_SSLCERT_BLOB, o->cert);
	set_blob(e, CURLOPT_SSLKEY_BLOB, o->key);
	if (o->proxy)
		curl_easy_setopt(e, CURLOPT_PROXY, o->proxy);
	curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, o->insecure ? 0L : 1L);
	curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, o->insecure ? 0L : 2L);
	curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(e, CURLOPT_ERRORBUFFER, c->why);
	curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	curl_easy_setopt(e, CURLOPT_USERAGENT, "plumbline/" PL_TOOL_VERSION);
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(e, CURLOPT_BUFFERSIZE, 256L << 10);
#if LIBCURL_VERSION_NUM >= 0x075500
	curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
#else
	curl_easy_setopt(e, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
	curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L); /* a name that is being looked up holds nobody up */
#endif
}

static char *url_part(CURLU *u, CURLUPart part, unsigned flags)
{
	char *value = NULL;

	return curl_url_get(u, part, &value, flags) ? NULL : value;
}

/*
 * TLS is to see another name than the one that is connected to: the URL takes the name, and the
 * connection goes to the URL's own host and port.
 */
static void rename_host(struct client *c, struct flow *f)
{
	CURLU *u = curl_url();
	char *host = NULL, *port = NULL, *url = NULL;

	if (!curl_url_set(u, CURLUPART_URL, f->request->url, 0)) {
		host = url_part(u, CURLUPART_HOST, 0);
		port = url_part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	}
	if (host && port && !curl_url_set(u, CURLUPART_HOST, c->opt.server_name, 0))
		url = url_part(u, CURLUPART_URL, 0);
	if (url) {
		pl_auto_buf to = PL_BUF_INIT;

		pl_buf_addf(&to, "::%s:%s", host, port);
		f->connect_to = curl_slist_append(NULL, to.data);
		f->url = pl_strndup(url, strlen(url));
	}
	curl_free(host);
	curl_free(port);
	curl_free(url);
	curl_url_cleanup(u);
}

static void add_header(struct flow *f, const char *line)
{
	struct curl_slist *longer = curl_slist_append(f->headers, line);

	f->headers = longer ? longer : f->headers;
}

static void set_credentials(CURL *easy, struct flow *f)
{
	const struct pl_http_request *r = f->request;

	curl_easy_setopt(easy, CURLOPT_USERNAME, r->user);
	curl_easy_setopt(easy, CURLOPT_PASSWORD, r->password);
	curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, r->bearer);
	curl_easy_setopt(easy, CURLOPT_HTTPAUTH,
			 r->bearer ? (long)CURLAUTH_BEARER : r->user ? (long)CURLAUTH_BASIC : (long)CURLAUTH_NONE);
}

static void set_method(CURL *easy, struct flow *f)
{
	const struct pl_http_request *r = f->request;

	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, NULL);
	curl_easy_setopt(easy, CURLOPT_NOBODY, 0L);
	curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
	if (r->method && !strcmp(r->method, "HEAD"))
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	else if (r->body.n || (r->method && strcmp(r->method, "GET"))) {
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, r->body.n ? r->body.p : "");
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, r->method);
	}
}

static void prepare(struct client *c, struct flow *f, const struct pl_wait *w)
{
	const struct pl_http_request *r = f->request;
	CURL *e = c->easy;

	if (!c->opt.no_compression)
		add_header(f, "Accept-Encoding: gzip");
	for (const char *const *h = r->headers; h && *h; h++)
		add_header(f, *h);
	if (c->opt.server_name)
		rename_host(c, f);
	set_method(e, f);
	set_credentials(e, f);
	curl_easy_setopt(e, CURLOPT_URL, f->url ? f->url : r->url);
	curl_easy_setopt(e, CURLOPT_CONNECT_TO, f->connect_to);
	curl_easy_setopt(e, CURLOPT_HTTPHEADER, f->headers);
	curl_easy_setopt(e, CURLOPT_WRITEDATA, f);
	curl_easy_setopt(e, CURLOPT_HEADERDATA, f);
	curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS,
			 (long)(pl_wait_left(w) < CONNECT_MS ? pl_wait_left(w) + 1 : CONNECT_MS));
	c->why[0] = '\0';
}

/* ---- what went wrong ---- */

/* "HOST[:PORT]" of the request; never its user, path or query. */
static void where(const struct pl_http_request *r, struct pl_buf *out)
{
	const char *p = strstr(r->url, "://"), *at;
	size_t n;

	p = p ? p + 3 : r->url;
	n = strcspn(p, "/?#");
	at = memchr(p, '@', n);
	if (at) {
		n -= (size_t)(at + 1 - p);
		p = at + 1;
	}
	pl_buf_add(out, p, n);
}

static const struct {
	CURLcode code;
	enum pl_err_code is;
	bool broke; /* may pass when it is tried again */
	const char *text;
} failures[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, PL_E_UNREACHABLE, false, "the name cannot be looked up" },
	{ CURLE_COULDNT_RESOLVE_PROXY, PL_E_UNREACHABLE, false, "the proxy's name cannot be looked up" },
	{ CURLE_COULDNT_CONNECT, PL_E_UNREACHABLE, false, "no connection" },
	{ CURLE_OPERATION_TIMEDOUT, PL_E_TIMEOUT, false, "no connection in time" },
	{ CURLE_PEER_FAILED_VERIFICATION, PL_E_UNREACHABLE, false, "its certificate is not trusted" },
	{ CURLE_SSL_CONNECT_ERROR, PL_E_UNREACHABLE, false, "no TLS connection" },
	{ CURLE_SSL_CACERT_BADFILE, PL_E_UNREACHABLE, false, "the file of trusted roots cannot be used" },
	{ CURLE_SSL_CERTPROBLEM, PL_E_UNREACHABLE, false, "our client certificate cannot be used" },
	{ CURLE_GOT_NOTHING, PL_E_UNREACHABLE, true, "it closed the connection without an answer" },
	{ CURLE_RECV_ERROR, PL_E_UNREACHABLE, true, "the connection broke" },
	{ CURLE_SEND_ERROR, PL_E_UNREACHABLE, true, "the connection broke" },
	/* memory is not out: libcurl says this of a line that is longer than it takes */
	{ CURLE_OUT_OF_MEMORY, PL_E_LIMIT, false, "a line of its answer is too long" },
	{ CURLE_PARTIAL_FILE, PL_E_INPUT, true, "the answer breaks off" },
	{ CURLE_HTTP2, PL_E_UNREACHABLE, true, "the connection broke" },
	{ CURLE_HTTP2_STREAM, PL_E_UNREACHABLE, true, "the connection broke" },
	{ CURLE_WEIRD_SERVER_REPLY, PL_E_UNREACHABLE, false, "it does not speak HTTP" },
	{ CURLE_UNSUPPORTED_PROTOCOL, PL_E_UNREACHABLE, false, "it does not speak HTTP" },
	/* which libcurl says of a header line that passes its own limit */
	{ CURLE_OUT_OF_MEMORY, PL_E_INPUT, false, "the head of the answer is too long" },
	{ CURLE_URL_MALFORMAT, PL_E_INPUT, false, "this is no URL" },
	{ CURLE_BAD_FUNCTION_ARGUMENT, PL_E_INPUT, false, "a header of the request cannot be sent" },
};

/* Where nobody took the connection: at the host, or at the proxy that stands before it. */
static int no_connection(const struct client *c, const char *host, const char *why, struct pl_err *err)
{
	char peer[128];
	int port;

	if (sscanf(c->why, "Failed to connect to %127s port %d", peer, &port) == 2 && !pl_starts(host + (*host == '['), peer))
		return pl_err_set(err, PL_E_UNREACHABLE, "%s: no connection to the proxy %s:%d: %s", host, peer, port, why);
	return pl_err_set(err, PL_E_UNREACHABLE, "%s: no connection: %s", host, why);
}

static int failed(struct client *c, const struct flow *f, CURLcode code, struct pl_err *err)
{
	enum pl_err_code is = PL_E_UNREACHABLE;
	const char *text = curl_easy_strerror(code);
	pl_auto_buf host = PL_BUF_INIT;
	long os = 0;

	where(f->request, &host);
	if (f->too_much)
		return pl_err_set(err, PL_E_LIMIT, "%s: the answer holds more than %zu bytes", host.data,
				  f->request->max_bytes);
	for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
		if (failures[i].code == code) {
			is = failures[i].is;
			text = failures[i].text;
			c->http.broke = failures[i].broke;
		}
	curl_easy_getinfo(c->easy, CURLINFO_OS_ERRNO, &os);
	if (code == CURLE_COULDNT_CONNECT && os)
		return no_connection(c, host.data, strerror((int)os), err);
	/* of these the text says it all */
	if (c->why[0] && code != CURLE_OUT_OF_MEMORY && is != PL_E_TIMEOUT && code != CURLE_COULDNT_RESOLVE_HOST &&
	    code != CURLE_COULDNT_RESOLVE_PROXY)
		return pl_err_set(err, is, "%s: %s: %s", host.data, text, c->why);
	return pl_err_set(err, is, "%s: %s", host.data, text);
}

static int not_in_time(const struct flow *f, struct pl_err *err)
{
	pl_auto_buf host = PL_BUF_INIT;

	where(f->request, &host);
	if (f->answer.body.len)
		return pl_err_set(err, PL_E_TIMEOUT, "%s: the answer was not complete in time (%zu bytes came)",
				  host.data, f->answer.body.len);
	return pl_err_set(err, PL_E_TIMEOUT, "%s: no answer in time", host.data);
}

/* ---- one exchange ---- */

/* Until libcurl says that it is over. */
static int drive(struct client *c, struct flow *f, const struct pl_wait *w, struct pl_err *err)
{
	struct curl_waitfd stop = { .fd = w->stop_fd, .events = CURL_WAIT_POLLIN };
	int running = 1, left;

	for (;;) {
		const CURLMsg *done;

		curl_multi_perform(c->multi, &running);
		done = curl_multi_info_read(c->multi, &left);
		if (done && done->msg == CURLMSG_DONE)
			return done->data.result ? failed(c, f, done->data.result, err) : 0;
		if (pl_wait_stopped(w))
			return pl_err_set(err, PL_E_STOPPED, "interrupted");
		if (!pl_wait_left(w))
			return not_in_time(f, err);
		curl_multi_poll(c->multi, &stop, w->stop_fd >= 0, (int)pl_wait_left(w), NULL);
	}
}

static int inflate_body(struct flow *f, struct pl_err *err)
{
	struct pl_slice coding = pl_http_header(&f->answer, "content-encoding");
	struct pl_buf plain = PL_BUF_INIT;
	pl_auto_buf host = PL_BUF_INIT;

	if (!f->answer.body.len || !coding.n || pl_slice_is(coding, "identity"))
		return 0;
	where(f->request, &host);
	if (!pl_slice_is(coding, "gzip"))
		return pl_err_set(err, PL_E_INPUT, "%s: the answer is coded as '" PL_SLICE_FMT "', which nobody asked for",
				  host.data, PL_SLICE_ARG(coding));
	if (pl_gunzip(f->answer.body.data, f->answer.body.len, f->request->max_bytes, &plain, err)) {
		pl_buf_release(&plain);
		return pl_err_wrap(err, "%s: the answer", host.data);
	}
	pl_buf_release(&f->answer.body);
	f->answer.body = plain;
	return 0;
}

/* ---- what we sent is not shown when it comes back ---- */

static void hide(struct pl_http_answer *a, const char *secret)
{
	/* what is shorter stands in any text, and guards nothing */
	if (!secret || strlen(secret) < 8)
		return;
	pl_buf_hide(&a->body, secret);
	pl_buf_hide(&a->head, secret);
}

/* A server that repeats our credentials (in a message of refusal, say) does not bring them into a report. */
static void hide_credentials(const struct pl_http_request *r, struct pl_http_answer *a)
{
	pl_auto_buf pair = PL_BUF_INIT, coded = PL_BUF_INIT;

	hide(a, r->bearer);
	hide(a, r->password);
	if (!r->password)
		return;
	pl_buf_addf(&pair, "%s:%s", r->user ? r->user : "", r->password);
	pl_base64_encode(pair.data, pair.len, &coded);
	hide(a, coded.data);
	explicit_bzero(pair.data, pair.len);
	explicit_bzero(coded.data, coded.len);
}

static void tell(struct client *c, const struct flow *f, const struct pl_err *err)
{
	const struct pl_http_request *r = f->request;
	pl_auto_buf line = PL_BUF_INIT;
	long version = 0;

	if (!c->opt.trace)
		return;
	curl_easy_getinfo(c->easy, CURLINFO_HTTP_VERSION, &version);
	pl_buf_addf(&line, "%s ", r->method ? r->method : "GET");
	where(r, &line);
	if (strstr(r->url, "://") && strchr(strstr(r->url, "://") + 3, '/'))
		pl_buf_add(&line, strchr(strstr(r->url, "://") + 3, '/'),
			   strcspn(strchr(strstr(r->url, "://") + 3, '/'), "?#"));
	if (err)
		pl_buf_addf(&line, ": %s", err->text);
	else
		pl_buf_addf(&line, ": %d, HTTP/%s, %zu bytes in %lld ms", f->answer.status,
			    version == CURL_HTTP_VERSION_2_0 ? "2" : "1", f->answer.body.len,
			    (long long)f->answer.ms);
	c->opt.trace(c->opt.trace_ctx, line.data);
}

static int exchange(struct pl_http *h, const struct pl_http_request *r, const struct pl_wait *w,
		    struct pl_http_answer *out, struct pl_err *err)
{
	struct client *c = (struct client *)h;
	struct flow f = { .request = r, .max = r->max_bytes, .answer = PL_HTTP_ANSWER_INIT };
	int64_t begun = pl_clock_ms();
	long status = 0;
	int rc;

	h->broke = false;
	prepare(c, &f, w);
	curl_multi_add_handle(c->multi, c->easy);
	rc = drive(c, &f, w, err);
	curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_multi_remove_handle(c->multi, c->easy);
	curl_easy_setopt(c->easy, CURLOPT_XOAUTH2_BEARER, NULL);
	curl_slist_free_all(f.headers);
	curl_slist_free_all(f.connect_to);
	free(f.url);
	f.answer.status = (int)status;
	f.answer.ms = pl_clock_ms() - begun;
	if (!rc)
		rc = inflate_body(&f, err);
	if (!rc)
		hide_credentials(r, &f.answer);
	tell(c, &f, rc ? err : NULL);
	if (rc) {
		pl_http_answer_release(&f.answer);
		return -1;
	}
	*out = f.answer;
	return 0;
}

static void close_client(struct pl_http *h)
{
	struct client *c = (struct client *)h;

	curl_easy_cleanup(c->easy);
	curl_multi_cleanup(c->multi);
	free(c);
}

struct pl_http *pl_http_new(const struct pl_http_options *opt, struct pl_err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct client *c;

	pthread_once(&once, start_curl);
	c = pl_alloc(sizeof *c);
	*c = (struct client){ .http = { exchange, close_client, false }, .opt = *opt,
			      .multi = curl_multi_init(), .easy = curl_easy_init() };
	if (!c->multi || !c->easy) {
		close_client(&c->http);
		pl_err_set(err, PL_E_INTERNAL, "libcurl cannot be started");
		return NULL;
	}
	set_options(c);
	return &c->http;
}
