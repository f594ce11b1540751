/* SPDX-License-Identifier: Apache-2.0 */
/* What known_hosts files say about a host's key, and how a new host is added to them. */
#include "ssh/known_hosts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/pool.h"
#include "ssh/known_lines.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* A key as it is sent: the length and name of its type, then a byte that tells it from others. */
struct key {
	unsigned char blob[80];
	size_t len;
	char base64[128];
};

static struct key make_key(const char *type, char which)
{
	struct key k = { .len = strlen(type) };
	pl_auto_buf text = PL_BUF_INIT;

	k.blob[3] = (unsigned char)k.len;
	memcpy(k.blob + 4, type, k.len);
	k.len += 4;
	k.blob[k.len++] = (unsigned char)which;
	pl_known_base64(k.blob, k.len, &text);
	snprintf(k.base64, sizeof k.base64, "%s", text.data);
	return k;
}

/* Writes %A, %B (two ed25519 keys), %R (an RSA key) and %E (an ECDSA key) as "TYPE BASE64". */
static void fill_in(struct pl_buf *b, const char *text)
{
	static const struct {
		char name;
		const char *type;
	} keys[] = { { 'A', "ssh-ed25519" }, { 'B', "ssh-ed25519" }, { 'R', "ssh-rsa" },
		     { 'E', "ecdsa-sha2-nistp256" } };

	for (; *text; text++) {
		size_t i = 0;

		while (*text == '%' && i < COUNT(keys) && keys[i].name != text[1])
			i++;
		if (*text != '%' || i == COUNT(keys)) {
			pl_buf_addc(b, *text);
			continue;
		}
		pl_buf_addf(b, "%s %s", keys[i].type, make_key(keys[i].type, keys[i].name).base64);
		text++;
	}
}

static struct key named_key(char name)
{
	return make_key(name == 'R' ? "ssh-rsa" : name == 'E' ? "ecdsa-sha2-nistp256" : "ssh-ed25519", name);
}

static struct pl_known_result ask(const char *text, const char *host, uint16_t port, char key)
{
	static const char *const files[] = { "known", NULL };
	pl_auto_known_hosts *k = pl_known_hosts_new();
	pl_auto_buf filled = PL_BUF_INIT;
	struct key blob = named_key(key);
	struct pl_known_host h = { .host = host, .port = port, .files = files };
	struct pl_known_result r;
	struct pl_err err = PL_ERR_INIT;

	fill_in(&filled, text);
	assert_int_equal(pl_known_hosts_text(k, "known", filled.data, filled.len, &err), 0);
	assert_int_equal(pl_known_hosts_lookup(k, &h, blob.blob, blob.len, &r, &err), 0);
	if (r.file)
		assert_string_equal(r.file, "known");
	r.file = NULL; /* it went with k */
	return r;
}

