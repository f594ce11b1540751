# SPDX-License-Identifier: Apache-2.0
"""Certificates for tests: an authority in a folder, and what it signs, made by the openssl program.

    ca = Authority(folder)             # ca.path: its certificate, PEM
    cert, key = ca.server("api")       # for 127.0.0.1, ::1 and localhost
    cert, key = ca.server("old", days=(-20, -10))
    cert, key = ca.client("alice", groups=["system:masters"])
"""
import datetime
import pathlib
import subprocess

NAMES = "IP:127.0.0.1,IP:::1,DNS:localhost"
CONFIG = """[ca]
default_ca = this
[this]
database = {folder}/index.txt
rand_serial = yes
new_certs_dir = {folder}
default_md = sha256
policy = any
unique_subject = no
x509_extensions = leaf
[any]
commonName = supplied
organizationName = optional
[leaf]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth,clientAuth
{names}
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[req]
distinguished_name = dn
[dn]
"""


def openssl(*args):
    done = subprocess.run(["openssl", *map(str, args)], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"openssl {args[0]}: {done.stderr.strip()}")


def moment(days):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days)).strftime("%Y%m%d%H%M%SZ")


class Authority:
    """Its files stand in `folder`; names of certificates must be free there."""

    def __init__(self, folder, name="tests"):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "index.txt").touch()
        self.path, self.key = self.folder / "ca.crt", self.folder / "ca.key"
        config = self._config("")
        openssl("req", "-x509", "-config", config, "-extensions", "root", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.key, "-out", self.path, "-days", "30",
                "-subj", f"/CN=authority of {name}")

    @classmethod
    def opened(cls, folder):
        """The authority that stands in a folder already."""
        self = cls.__new__(cls)
        self.folder = pathlib.Path(folder)
        self.path, self.key = self.folder / "ca.crt", self.folder / "ca.key"
        return self

    def _config(self, names):
        path = self.folder / "openssl.cnf"
        path.write_text(CONFIG.format(folder=self.folder, names=names and f"subjectAltName = {names}"))
        return path

    def _issue(self, file, subject, names, days):
        cert, key, request = (self.folder / f"{file}.{end}" for end in ("crt", "key", "csr"))
        config = self._config(names)
        openssl("req", "-new", "-config", config, "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", key, "-out", request, "-subj", subject)
        openssl("ca", "-batch", "-notext", "-config", config, "-cert", self.path, "-keyfile", self.key, "-in", request,
                "-out", cert, "-startdate", moment(days[0]), "-enddate", moment(days[1]), "-preserveDN")
        return cert, key

    def server(self, file, names=NAMES, days=(-1, 10)):
        """(certificate, key) of a server of these names."""
        return self._issue(file, f"/CN={file}", names, days)

    def client(self, user, groups=(), days=(-1, 10)):
        """(certificate, key) of a client; Kubernetes reads the user from CN and the groups from O."""
        subject = "".join(f"/O={group}" for group in groups) + f"/CN={user}"
        return self._issue(f"client-{user}", subject, "", days)
