"""What the Python tests share: the installed module, the running stack, an environment of their own, waiting."""

import base64
import importlib.util
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request

PREFIX = pathlib.Path(os.environ["CVN_PREFIX"])
STATE = pathlib.Path(os.environ["CVN_STATE"])
RUN = json.loads((STATE / "run.json").read_text())
CREDENTIALS = json.loads((STATE / "credentials.json").read_text())
SERIAL = itertools.count()


def pkg_config(*words):
    """What pkg-config says of the installed library."""
    env = {**os.environ, "PKG_CONFIG_PATH": str(PREFIX / "lib/pkgconfig")}
    return subprocess.run(["pkg-config", *words, "cvnworker"], env=env, check=True, stdout=subprocess.PIPE, text=True).stdout


LIBRARY = pathlib.Path(pkg_config("--variable=libdir").strip()) / "libcvnworker.so.0"
HEADER = pathlib.Path(pkg_config("--variable=includedir").strip()) / "cvnworker.h"
MODULE = pathlib.Path(pkg_config("--variable=pythondir").strip()) / "cvnworker.py"
os.environ["CVNWORKER_LIBRARY"] = str(LIBRARY)


def _load(path):
    spec = importlib.util.spec_from_file_location("cvnworker", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["cvnworker"] = module
    spec.loader.exec_module(module)
    return module


cvnworker = _load(MODULE)


def call(method, path, body=None, headers=None, role="admin"):
    """One request to the API as an operator: its answer as JSON. A refusal is an AssertionError with its text."""
    secret = f"{role}:{CREDENTIALS[role]['password']}".encode()
    all_headers = {"Authorization": f"Basic {base64.b64encode(secret).decode()}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(RUN["url"].rstrip("/") + path, data, {**all_headers, **(headers or {})}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return json.loads(reply.read() or "null")
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from None


def environment():
    """A new environment with the values of `paper`."""
    name = f"test-py-{os.getpid()}-{next(SERIAL)}"
    call("POST", "/api/environments", {"environment": name, "copy_from": "paper"})
    return name


def save(environment, changes):
    """Saves as an editor, who may not save what is critical; returns the version."""
    body = {"changes": changes, "reason": "a test"}
    return call("POST", f"/api/config/{environment}", body, {"If-Match": "*"}, role="editor")["version"]


def status(environment, worker_id):
    """The worker as the platform lists it, or None."""
    workers = call("GET", f"/api/workers?environment={environment}")["workers"]
    return next((w for w in workers if w["worker_id"] == worker_id), None)


def token(environment):
    """A worker's token, for the long-poll feed."""
    body = {"name": f"{environment}-{next(SERIAL)}", "role": "worker", "environment": environment}
    return call("POST", "/api/tokens", body)["token"]


def feeds(environment):
    """The options of each feed, by its name."""
    notifier = re.sub(r"/$", "", RUN["notifier"])
    return {
        "direct": {"database": RUN["worker_database"]},
        "long poll": {"url": RUN["url"].rstrip("/"), "watch_url": notifier, "token": token(environment)},
    }


def eventually(probe, what, seconds=15):
    """Asks until the probe returns something true, and returns that."""
    end = time.monotonic() + seconds
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.02)
