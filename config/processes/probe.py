"""`python -m config.processes.probe`: is this machine's web server ready? The check of web."""

import http.client
import os
import sys
from contextlib import suppress


def is_healthy(host: str, port: int, allowed_hosts: str) -> bool:
    """Whether it says that it is ready, asked by the first host name that is allowed."""
    name = allowed_hosts.split(",")[0].lstrip(".*")
    connection = http.client.HTTPConnection(host, port, timeout=4)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/readyz", headers={"Host": name or host})
        return connection.getresponse().status == 200
    return False


if __name__ == "__main__":
    port = int(os.environ.get("GRANIAN_PORT", "8000"))
    sys.exit(not is_healthy("127.0.0.1", port, os.environ.get("ALLOWED_HOSTS", "")))
