#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mysql:// against Debian's MariaDB and greetings of MySQL, served by a protocol library that a real
client is shown to accept.

usage: test_mysql.py ENDPOINT_ASK ARCHITECTURE
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys

import common
from common import ENV, HOME, ask, check, free_port, program, same, start, unprivileged

MIMIC = pathlib.Path(__file__).with_name("mimic.py")


def client(port, *words):
    return subprocess.run([program("mariadb", "mariadb-client"), "--no-defaults", "-h127.0.0.1", f"-P{port}", "-uroot",
                           *words], env=ENV, capture_output=True, text=True, timeout=60)


def mariadb(tls=False, *more):
    """A MariaDB server of its own; returns port and socket."""
    folder = HOME / f"mariadb-{tls}"
    folder.mkdir()
    data = folder / "data"
    as_nobody = unprivileged()
    if as_nobody:
        os.chmod(HOME, 0o755)
        shutil.chown(folder, as_nobody["user"])
    done = subprocess.run([program("mariadb-install-db", "mariadb-server"), "--no-defaults", f"--datadir={data}",
                           "--auth-root-authentication-method=normal", "--skip-test-db", f"--tmpdir={folder}"],
                          env=ENV, capture_output=True, text=True, cwd="/", timeout=120, **as_nobody)
    check("a data directory is made", done.returncode == 0, done.stdout + done.stderr)
    port = free_port()
    if tls:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=db", "-days", "2",
                        "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True)
        os.chmod(folder / "key.pem", 0o644)
        more += (f"--ssl-cert={folder / 'cert.pem'}", f"--ssl-key={folder / 'key.pem'}")
    start([program("mariadbd", "mariadb-server"), "--no-defaults", f"--datadir={data}", f"--port={port}",
           "--bind-address=127.0.0.1", f"--socket={folder / 's'}", f"--pid-file={folder / 'pid'}",
           "--max-connect-errors=2", "--performance-schema=ON", f"--tmpdir={folder}", *more], port, cwd="/",
          **as_nobody)
    return port, folder / "s"


def test_mariadb():
    port, _ = mariadb()
    said = client(port, "-NBe", "select version()").stdout.strip()
    a = ask(f"mysql://127.0.0.1:{port}")
    same("MariaDB is told apart", a.fact("engine"), "mariadb")
    check("its version is the server's", said.startswith(a.fact("version") + "-MariaDB"), (said, a.fact("version")))
    same("it offers no TLS", a.fact("tls"), "false")
    same("no problem", a.problem(), None)
    same("MariaDB is neither listed nor excluded", a.verdicts["database"], "unknown")
    same("nor is its version judged", a.verdicts["database-version-tested"], "unknown")
    # how the server counts it: one connection that ended before a login, each time
    before = client(port, "-NBe", "show global status like 'Aborted_connects_preauth'").stdout.split()[-1]
    ask(f"mysql://127.0.0.1:{port}")
    after = client(port, "-NBe", "show global status like 'Aborted_connects_preauth'").stdout.split()[-1]
    same("a run makes one connection", int(after) - int(before), 1)


def test_mariadb_refuses():
    port, socket = mariadb(True, "--skip-name-resolve")
    a = ask(f"mysql://localhost:{port}")
    same("TLS is offered", a.fact("tls"), "true")
    done = subprocess.run([program("mariadb", "mariadb-client"), "--no-defaults", f"-S{socket}", "-uroot", "-e",
                           "delete from mysql.global_priv where host <> 'localhost'; flush privileges"],
                          env=ENV, capture_output=True, text=True, timeout=60)
    check("all accounts from elsewhere are dropped", done.returncode == 0, done.stderr)
    a = ask(f"mysql://127.0.0.1:{port}")
    same("no version is told", a.fact("version"), None)
    check("a refusal is quoted", "not allowed to connect" in a.note("version"), a.text)
    same("and names the product", a.fact("engine"), "mariadb")
    same("which is no problem of the run", a.problem(), None)


# greeting, TLS, verdicts of database, database-version, database-version-tested; None: no version is known
GREETINGS = [
    ("5.7.44", "5.7.44", "pass", "pass", "pass"),
    ("5.7.44-log", "5.7.44", "pass", "pass", "pass"),
    ("8.0.36", "8.0.36", "pass", "pass", "fail"),
    ("8.4.3", "8.4.3", "pass", "pass", "fail"),
    ("5.6.51-log", "5.6.51", "pass", "fail", "fail"),
    ("5.7.44-48-percona", "5.7.44", "pass", "pass", "pass"),
    ("5.7.44-google-log", "5.7.44", "pass", "pass", "pass"),
    ("8.0.35-azure", "8.0.35", "pass", "pass", "fail"),
    ("5.7.mysql_aurora.2.11.3", "5.7", "pass", "pass", "pass"),
    ("8.0.30-Vitess", None, "pass", "unknown", "unknown"),
    ("5.5.30 (ProxySQL)", None, "pass", "unknown", "unknown"),
    ("5.5.30", None, "pass", "unknown", "unknown"),
    ("8.0.11", None, "pass", "unknown", "unknown"),
    ("5.6.47.0", None, "pass", "unknown", "unknown"),
    ("5.7.25-TiDB-v6.5.0", None, "pass", "unknown", "unknown"),
    ("5.5.5-10.6.16-MariaDB-log", "10.6.16", "unknown", "unknown", "unknown"),
    ("11.4.2-MariaDB", "11.4.2", "unknown", "unknown", "unknown"),
]


def test_greetings():
    told = HOME / "ports"
    start([sys.executable, "-B", MIMIC, told, *(g[0] for g in GREETINGS)], log="mimic.log")
    common.wait_until(told.exists, "mysql-mimic")
    ports = json.loads(told.read_text())
    for port, (greeting, version, database, known, tested) in zip(ports, GREETINGS):
        a = ask(f"mysql://127.0.0.1:{port}")
        same(f"{greeting}: version", a.fact("version"), version)
        same(f"{greeting}: database", a.verdicts["database"], database)
        same(f"{greeting}: database-version", a.verdicts["database-version"], known)
        same(f"{greeting}: database-version-tested", a.verdicts["database-version-tested"], tested)
        check(f"{greeting} is quoted", greeting in a.note("engine"), a.note("engine"))
    # the library's greeting is one that MariaDB's client takes
    status = client(ports[0], "-e", "status")
    check("a real client accepts the greetings", "5.7.44" in status.stdout, status.stdout + status.stderr)


if __name__ == "__main__":
    test_mariadb()
    test_mariadb_refuses()
    test_greetings()
    common.finish()
