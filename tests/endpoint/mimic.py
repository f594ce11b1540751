#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""MySQL servers of a protocol library, one for each greeting.

usage: mimic.py FILE VERSION...; FILE becomes the list of their ports, which the kernel chooses.
"""
import asyncio
import json
import os
import sys

from mysql_mimic import MysqlServer, Session


def greeting(version):
    class Greeting(Session):
        def __init__(self):
            super().__init__()
            self.variables.set("version", version, force=True)
    return Greeting


async def main():
    servers = [MysqlServer(session_factory=greeting(v)) for v in sys.argv[2:]]
    for server in servers:
        await server.start_server(host="127.0.0.1", port=0)
    with open(sys.argv[1] + ".new", "w", encoding="ascii") as file:
        json.dump([s._server.sockets[0].getsockname()[1] for s in servers], file)
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    await asyncio.gather(*(s.serve_forever() for s in servers))


if __name__ == "__main__":
    asyncio.run(main())