static void judges_lines(void **state)
{
	static const struct {
		const char *text, *host;
		uint16_t port;
		char key;
		enum pl_known verdict;
		unsigned line;
	} rows[] = {
		{ "", "a", 22, 'A', PL_KNOWN_UNKNOWN, 0 },
		{ "a %A\n", "a", 22, 'A', PL_KNOWN_OK, 1 },
		{ "a %A", "a", 0, 'A', PL_KNOWN_OK, 1 },
		{ "A.Example %A comment\r\n", "a.eXample", 22, 'A', PL_KNOWN_OK, 1 },
		{ "# a %B\n\n \t a\t%A\n", "a", 22, 'A', PL_KNOWN_OK, 3 },
		{ "b,a,a,c %A\n", "a", 22, 'A', PL_KNOWN_OK, 1 },
		{ "ab %A\n", "a", 22, 'A', PL_KNOWN_UNKNOWN, 0 },
		{ "a %A\n", "ab", 22, 'A', PL_KNOWN_UNKNOWN, 0 },
		/* several keys and types: any line with this key makes it known */
		{ "a %B\na %A\n", "a", 22, 'A', PL_KNOWN_OK, 2 },
		{ "a %B\n", "a", 22, 'A', PL_KNOWN_CHANGED, 1 },
		{ "a %R\na %B\n", "a", 22, 'A', PL_KNOWN_CHANGED, 2 },
		{ "a %R\n", "a", 22, 'A', PL_KNOWN_OTHER_TYPE, 1 },
		{ "a %R\na %E\na %A\n", "a", 22, 'E', PL_KNOWN_OK, 2 },
		/* wildcards and negation */
		{ "*.example %A\n", "x.example", 22, 'A', PL_KNOWN_OK, 1 },
		{ "*.example %A\n", "example", 22, 'A', PL_KNOWN_UNKNOWN, 0 },
		{ "node? %A\n", "node7", 22, 'A', PL_KNOWN_OK, 1 },
		{ "node? %A\n", "node17", 22, 'A', PL_KNOWN_UNKNOWN, 0 },
		{ "*.example,!x.example %A\n", "x.example", 22, 'A', PL_KNOWN_UNKNOWN, 0 },
		{ "!x.example,*.example %A\n", "y.example", 22, 'A', PL_KNOWN_OK, 1 },
		{ "!b %A\n", "a", 22, 'A', PL_KNOWN_UNKNOWN, 0 },
		{ "* %B\na %A\n", "a", 22, 'A', PL_KNOWN_OK, 2 },
		/* ports */
		{ "[a]:2222 %A\n", "a", 2222, 'A', PL_KNOWN_OK, 1 },
		{ "[a]:2222 %A\n", "a", 22, 'A', PL_KNOWN_UNKNOWN, 0 },
		{ "a %A\n", "a", 2222, 'A', PL_KNOWN_OK, 1 },
		{ "a %B\n", "a", 2222, 'A', PL_KNOWN_UNKNOWN, 0 },
		{ "a %A\n[a]:2222 %B\n", "a", 2222, 'A', PL_KNOWN_CHANGED, 2 },
		{ "a %A\n[a]:2222 %R\n", "a", 2222, 'A', PL_KNOWN_OTHER_TYPE, 2 },
		{ "[*]:2222 %A\n", "a", 2222, 'A', PL_KNOWN_OK, 1 },
		{ "::1 %A\n", "::1", 22, 'A', PL_KNOWN_OK, 1 },
		{ "[::1]:2222 %A\n", "::1", 2222, 'A', PL_KNOWN_OK, 1 },
		/* markers */
		{ "@revoked a %A\na %A\n", "a", 22, 'A', PL_KNOWN_REVOKED, 1 },
		{ "a %A\n@revoked * %A\n", "a", 22, 'A', PL_KNOWN_REVOKED, 2 },
		{ "a %A\n@revoked * %A\n", "a", 2222, 'A', PL_KNOWN_REVOKED, 2 },
		{ "a %A\n@revoked * %B\n", "a", 22, 'A', PL_KNOWN_OK, 1 },
		{ "@revoked * %B\n", "a", 22, 'A', PL_KNOWN_UNKNOWN, 0 },
		{ "@revoked b %A\na %A\n", "a", 22, 'A', PL_KNOWN_OK, 2 },
		{ "@revoked %A\n", "@revoked", 22, 'A', PL_KNOWN_UNKNOWN, 0 },
		{ "@cert-authority * %A\n", "a", 22, 'A', PL_KNOWN_CA, 1 },
		{ "@cert-authority * %B\na %A\n", "a", 22, 'A', PL_KNOWN_OK, 2 },
		{ "@cert-authority *\t%B\na %B\n", "a", 22, 'A', PL_KNOWN_CHANGED, 2 },
		/* the name "a" and a salt of 20 zero bytes, hashed by another program */
		{ "x %B\n|1|AAAAAAAAAAAAAAAAAAAAAAAAAAA=|f5hBCfOXWfP0HboE9Rg3QeNvFEU= %A\n", "A", 22, 'A',
		  PL_KNOWN_OK, 2 },
		{ "|1|AAAAAAAAAAAAAAAAAAAAAAAAAAA=|f5hBCfOXWfP0HboE9Rg3QeNvFEU= %A\n", "b", 22, 'A',
		  PL_KNOWN_UNKNOWN, 0 },
		{ "|1|short|f5hBCfOXWfP0HboE9Rg3QeNvFEU= %A\n|1|\n| %A\n|1||\n", "a", 22, 'A',
		  PL_KNOWN_UNKNOWN, 0 },
		{ "|2|AAAAAAAAAAAAAAAAAAAAAAAAAAA=|AAAAAAAAAAAAAAAAAAAAAAAAAAA= %A\n", "a", 22, 'A',
		  PL_KNOWN_UNKNOWN, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pl_known_result r = ask(rows[i].text, rows[i].host, rows[i].port, rows[i].key);

		if (r.verdict != rows[i].verdict || r.line != rows[i].line)
			fail_msg("row %zu, %s: verdict %d, line %u", i, rows[i].text, (int)r.verdict, r.line);
	}
}

static void names_lines_whose_key_cannot_be_read(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "a\n", "its key is missing" },
		{ "a ssh-ed25519\n", "its key is missing" },
		{ "a ssh-ed25519 %%%\n", "its key is damaged" },
		{ "a ssh-ed25519 AAAA\n", "its key is damaged" },
		{ "a ssh-ed25519 AAAAB3NzaC1yc2EB\n", "its key is of another type than it says" },
		{ "@old a %A\n", "its marker is neither @revoked nor @cert-authority" },
		{ "a 1024 35 1234567\n", "its key is damaged" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pl_known_result r = ask(rows[i].text, "a", 22, 'A');

		assert_int_equal(r.verdict, PL_KNOWN_UNKNOWN);
		assert_int_equal(r.line, 1);
		assert_non_null(r.why);
		assert_string_equal(r.why, rows[i].why);
		assert_null(ask(rows[i].text, "b", 22, 'A').why);
	}
	assert_int_equal(ask("a broken\na %A\n", "a", 22, 'A').verdict, PL_KNOWN_OK);
	assert_null(ask("a broken\na %A\n", "a", 22, 'A').why);
}

