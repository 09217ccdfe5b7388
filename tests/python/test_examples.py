"""The examples, as their readers would start them."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import unittest

import stack
from stack import save, status

EXAMPLES = pathlib.Path(__file__).parents[2] / "workerlib/examples"


def variables(options):
    """The environment variables that the examples read their options from."""
    return {f"CVN_{name.upper()}": value for name, value in options.items()}


class Examples(unittest.TestCase):
    def live(self, example, feed):
        """Starts, applies what is saved, reports it, and ends on SIGTERM, which leaves the list of workers."""
        environment = stack.environment()
        options = {**stack.feeds(environment)[feed], "environment": environment, "worker_id": f"{environment}-e"}
        env = {**os.environ, **variables(options), "PYTHONPATH": str(stack.MODULE.parent)}
        command = [sys.executable, "-W", "error", EXAMPLES / example]
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
            try:
                self.assertEqual(json.loads(process.stdout.readline())["event"], "started")
                version = save(environment, {"CVN_COOLDOWN": "80s"})
                lines = map(json.loads, process.stdout)
                applied = next(line for line in lines if line["event"] == "config_change_applied")
                self.assertEqual((applied["name"], applied["value"], applied["version"]), ("CVN_COOLDOWN", "80s", version))
                has_it = lambda: (status(environment, f"{environment}-e") or {}).get("applied_version") == version  # noqa: E731
                stack.eventually(has_it, "the report")
                process.send_signal(signal.SIGTERM)
                self.assertEqual([line["event"] for line in lines][-1], "stopped")
                self.assertEqual(process.wait(10), 0)
            finally:
                process.kill()
        self.assertEqual(status(environment, f"{environment}-e")["state"], "offline")

    def test_plain(self):
        """python: plain_trader.py applies, reports, and ends cleanly"""
        self.live("plain_trader.py", "direct")

    def test_asyncio(self):
        """python: asyncio_trader.py applies, reports, and ends cleanly, over either feed"""
        for feed in ("long poll", "direct"):
            with self.subTest(feed=feed):
                self.live("asyncio_trader.py", feed)
