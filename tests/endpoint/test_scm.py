#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scm:// against small servers that answer as source control systems do.  Each is asked first by the client
that its maker or its users publish, which has to understand it.

usage: test_scm.py ENDPOINT_ASK ARCHITECTURE
"""
import http.server
import json
import threading

import atlassian
import github
import gitea
import gitlab
import pyforgejo.client

import common
from common import ask, check, same

# path -> status, headers, body; asked without credentials.  "token" in place of a path: with one.
GITLAB = {"*": (302, {"Location": "/users/sign_in", "X-Gitlab-Meta": "{}"}, ""),
          "/api/v4/version": (401, {"X-Gitlab-Meta": '{"version":"1"}'}, {"message": "401 Unauthorized"}),
          "token /api/v4/version": (200, {}, {"version": "17.5.1", "revision": "4f2d1a9"})}
OLD_GITLAB = {"*": (404, {}, "<html>"), "/api/v4/version": (401, {}, {"message": "401 Unauthorized"})}
GITEA = {"*": (200, {}, "<html>"), "/api/v1/version": (200, {}, {"version": "1.22.3"}),
         "/api/forgejo/v1/version": (404, {}, "Not found.")}
FORGEJO = {"*": (200, {}, "<html>"), "/api/v1/version": (200, {}, {"version": "9.0.0+gitea-1.22.0"}),
           "/api/forgejo/v1/version": (200, {}, {"version": "9.0.0"})}
GHES = {"*": (302, {"Location": "/login", "X-GitHub-Request-Id": "a:b"}, ""),
        "/api/v3/meta": (200, {"X-GitHub-Request-Id": "a:b", "X-GitHub-Enterprise-Version": "3.14.2"},
                         {"verifiable_password_authentication": False, "installed_version": "3.14.2"})}
PRIVATE_GHES = {"*": (302, {"Location": "/login"}, ""),
                "/api/v3/meta": (401, {"WWW-Authenticate": 'Basic realm="GitHub"'}, {"message": "Must authenticate"})}
BITBUCKET = {"*": (302, {"Location": "/dashboard", "X-AREQUESTID": "@1"}, ""),
             "/rest/api/1.0/application-properties": (200, {}, {"version": "7.21.4", "buildNumber": "7021004",
                                                                "buildDate": "1659066041797",
                                                                "displayName": "Bitbucket"})}
DEVOPS = {"*": (302, {"X-TFS-ProcessId": "9f", "X-VSS-E2EID": "b0"}, "")}
WEBSITE = {"*": (200, {"Server": "nginx"}, "<html>hello</html>")}
JSON_SITE = {"*": (200, {"Content-Type": "application/json"}, {"version": 3, "message": ["x"], "installed_version": None})}
ODD = {"*": (200, {}, '{"version": "')}
DOWN = {"*": (503, {}, "down")}


def serve(pages):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            path = self.path.partition("?")[0]
            token = self.headers.get("PRIVATE-TOKEN") or self.headers.get("Authorization")
            status, headers, body = (token and pages.get("token " + path)) or pages.get(path) or (
                pages["*"] if path == "/" or "*" in pages and len(pages) == 1 else (404, {}, {"message": "Not Found"}))
            data = (json.dumps(body) if isinstance(body, dict) else body).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json" if isinstance(body, dict) else "text/html",
                                **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        do_HEAD = do_GET

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"127.0.0.1:{server.server_port}"


def client_of_gitlab(at):
    return gitlab.Gitlab(f"http://{at}", private_token="x").version()[0]


def client_of_gitea(at):
    return gitea.Gitea(f"http://{at}", "x").get_version()


def client_of_forgejo(at):
    return pyforgejo.client.PyforgejoApi(base_url=f"http://{at}/api/v1", api_key="x").miscellaneous.get_version().version


def client_of_github(at):
    _, meta = github.Github(base_url=f"http://{at}/api/v3").requester.requestJsonAndCheck("GET", "/meta")
    return meta["installed_version"]


def client_of_bitbucket(at):
    return atlassian.Bitbucket(url=f"http://{at}").get("rest/api/1.0/application-properties")["version"]


# pages, what a real client reads from them, service, version, verdict
SYSTEMS = [
    ("GitLab", GITLAB, (client_of_gitlab, "17.5.1"), "gitlab", None, "pass"),
    ("GitLab before 15", OLD_GITLAB, None, "gitlab", None, "pass"),
    ("Gitea", GITEA, (client_of_gitea, "1.22.3"), "gitea", "1.22.3", "pass"),
    ("Forgejo", FORGEJO, (client_of_forgejo, "9.0.0+gitea-1.22.0"), "forgejo", "9.0.0", "pass"),
    ("GitHub Enterprise", GHES, (client_of_github, "3.14.2"), "github-enterprise", "3.14.2", "pass"),
    ("GitHub Enterprise in private mode", PRIVATE_GHES, None, "github-enterprise", None, "pass"),
    ("Bitbucket Server", BITBUCKET, (client_of_bitbucket, "7.21.4"), "bitbucket-server", "7.21.4", "pass"),
    ("Azure DevOps", DEVOPS, None, "azure-devops", None, "pass"),
    ("a web site", WEBSITE, None, None, None, "unknown"),
    ("a site that answers all with JSON", JSON_SITE, None, None, None, "unknown"),
    ("a site that answers all with half of it", ODD, None, None, None, "unknown"),
]


def test_systems():
    for name, pages, client, service, version, verdict in SYSTEMS:
        at = serve(pages)
        if client:
            same(f"{name}: a real client understands it", client[0](at), client[1])
        a = ask(f"scm://{at}")
        same(f"{name}: service", a.fact("service"), service)
        same(f"{name}: version", a.fact("version"), version)
        same(f"{name}: reachable", a.fact("reachable"), "true" if service else None)
        same(f"{name}: verdict", a.verdicts["scm"], verdict)
        same(f"{name}: problem", a.problem(), None)
    check("a site that is none says so", "not as GitHub" in a.note("reachable"), a.text)
    a = ask(f"scm://{serve(DOWN)}", ms=8000)
    same("a server that is down", a.problem(), "unreachable")


def test_words():
    for word in ("scm://", "scm://a/b", "scm://a:0", "scm://a:70000", "scm://u:secret@host", "scm://a b", "scm://a?b",
                 "mysql://host/db", "mysql://u:secret@host", "registry://", "registry://h/UPPER", "registry://h/a/../b"):
        a = ask(word, "scm://127.0.0.1:1")
        same(f"{word} is refused", a.problem(), "unreadable")
        check(f"{word}: no password is repeated", "secret" not in a.message(), a.message())


if __name__ == "__main__":
    test_systems()
    test_words()
    common.finish()