static void says_which_keys(void **state)
{
	struct pl_known_result r = ask("a %R\na %B\n", "a", 22, 'A');
	char fingerprint[PL_FINGERPRINT_SIZE];
	struct key b = named_key('B');

	(void)state;
	pl_key_fingerprint(b.blob, b.len, fingerprint);
	assert_string_equal(r.type, "ssh-ed25519");
	assert_string_equal(r.known_type, "ssh-ed25519");
	assert_string_equal(r.known, fingerprint);
	assert_string_not_equal(r.fingerprint, fingerprint);
	assert_int_equal(strlen(r.fingerprint), PL_FINGERPRINT_SIZE - 1);
	/* the digest of nothing, as FIPS 180-4's examples have it */
	pl_key_fingerprint("", 0, fingerprint);
	assert_string_equal(fingerprint, "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU");
}

static void takes_what_is_no_key(void **state)
{
	static const char *const files[] = { NULL };
	pl_auto_known_hosts *k = pl_known_hosts_new();
	struct pl_known_host h = { .host = "a", .files = files };
	struct pl_known_result r;
	struct pl_err err = PL_ERR_INIT;
	char type[PL_KEY_TYPE_SIZE];

	(void)state;
	assert_int_equal(pl_known_hosts_lookup(k, &h, "\0\0\0\377x", 5, &r, &err), 0);
	assert_int_equal(r.verdict, PL_KNOWN_UNKNOWN);
	assert_string_equal(r.type, "");
	assert_false(pl_key_type("\0\0\0", 3, type));
	assert_false(pl_key_type("\0\0\0\0", 4, type));
	assert_false(pl_key_type("\0\0\0\1\n", 5, type));
	assert_false(pl_key_type("\377\377\377\377x", 5, type));
	assert_true(pl_key_type("\0\0\0\1x", 5, type));
}

static void finds_the_types_to_ask_for(void **state)
{
	static const char text[] = "a %R\n@revoked a %E\nb %E\n* %A\na %B\na x\n@cert-authority a %E\n";
	static const char *const files[] = { "one", "two", NULL };
	pl_auto_known_hosts *k = pl_known_hosts_new();
	pl_auto_buf filled = PL_BUF_INIT;
	struct pl_known_host h = { .host = "a", .port = 2200, .files = files };
	char types[PL_KNOWN_TYPES][PL_KEY_TYPE_SIZE];
	struct pl_err err = PL_ERR_INIT;
	size_t n;

	(void)state;
	fill_in(&filled, text);
	assert_int_equal(pl_known_hosts_text(k, "one", "", 0, &err), 0);
	assert_int_equal(pl_known_hosts_text(k, "two", filled.data, filled.len, &err), 0);
	assert_int_equal(pl_known_hosts_types(k, &h, types, &n, &err), 0);
	/* "*" names [a]:2200 too, so there is no need for the lines of the host without a port */
	assert_int_equal(n, 1);
	h.port = 22;
	assert_int_equal(pl_known_hosts_types(k, &h, types, &n, &err), 0);
	assert_int_equal(n, 2);
	assert_string_equal(types[0], "ssh-rsa");
	assert_string_equal(types[1], "ssh-ed25519");
	h.alias = "nobody.knows";
	assert_int_equal(pl_known_hosts_types(k, &h, types, &n, &err), 0);
	assert_int_equal(n, 1);
}

