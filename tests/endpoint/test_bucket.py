#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""s3:// against moto, gs:// against an emulator that Google's client creates buckets in, az:// against answers
as Azure and its emulator give them.

usage: test_bucket.py ENDPOINT_ASK ARCHITECTURE
"""
import http.server
import os
import pathlib
import sys
import threading

import boto3
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage

import common
from common import ask, check, free_port, same, start

BIN = pathlib.Path(sys.executable).parent


def test_s3():
    port = free_port()
    start([sys.executable, BIN / "moto_server", "-H", "127.0.0.1", "-p", str(port)], port, log="moto.log")
    url = f"http://127.0.0.1:{port}"
    client = boto3.client("s3", endpoint_url=url, region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    client.create_bucket(Bucket="workspaces", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    a = ask("s3://workspaces", AWS_ENDPOINT_URL=url)
    same("a bucket that is there", a.fact("exists"), "true")
    same("its region", a.fact("region"), "eu-west-1")
    same("its service", a.fact("service"), "s3")
    same("object-storage", a.verdicts["object-storage"], "pass")
    a = ask("s3://nobodys", AWS_ENDPOINT_URL_S3=url + "/", AWS_ENDPOINT_URL="http://127.0.0.1:1")
    same("a bucket that is not", a.fact("exists"), "false")
    same("fails", a.verdicts["object-storage"], "fail")
    check("and the report says why", "there is no bucket of that name" in a.reasons["object-storage"], a.reasons)
    same("which is no problem of ours", a.problem(), None)
    a = ask("s3://nobodys", "s3://workspaces", AWS_ENDPOINT_URL=url)
    same("one bucket is enough", a.verdicts["object-storage"], "pass")
    a = ask("s3://workspaces", AWS_ENDPOINT_URL="http://127.0.0.1:1")
    same("nobody answers", a.problem(), "unreachable")
    same("so nothing is known", a.verdicts["object-storage"], "unknown")
    a = ask("s3://workspaces", AWS_ENDPOINT_URL="http://user:pass@host")
    same("credentials do not belong into the variable", a.problem(), "unreadable")
    check("and are not repeated", "pass@" not in a.text + a.trace, a.text)


def test_gcs():
    port = free_port()
    start([sys.executable, BIN / "gcp-storage-emulator", "start", "--host=127.0.0.1", f"--port={port}", "--in-memory"], port,
          log="gcs.log")
    os.environ["STORAGE_EMULATOR_HOST"] = f"http://127.0.0.1:{port}"
    storage.Client(project="p", credentials=AnonymousCredentials()).bucket("workspaces").create()
    for value in f"http://127.0.0.1:{port}", f"127.0.0.1:{port}":
        a = ask("gs://workspaces", STORAGE_EMULATOR_HOST=value)
        same("a bucket that is there", a.fact("exists"), "true")
        same("its service", a.fact("service"), "gcs")
        check("where it is", a.fact("region"), a.text)
        same("object-storage", a.verdicts["object-storage"], "pass")
    a = ask("gs://nobodys", STORAGE_EMULATOR_HOST=value)
    same("a bucket that is not", a.fact("exists"), "false")
    same("fails", a.verdicts["object-storage"], "fail")


# what Azure's emulator (azurite 3.37, asked 2026-11) and Azure answer without credentials: status, error code
AZURE = {
    "/acct/public?restype=container": (200, None),
    "/acct/private?restype=container": (403, "AuthorizationFailure"),
    "/acct/hidden?restype=container": (404, "ResourceNotFound"),
    "/acct/closed?restype=container": (409, "PublicAccessNotPermitted"),
    "/acct/none?restype=container": (404, "ContainerNotFound"),
    "/acct/?comp=list": (403, "AuthorizationFailure"),
}


class Azure(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self):
        status, code = AZURE.get(self.path, (500, None))
        self.send_response(status)
        self.send_header("x-ms-request-id", "08c8da19")
        if code:
            self.send_header("x-ms-error-code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *_):
        pass


def test_azure():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Azure)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    env = {"AZURE_STORAGE_SERVICE_ENDPOINT": f"http://127.0.0.1:{server.server_port}/acct"}
    for name, exists, verdict in (("public", "true", "pass"), ("none", "false", "fail"), ("private", None, "unknown"),
                                  ("hidden", None, "unknown"), ("closed", None, "unknown")):
        a = ask(f"az://acct/{name}", **env)
        same(f"{name}: exists", a.fact("exists"), exists)
        same(f"{name}: service", a.fact("service"), "azure-blob")
        same(f"{name}: object-storage", a.verdicts["object-storage"], verdict)
        same(f"{name}: no problem", a.problem(), None)
    a = ask("az://acct", **env)
    same("an account is there", a.fact("exists"), "true")
    a = ask("az://acct/x-y", AZURE_STORAGE_SERVICE_ENDPOINT=env["AZURE_STORAGE_SERVICE_ENDPOINT"], ms=2500)
    same("a server's failure", a.problem(), "unreachable")
    a = ask("az://acct/x-y", ARM_ENVIRONMENT="mars")
    same("a cloud nobody knows", a.problem(), "unreadable")


def test_words():
    for word in ("s3://", "s3://a", "s3://a/b", "s3://bucket/key", "s3://bu cket", "gs://-x", "az://", "az://ac", "az://Account/c",
                 "az://acct/C0N", "az://acct/co", "az://acct/a/b", "s3://bucket?x"):
        a = ask(word, "s3://some-bucket", AWS_ENDPOINT_URL="http://127.0.0.1:1")
        same(f"{word} is refused", a.endpoints[0].get("problem"), "unreadable")
        check(f"{word}: how to write it", "write" in a.endpoints[0]["message"], a.endpoints[0]["message"])


if __name__ == "__main__":
    test_s3()
    test_gcs()
    test_azure()
    test_words()
    common.finish()
