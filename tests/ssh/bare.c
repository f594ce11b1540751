/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What scripts/bench-fleet holds plumbline against: as little as a program can do with libssh2, one
 * blocking session a thread.  It verifies no host.  bare PORT KEY SCRIPT COMMAND ADDRESS...
 */
#include <arpa/inet.h>
#include <libssh2.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define THREADS 32

static char script[1 << 20];
static size_t script_len;
static char **arguments;
static int count;
static atomic_int next, failed;

static int connected(const char *address)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)strtol(arguments[1], NULL, 10)) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	inet_pton(AF_INET, address, &to.sin_addr);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to))
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof one);
	return fd;
}

static int converse(LIBSSH2_SESSION *s)
{
	LIBSSH2_CHANNEL *c = libssh2_channel_open_session(s);
	char chunk[32768];
	size_t sent = 0, got = 0;
	ssize_t n;

	if (!c || libssh2_channel_exec(c, arguments[4]))
		return -1;
	while (sent < script_len && (n = libssh2_channel_write(c, script + sent, script_len - sent)) > 0)
		sent += (size_t)n;
	libssh2_channel_send_eof(c);
	while ((n = libssh2_channel_read(c, chunk, sizeof chunk)) > 0)
		got += (size_t)n;
	libssh2_channel_free(c);
	return got ? 0 : -1;
}

static int ask(const char *address)
{
	int fd = connected(address), rc = -1;
	LIBSSH2_SESSION *s = libssh2_session_init();

	if (fd >= 0 && !libssh2_session_method_pref(s, LIBSSH2_METHOD_KEX, "curve25519-sha256") &&
	    !libssh2_session_handshake(s, fd) &&
	    !libssh2_userauth_publickey_fromfile(s, "root", NULL, arguments[2], NULL))
		rc = converse(s);
	libssh2_session_disconnect(s, "done");
	libssh2_session_free(s);
	close(fd);
	return rc;
}

static void *work(void *unused)
{
	for (int i; (i = atomic_fetch_add(&next, 1)) < count;)
		if (ask(arguments[5 + i]))
			atomic_fetch_add(&failed, 1);
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];
	FILE *file = argc > 5 ? fopen(argv[3], "r") : NULL;

	if (!file || libssh2_init(0))
		return 2;
	script_len = fread(script, 1, sizeof script, file);
	fclose(file);
	arguments = argv;
	count = argc - 5;
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, work, NULL);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("%d of %d failed\n", failed, count);
	return failed != 0;
}
