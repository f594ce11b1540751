/* SPDX-License-Identifier: Apache-2.0 */
/* The shell of boot scripts: words, quotes, variables, here-documents, and what is left open. */
#include "said.h"

#define BOOT "/etc/eks/bootstrap.sh c --kubelet-extra-args "
#define SAYS "kubelet cluster:c"

static void quotes_and_words(void **state)
{
	static const struct row rows[] = {
		{ "", "" },
		{ "\n \n", "" },
		{ "#!/bin/sh\n", "" },
		{ BOOT "--node-labels=a=b", "a=b " SAYS },
		{ BOOT "'--node-labels=a=b,c=d'\n", "a=b c=d " SAYS },
		{ BOOT "\"--node-labels=a=b,c=d\"\n", "a=b c=d " SAYS },
		{ BOOT "--node-labels='a=b',\"c=d\"\n", "a=b c=d " SAYS },
		{ BOOT "'--node-labels=\"a=b\"'\n", "a=b " SAYS },
		{ BOOT "\"--node-labels=\\\"a=b\\\"\"\n", "a=b " SAYS },
		{ BOOT "--node-\\\nlabels=a=b\n", "a=b " SAYS },
		{ BOOT "\\\n  '--node-labels=a=b'\\\n  --use-max-pods false\n", "a=b " SAYS },
		{ BOOT "\\\r\n  '--node-labels=a=b'\r\n", "a=b " SAYS },
		{ BOOT "'--node-labels=a=b\n --max-pods=7'\n", "a=b pods:7 " SAYS },
		{ BOOT "\"--node-labels=a=b \\\n --max-pods=7\"\n", "a=b pods:7 " SAYS },
		{ BOOT "--node-labels=a=\\b\n", "a=b " SAYS },
		{ BOOT "$'--node-labels=a=b'\n", "a=b " SAYS },
		{ "true;" BOOT "--node-labels=a=b;true\n", "a=b " SAYS },
		{ "true&&" BOOT "--node-labels=a=b||false\n", "a=b " SAYS },
		{ "(" BOOT "--node-labels=a=b)\n", "a=b " SAYS },
		{ "{ " BOOT "--node-labels=a=b; }\n", "a=b " SAYS },
		{ "boot() {\n" BOOT "--node-labels=a=b\n}\nboot\n", "a=b " SAYS },
		{ BOOT "--node-labels=a=b >/dev/null 2>&1 &\n", "a=b " SAYS },
		{ BOOT "--node-labels=a=b &>>/var/log/x\n", "a=b " SAYS },
		{ BOOT "--node-labels=a=b 2>&1 | tee /var/log/x\n", "a=b " SAYS },
		{ BOOT "'unterminated --node-labels=a=b", "a=b " SAYS },
		{ BOOT "\"unterminated --node-labels=a=b", "a=b " SAYS },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void comments_say_nothing(void **state)
{
	static const struct row rows[] = {
		{ "# " BOOT "--node-labels=a=b\n", "" },
		{ "#" BOOT "--node-labels=a=b\n", "" },
		{ "true # " BOOT "--node-labels=a=b\n", "" },
		{ "true;# " BOOT "--node-labels=a=b\n", "" },
		{ "# a \\\n" BOOT "--node-labels=a=b\n", "a=b " SAYS },
		{ BOOT "--node-labels=a=b # --node-labels=c=d\n", "a=b " SAYS },
		{ BOOT "--node-labels=a=b#c\n", "a=b#c " SAYS },
		{ "echo '" BOOT "--node-labels=a=b'\n", "" },
		{ "echo " BOOT "--node-labels=a=b\n", "" },
		{ ": <<'END'\n" BOOT "--node-labels=a=b\nEND\n", "" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void variables_put_in_place(void **state)
{
	static const struct row rows[] = {
		{ "L=a=b\n" BOOT "--node-labels=$L\n", "a=b " SAYS },
		{ "L='a=b,c=d'\n" BOOT "\"--node-labels=${L}\"\n", "a=b c=d " SAYS },
		{ "L=\"a=b\"; export L; " BOOT "--node-labels=$L,x=y\n", "a=b x=y " SAYS },
		{ "export L=a=b M=c=d\n" BOOT "--node-labels=$L,$M\n", "a=b c=d " SAYS },
		{ "readonly L=a=b\ndeclare -r M=c=d\n" BOOT "--node-labels=$L,$M\n", "a=b c=d " SAYS },
		{ "L=a=b\nL=\"$L,c=d\"\n" BOOT "--node-labels=$L\n", "a=b c=d " SAYS },
		{ "L=a=b\nL+=,c=d\n" BOOT "--node-labels=$L\n", "a=b c=d " SAYS },
		{ "L=a=b\nL=c=d\n" BOOT "--node-labels=$L\n", "c=d " SAYS },
		{ "V=b\n" BOOT "--node-labels=a=$V\n", "a=b " SAYS },
		{ "ARGS='--node-labels=a=b --max-pods=7'\n" BOOT "\"$ARGS\"\n", "a=b pods:7 " SAYS },
		{ "C=gitpod\n/etc/eks/bootstrap.sh \"$C\"\n", "kubelet cluster:gitpod" },
		{ "ALL='--kubelet-extra-args --node-labels=a=b'\n/etc/eks/bootstrap.sh c $ALL\n", "a=b " SAYS },
		{ "L=a=b\n" BOOT "'--node-labels=x=y' # $L\n", "x=y " SAYS },
		{ "L=a=b " BOOT "--node-labels=c=d\n", "c=d " SAYS },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void what_only_the_node_knows_is_open(void **state)
{
	static const struct row rows[] = {
		{ BOOT "--node-labels=a=b,$X\n", "a=b open " SAYS },
		{ BOOT "--node-labels=$X,a=b\n", "a=b open " SAYS },
		{ BOOT "--node-labels=a=b,${X}\n", "a=b open " SAYS },
		{ BOOT "--node-labels=a=b,c=$(hostname)\n", "a=b open " SAYS },
		{ BOOT "--node-labels=a=b,c=`hostname`\n", "a=b open " SAYS },
		{ BOOT "--node-labels=a=b,c=${X:-d}\n", "a=b open " SAYS },
		{ BOOT "--node-labels=a=b,c=$1\n", "a=b open " SAYS },
		{ BOOT "\"$ARGS\"\n", "open " SAYS },
		{ BOOT "\"$(cat args)\"\n", "open " SAYS },
		{ "/etc/eks/bootstrap.sh c $ARGS\n", "open " SAYS },
		{ "/etc/eks/bootstrap.sh $C --kubelet-extra-args --node-labels=a=b\n", "a=b kubelet" },
		{ "L=$(hostname)\n" BOOT "--node-labels=a=b,c=$L\n", "a=b open " SAYS },
		{ "L=a=b\nif x; then\nL=c=d\nfi\n" BOOT "--node-labels=$L\n", "open " SAYS },
		{ "x && L=a=b\n" BOOT "--node-labels=$L\n", "open " SAYS },
		{ "x && y\nL=a=b\n" BOOT "--node-labels=$L\n", "a=b " SAYS },
		{ "for L in a=b; do x; done\n" BOOT "--node-labels=$L\n", "open " SAYS },
		{ "if x; then\ny\nfi\nL=a=b\n" BOOT "--node-labels=$L\n", "a=b " SAYS },
		{ "case x in\nx) L=a=b;;\nesac\n" BOOT "--node-labels=$L\n", "open " SAYS },
		{ "if x; then KUBELET_EXTRA_ARGS=--node-labels=a=b; fi\n", "open" },
		{ BOOT "--node-labels=a=b --max-pods $PODS\n", "a=b " SAYS },
		{ BOOT "--max-pods=7 --node-ip=$(curl ip)\n", "pods:7 " SAYS },
		{ "/etc/eks/bootstrap.sh c --apiserver-endpoint $URL --b64-cluster-ca $CA\n", SAYS },
		{ "echo $(" BOOT "--node-labels=a=b)\n", "" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

#define CONFIG "/etc/rancher/k3s/config.yaml"

static void here_documents(void **state)
{
	static const struct row rows[] = {
		{ "cat >" CONFIG " <<E\nnode-label: a=b\nE\n", "a=b server" },
		{ "cat <<E > " CONFIG "\nnode-label: a=b\nE\n", "a=b server" },
		{ "cat <<'E' >" CONFIG "\nnode-label: a=$X\nE\n", "a=$X server" },
		{ "cat <<\"E\" >" CONFIG "\nnode-label: a=$X\nE\n", "a=$X server" },
		{ "cat <<\\E >" CONFIG "\nnode-label: a=$X\nE\n", "a=$X server" },
		{ "X=b\ncat <<E >" CONFIG "\nnode-label: a=$X\nE\n", "a=b server" },
		{ "cat <<E >" CONFIG "\nnode-label: [x=y, a=$X]\nE\n", "x=y open server" },
		{ "cat <<E >" CONFIG "\nnode-label: a=$(x\ny)\nE\n", "open server" },
		{ "cat <<E >" CONFIG "\nnode-label: \"a=b\"\nE\n", "a=b server" },
		{ "cat <<E >" CONFIG "\nnode-label: \"a=\\\"\"\nE\n", "a=\" server" },
		{ "cat <<E >" CONFIG "\nnode-label: a=\\$X\nE\n", "a=$X server" },
		{ "cat <<-E >" CONFIG "\n\tnode-label: a=b\n\tE\n", "a=b server" },
		{ "cat <<E >" CONFIG " && true\nnode-label: a=b\nE\n", "a=b server" },
		{ "cat <<E | sudo tee " CONFIG "\nnode-label: a=b\nE\n", "a=b server" },
		{ "cat <<E |\nnode-label: a=b\nE\ntee " CONFIG "\n", "a=b server" },
		{ "tee " CONFIG " >/dev/null <<E\nnode-label: a=b\nE\n", "a=b server" },
		{ "cat <<A >/x; cat <<B >" CONFIG "\nnode-label: a=b\nA\nnode-label: c=d\nB\n", "c=d server" },
		{ "cat <<A >>" CONFIG "\nnode-label:\nA\ncat <<A >>" CONFIG "\n- a=b\nA\n", "a=b server" },
		{ "cat <<A >" CONFIG "\nnode-label: a=b\nA\ncat <<A >" CONFIG "\nnode-taint: t\nA\n", "taint:t server" },
		{ "cat <<E >" CONFIG "\nnode-label: a=b\n", "a=b server" },
		{ "cat <<E >" CONFIG "\nnode-label: a=b\n E\nE\n", "a=b E server" }, /* " E" does not end it */
		{ "bash <<E\n" BOOT "--node-labels=a=b\nE\n", "a=b " SAYS },
		{ "ssh -T x@host <<'E'\n" BOOT "--node-labels=a=b\nE\n", "a=b " SAYS },
		{ "cat >/opt/b.sh <<E\n" BOOT "--node-labels=a=b\nE\n", "" },
		{ "cat >/opt/b.sh <<E\n" BOOT "--node-labels=a=b\nE\nbash /opt/b.sh\n", "a=b " SAYS },
		{ "cat >/opt/b.sh <<E\n" BOOT "--node-labels=a=b\nE\nchmod +x /opt/b.sh\n/opt/b.sh\n/opt/b.sh\n",
		  "a=b " SAYS },
		{ "cat <<< '" BOOT "--node-labels=a=b'\n", "" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void shells_in_shells(void **state)
{
	static const struct row rows[] = {
		{ "sh -c '" BOOT "--node-labels=a=b'\n", "a=b " SAYS },
		{ "bash -euo pipefail -c '" BOOT "--node-labels=a=b'\n", "a=b " SAYS },
		{ "bash -lc \"" BOOT "--node-labels=a=b\"\n", "a=b " SAYS },
		{ "sudo -E -u root sh -c '" BOOT "--node-labels=a=b'\n", "a=b " SAYS },
		{ "su - ubuntu -c '" BOOT "--node-labels=a=b'\n", "a=b " SAYS },
		{ "eval '" BOOT "--node-labels=a=b'\n", "a=b " SAYS },
		{ "timeout 5m " BOOT "--node-labels=a=b\n", "a=b " SAYS },
		{ "sudo env A=b nice -n 5 " BOOT "--node-labels=a=b\n", "a=b " SAYS },
		{ "sudo\n", "" },
		{ "sh -c\n", "" },
		{ "sh -o\n", "" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotes_and_words),
		cmocka_unit_test(comments_say_nothing),
		cmocka_unit_test(variables_put_in_place),
		cmocka_unit_test(what_only_the_node_knows_is_open),
		cmocka_unit_test(here_documents),
		cmocka_unit_test(shells_in_shells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
