/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ctrl-C while peers are asked: collecting ends, what is known is reported.  The signal is read from a
 * descriptor on which every wait looks (net/wait.h), so nothing has to be remembered between threads.
 */
#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli/live.h"

int pl_stop_begin(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

bool pl_stop_end(int fd)
{
	struct signalfd_siginfo info;
	bool stopped = false;
	sigset_t set;

	/* all that came meanwhile are one */
	while (fd >= 0 && read(fd, &info, sizeof info) == (ssize_t)sizeof info)
		stopped = true;
	if (fd >= 0)
		close(fd);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	return stopped;
}
