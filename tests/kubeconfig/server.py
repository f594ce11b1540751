# SPDX-License-Identifier: Apache-2.0
"""An HTTPS server that notes who asks it, and programs that ask it: kubectl, and ours for its credential."""
import base64
import http.server
import json
import pathlib
import ssl
import subprocess
import sys
import threading

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent.parent / part) for part in ("kube", "net")]
import certs  # noqa: E402
import cluster  # noqa: E402

KUBECTL = cluster.programs()[1]


class Server:
    """`seen` is a list of (bearer, user of the client certificate, Impersonate-* headers)."""

    def __init__(self, folder):
        self.seen, self.ca = [], certs.Authority(folder)
        cert, key = self.ca.server("api")
        self.client = [path.read_text() for path in self.ca.client("alice")]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        context.load_verify_locations(self.ca.path)
        context.verify_mode = ssl.CERT_OPTIONAL
        seen = self.seen

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # pylint: disable=invalid-name
                peer = self.connection.getpeercert() or {}
                names = [value for row in peer.get("subject", ()) for key, value in row if key == "commonName"]
                seen.append((self.headers.get("Authorization"), (names or [None])[0],
                             sorted((k.lower(), v) for k, v in self.headers.items() if k.startswith("Impersonate-"))))
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):  # pylint: disable=arguments-differ
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()


def run(program, *arguments, stdin=subprocess.DEVNULL, **more):
    return subprocess.run([program, *map(str, arguments)], stdin=stdin, capture_output=True, text=True, timeout=120,
                          check=False, **more)


def ask_kubectl(server, config, **more):
    """((bearer, user, headers) or None, what it said)"""
    server.seen.clear()
    done = run(KUBECTL, "--kubeconfig", config, "get", "--raw", "/x", **more)
    return (server.seen[-1] if server.seen and done.returncode == 0 else None), done.stderr


def ask_ours(show, config, *arguments, times=1, **more):
    """(what the program printed or None, what it said)"""
    done = run(show, "--kubeconfig", config, "--ask", times, *arguments, **more)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{show} ended with {done.returncode}: {done.stderr}")
    return (json.loads(done.stdout) if done.returncode == 0 else None), done.stderr


def decoded(text):
    return base64.b64decode(text).decode() if text else None
