# SPDX-License-Identifier: Apache-2.0
"""An HTTP proxy for tests: CONNECT and nothing else, with or without a password."""
import base64
import contextlib
import socket
import threading

MOST_HEAD = 1 << 16


class Proxy:
    """Listens on .port of 127.0.0.1; .asked: what it was asked to connect to, in order.  routes: where names that are
    nobody's lead, {"HOST:PORT": port of 127.0.0.1}."""

    def __init__(self, login=None, routes=None):
        self.routes = routes or {}
        self.login = login and "basic " + base64.b64encode(login.encode()).decode()
        self.asked, self.open = [], []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for sock in self.open + [self.listener]:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                sock = self.listener.accept()[0]
                self.open.append(sock)
                threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        with contextlib.suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head and len(head) < MOST_HEAD:
                more = sock.recv(4096)
                if not more:
                    return
                head += more
            lines = head.decode("latin-1").split("\r\n")
            method, target = lines[0].split(" ")[:2]
            self.asked.append(target)
            given = {line.split(":", 1)[1].strip() for line in lines if line.lower().startswith("proxy-authorization:")}
            if self.login and not any(g.lower() == self.login.lower() for g in given):
                sock.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n"
                             b"Content-Length: 0\r\n\r\n")
                return
            if method != "CONNECT":
                sock.sendall(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
                return
            host, _, port = target.rpartition(":")
            if target in self.routes:
                host, port = "127.0.0.1", self.routes[target]
            with socket.create_connection((host, int(port)), 20) as other:
                sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=pump, args=(other, sock), daemon=True)
                back.start()
                pump(sock, other)
                back.join()


def pump(source, sink):
    """Bytes one way until one end is closed."""
    with contextlib.suppress(OSError):
        while True:
            block = source.recv(65536)
            if not block:
                break
            sink.sendall(block)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