/* ---- files ---- */

static char *folder(void)
{
	static const char pattern[] = "/tmp/known-XXXXXX";
	char *path = strdup(pattern);

	assert_non_null(mkdtemp(path));
	return path;
}

static void remove_folder(char *path)
{
	pl_auto_buf command = PL_BUF_INIT;

	pl_buf_addf(&command, "%s/ssh/known_hosts", path);
	unlink(command.data);
	pl_buf_truncate(&command, strlen(path) + 4);
	rmdir(command.data);
	assert_int_equal(rmdir(path), 0);
	free(path);
}

static void read_file(const char *path, struct pl_buf *out)
{
	char bytes[4096];
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(f);
	while ((n = fread(bytes, 1, sizeof bytes, f)))
		pl_buf_add(out, bytes, n);
	fclose(f);
}

static void adds_new_hosts(void **state)
{
	char *base = folder();
	pl_auto_buf path = PL_BUF_INIT, text = PL_BUF_INIT;
	pl_auto_known_hosts *k = pl_known_hosts_new();
	struct pl_err err = PL_ERR_INIT;
	struct key a = named_key('A'), b = named_key('B'), rsa = named_key('R');
	const char *files[] = { NULL, NULL };
	struct pl_known_host h = { .host = "Node-1", .port = 2222, .files = files };
	struct pl_known_result r;
	struct stat st;

	(void)state;
	pl_buf_addf(&path, "%s/ssh/known_hosts", base);
	files[0] = h.add_to = path.data;
	assert_int_equal(pl_known_hosts_lookup(k, &h, a.blob, a.len, &r, &err), 0);
	assert_int_equal(r.verdict, PL_KNOWN_UNKNOWN);
	assert_int_equal(pl_known_hosts_add(k, &h, a.blob, a.len, false, &err), 0);
	assert_int_equal(pl_known_hosts_add(k, &h, a.blob, a.len, false, &err), 0);
	assert_int_equal(pl_known_hosts_lookup(k, &h, a.blob, a.len, &r, &err), 0);
	assert_int_equal(r.verdict, PL_KNOWN_OK);
	assert_int_equal(pl_known_hosts_add(k, &h, b.blob, b.len, false, &err), -1);
	assert_int_equal(err.code, PL_E_HOST_KEY);
	assert_int_equal(pl_known_hosts_add(k, &h, rsa.blob, rsa.len, false, &err), -1);
	h.host = "node-2";
	h.port = 22;
	assert_int_equal(pl_known_hosts_add(k, &h, rsa.blob, rsa.len, true, &err), 0);

	assert_int_equal(stat(path.data, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	read_file(path.data, &text);
	assert_memory_equal(text.data, "[node-1]:2222 ssh-ed25519 AAAA", 30);
	assert_non_null(strstr(text.data, "\n|1|"));
	assert_null(strstr(text.data, "node-2"));
	assert_int_equal(text.data[text.len - 1], '\n');

	/* another run reads what this one wrote */
	pl_known_hosts_free(k);
	k = pl_known_hosts_new();
	assert_int_equal(pl_known_hosts_lookup(k, &h, rsa.blob, rsa.len, &r, &err), 0);
	assert_int_equal(r.verdict, PL_KNOWN_OK);
	assert_int_equal(r.line, 2);
	remove_folder(base);
}

static void adds_behind_a_line_without_an_end(void **state)
{
	char *base = folder();
	pl_auto_buf path = PL_BUF_INIT, text = PL_BUF_INIT;
	pl_auto_known_hosts *k = pl_known_hosts_new();
	struct pl_err err = PL_ERR_INIT;
	struct key a = named_key('A');
	const char *files[] = { NULL, NULL };
	struct pl_known_host h = { .host = "a", .files = files };
	FILE *f;

	(void)state;
	pl_buf_addf(&path, "%s/ssh", base);
	assert_int_equal(mkdir(path.data, 0700), 0);
	pl_buf_adds(&path, "/known_hosts");
	files[0] = h.add_to = path.data;
	f = fopen(path.data, "w");
	assert_non_null(f);
	fputs("# no newline", f);
	fclose(f);
	assert_int_equal(pl_known_hosts_add(k, &h, a.blob, a.len, false, &err), 0);
	read_file(path.data, &text);
	assert_memory_equal(text.data, "# no newline\na ssh-ed25519 AAAA", 31);
	remove_folder(base);
}

static void refuses_what_cannot_be_read_or_added(void **state)
{
	pl_auto_known_hosts *k = pl_known_hosts_new();
	struct pl_err err = PL_ERR_INIT;
	struct key a = named_key('A');
	const char *files[] = { "/dev/null/none", "/dev/null", NULL };
	struct pl_known_host h = { .host = "a", .files = files, .add_to = files[0] };
	struct pl_known_result r;

	(void)state;
	assert_int_equal(pl_known_hosts_lookup(k, &h, a.blob, a.len, &r, &err), 0);
	assert_int_equal(r.verdict, PL_KNOWN_UNKNOWN);
	assert_int_equal(pl_known_hosts_add(k, &h, a.blob, a.len, false, &err), -1);
	assert_int_equal(err.code, PL_E_INPUT);
	h.host = "a,*";
	assert_int_equal(pl_known_hosts_add(k, &h, a.blob, a.len, false, &err), -1);
	assert_int_equal(err.code, PL_E_HOST_KEY);
	h.host = "a";
	h.add_to = NULL;
	assert_int_equal(pl_known_hosts_add(k, &h, a.blob, a.len, false, &err), -1);
	assert_non_null(strstr(err.text, "UserKnownHostsFile is none"));
	files[0] = "/tmp";
	assert_int_equal(pl_known_hosts_lookup(k, &h, a.blob, a.len, &r, &err), -1);
	assert_string_equal(err.text, "/tmp: a folder, not a file");
	/* again: it was not taken for an empty file */
	assert_int_equal(pl_known_hosts_lookup(k, &h, a.blob, a.len, &r, &err), -1);
}

/* ---- threads ---- */

struct crowd {
	struct pl_known_hosts *k;
	const struct pl_known_host *h;
	int added[16];
};

static void add_one(void *ctx, size_t i)
{
	struct crowd *c = ctx;
	struct key mine = make_key("ssh-ed25519", (char)('a' + i));
	struct pl_err err = PL_ERR_INIT;

	c->added[i] = pl_known_hosts_add(c->k, c->h, mine.blob, mine.len, false, &err);
}

static void believes_one_of_many(void **state)
{
	char *base = folder();
	pl_auto_buf path = PL_BUF_INIT;
	pl_auto_known_hosts *k = pl_known_hosts_new();
	const char *files[] = { NULL, NULL };
	struct pl_known_host h = { .host = "a", .files = files };
	struct crowd c = { .k = k, .h = &h };
	int sum = 0;

	(void)state;
	pl_buf_addf(&path, "%s/ssh/known_hosts", base);
	files[0] = h.add_to = path.data;
	pl_pool_run(COUNT(c.added), 8, add_one, &c);
	for (size_t i = 0; i < COUNT(c.added); i++)
		sum += c.added[i] == 0;
	assert_int_equal(sum, 1);
	remove_folder(base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_lines),
		cmocka_unit_test(names_lines_whose_key_cannot_be_read),
		cmocka_unit_test(says_which_keys),
		cmocka_unit_test(takes_what_is_no_key),
		cmocka_unit_test(finds_the_types_to_ask_for),
		cmocka_unit_test(adds_new_hosts),
		cmocka_unit_test(adds_behind_a_line_without_an_end),
		cmocka_unit_test(refuses_what_cannot_be_read_or_added),
		cmocka_unit_test(believes_one_of_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
