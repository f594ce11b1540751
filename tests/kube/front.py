# SPDX-License-Identifier: Apache-2.0
"""What a cloud puts before its clusters' API servers: lets in who shows a token that the cloud takes, and hands the
request to a real API server in the name of its administrator."""
import base64
import pathlib
import ssl
import urllib.error
import urllib.request

from certs import NAMES
from faults import Faults


class Front:
    """lets_in(token): does the cloud take it?  names: of its certificate."""

    def __init__(self, cluster, lets_in, names=NAMES):
        self.cluster, self.lets_in, self.tokens = cluster, lets_in, []
        self.faults = Faults({"*": self.forward}, tls="good", names=names)
        self.url, self.ca = self.faults.url, base64.b64encode(pathlib.Path(self.faults.ca).read_bytes()).decode()
        self.admin = cluster.config("admin")["users"][0]["user"]["token"]

    def forward(self, request):
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        self.tokens.append(token)
        if not self.lets_in(token):
            return 401, {"content-type": "application/json"}, b'{"kind":"Status","message":"Unauthorized","code":401}'
        again = urllib.request.Request(self.cluster.url + request.path, headers={"Authorization": f"Bearer {self.admin}"})
        try:
            with urllib.request.urlopen(again, context=ssl._create_unverified_context(), timeout=30) as answer:
                return answer.status, {"content-type": "application/json"}, answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, {"content-type": "application/json"}, refusal.read()

    def stop(self):
        self.faults.stop()
