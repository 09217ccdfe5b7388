"""A worker in Python against the running stack."""

import asyncio
import datetime
import decimal
import sys
import threading
import unittest

import stack
from stack import cvnworker, eventually, save, status

THRESHOLD = "CVN_ENTRY_THRESHOLD"
STOP_LOSS = "CVN_STOP_LOSS_PCT"


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.environment = stack.environment()

    def worker(self, start=True, feed="direct", **options):
        """A worker that closes when the test is over."""
        self.id = f"{self.environment}-{next(stack.SERIAL)}"
        worker = cvnworker.Worker(
            environment=self.environment, worker_id=self.id, heartbeat_ms=200,
            **stack.feeds(self.environment)[feed], **options,
        )  # fmt: skip
        self.addCleanup(worker.close)
        if start:
            worker.start()
        return worker

    def apply(self, worker, changes):
        """Saves, and waits until the worker has it."""
        version = save(self.environment, changes)
        eventually(lambda: worker.version >= version, f"version {version} in force")

    def refused(self, code, call, *arguments):
        with self.assertRaises(cvnworker.Error) as caught:
            call(*arguments)
        self.assertEqual(caught.exception.code, code)
        self.assertTrue(caught.exception.detail)
        return caught.exception


class Values(Case):
    def test_types(self):
        """python: values are read exactly, in their own types, over either feed"""
        save(self.environment, {THRESHOLD: "0.123456789012345678", "CVN_COOLDOWN": "90s", "CVN_FILTER_TREND": "true"})
        for feed in stack.feeds(self.environment):
            with self.subTest(feed=feed):
                worker = self.worker(feed=feed)
                read = lambda name, kind: worker.param(name, kind).value  # noqa: E731
                self.assertEqual(read(THRESHOLD, cvnworker.DECIMAL), decimal.Decimal("0.123456789012345678"))
                self.assertEqual(read("CVN_COOLDOWN", cvnworker.DURATION), datetime.timedelta(seconds=90))
                self.assertIs(read("CVN_FILTER_TREND", cvnworker.BOOL), True)
                self.assertIs(type(read("CVN_MAX_POSITION_USD", cvnworker.INT)), int)
                self.assertIn(read("CVN_MODEL_TYPE", cvnworker.ENUM), ("xgboost", "lightgbm", "catboost"))
                symbols = read("CVN_SYMBOLS", cvnworker.LIST)
                self.assertTrue(symbols and all(type(symbol) is str for symbol in symbols))
                self.assertEqual(worker.param("CVN_COOLDOWN", cvnworker.DURATION).text, "90s")

    def test_every_parameter(self):
        """python: every parameter of the demo reads as what the API says"""
        kinds = {v["name"]: v["type"] for v in stack.call("GET", "/api/catalog")["variables"]}
        texts = stack.call("GET", f"/api/config/{self.environment}")["values"]
        worker = self.worker(start=False)
        for name, text in texts.items():
            param = worker.param(name, getattr(cvnworker, kinds[name].upper()))
            self.assertEqual(param.text, text, name)
            param.value  # converts
        self.assertGreater(len(texts), 30)

    def test_unknown(self):
        """python: an unknown parameter, another type and a wrong option are errors that name them"""
        worker = self.worker(start=False)
        unknown = self.refused(cvnworker.Code.UNKNOWN, worker.param, "CVN_NO_SUCH", cvnworker.INT)
        self.assertEqual(unknown.parameter, "CVN_NO_SUCH")
        other = self.refused(cvnworker.Code.TYPE, worker.param, THRESHOLD, cvnworker.INT)
        self.assertEqual(other.parameter, THRESHOLD)
        self.refused(cvnworker.Code.ARGUMENT, worker.param, THRESHOLD + "\0", cvnworker.DECIMAL)
        with self.assertRaises(cvnworker.Error) as caught:
            cvnworker.Worker(environment="No Such", worker_id="w", database="host=/nowhere")
        self.assertEqual((caught.exception.code, caught.exception.parameter), (cvnworker.Code.ARGUMENT, "environment"))

    def test_unreachable(self):
        """python: without a configuration there is no worker"""
        with self.assertRaises(cvnworker.Error) as caught:
            cvnworker.Worker(environment="paper", worker_id="w", database="host=/nowhere dbname=none")
        self.assertEqual(caught.exception.code, cvnworker.Code.LINK)
        with self.assertRaises(cvnworker.Error) as caught:
            cvnworker.Worker(environment="no-such", worker_id="w", database=stack.RUN["worker_database"])
        self.assertEqual(caught.exception.code, cvnworker.Code.REFUSED)

    def test_closed(self):
        """python: a closed worker refuses, and does not crash"""
        worker = self.worker()
        threshold = worker.param(THRESHOLD, cvnworker.DECIMAL)
        worker.close()
        worker.close()
        for use in (lambda: threshold.value, lambda: worker.version, worker.heartbeat, worker.start, worker.fileno):
            self.refused(cvnworker.Code.STATE, use)


class Boundaries(Case):
    def test_cycle(self):
        """python: nothing changes inside a cycle, and what waits is in force after it"""
        worker = self.worker()
        threshold = worker.param(THRESHOLD, cvnworker.DECIMAL)
        before = threshold.value
        with worker.cycle():
            save(self.environment, {THRESHOLD: "0.31"})
            eventually(lambda: worker.state == cvnworker.State.PENDING, "it waits")
            self.assertEqual(threshold.value, before)
            row = eventually(lambda: (status(self.environment, self.id) or {}).get("waiting_for") and status(self.environment, self.id), "listed")
            self.assertEqual(row["waiting_for"], "cycle_end")
        self.assertEqual(threshold.value, decimal.Decimal("0.31"))
        self.assertEqual(worker.tags, {"config_version_id": str(worker.version), "config_hash": worker.config_hash})
        self.assertEqual(worker.forbidden_applies, 0)

    def test_exception(self):
        """python: an exception leaves the cycle, the section and the position that it passes"""
        worker = self.worker()
        for block in (worker.cycle(), worker.position(), *map(worker.section, cvnworker.Section)):
            with self.assertRaises(ZeroDivisionError), block:
                1 / 0
        self.apply(worker, {STOP_LOSS: "0.6"})
        self.apply(worker, {THRESHOLD: "0.32"})

    def test_section(self):
        """python: sections nest, of every kind"""
        worker = self.worker()
        threshold = worker.param(THRESHOLD, cvnworker.DECIMAL)
        for n, section in enumerate(cvnworker.Section):
            value = decimal.Decimal(f"0.4{n + 1}")
            with worker.section(section):
                with worker.section(section):
                    save(self.environment, {THRESHOLD: str(value)})
                    eventually(lambda: worker.state == cvnworker.State.PENDING, "it waits")
                self.assertNotEqual(threshold.value, value)
            self.assertEqual(threshold.value, value)

    def test_position(self):
        """python: a risk limit waits for the close of a position and the next heartbeat"""
        worker = self.worker()
        stop_loss = worker.param(STOP_LOSS, cvnworker.DECIMAL)
        with worker.position():
            save(self.environment, {STOP_LOSS: "0.7"})
            eventually(lambda: worker.state == cvnworker.State.PENDING, "it waits")
            worker.heartbeat()
        self.assertNotEqual(stop_loss.value, decimal.Decimal("0.7"))
        worker.heartbeat()
        self.assertEqual(stop_loss.value, decimal.Decimal("0.7"))

    def test_restart(self):
        """python: what is not hot raises the flag, and is there after a restart"""
        worker = self.worker()
        model = worker.param("CVN_MODEL_TYPE", cvnworker.ENUM)
        before = model.value
        after = "catboost" if before != "catboost" else "lightgbm"
        save(self.environment, {"CVN_MODEL_TYPE": after})
        eventually(lambda: worker.state == cvnworker.State.RESTART_REQUIRED, "the flag")
        self.assertEqual(model.value, before)
        self.assertEqual(self.worker().param("CVN_MODEL_TYPE", cvnworker.ENUM).value, after)

    def test_threads(self):
        """python: threads that read during applies see one configuration in each cycle"""
        worker = self.worker()
        stop, take = worker.param(STOP_LOSS, cvnworker.DECIMAL), worker.param("CVN_TAKE_PROFIT_PCT", cvnworker.DECIMAL)
        torn, done = [], threading.Event()

        def trade():
            while not done.wait(0.002):
                with worker.cycle():
                    seen = {(stop.value, take.value, worker.config_hash) for _ in range(20)}
                    if len(seen) != 1 or not stop.value < take.value:
                        torn.append(seen)
                worker.heartbeat()

        threads = [threading.Thread(target=trade) for _ in range(3)]
        for thread in threads:
            thread.start()
        try:
            for n in range(1, 9):
                self.apply(worker, {STOP_LOSS: f"{n}", "CVN_TAKE_PROFIT_PCT": f"{n}.5"})
        finally:
            done.set()
            for thread in threads:
                thread.join()
        self.assertEqual((torn, worker.forbidden_applies), ([], 0))


class Callbacks(Case):
    def test_apply(self):
        """python: on_apply tells what came into force"""
        told = []
        worker = self.worker(on_apply=told.append)
        self.apply(worker, {THRESHOLD: "0.51"})
        applied = eventually(lambda: told and told[0], "on_apply")
        self.assertEqual((applied.environment, applied.version), (self.environment, worker.version))
        self.assertEqual(applied.config_hash, worker.config_hash)
        self.assertEqual([(c.name, c.new_value) for c in applied.changes], [(THRESHOLD, "0.51")])

    def test_validate(self):
        """python: on_validate rejects with a reason that operators read, and the last good stays"""
        proposals, events = [], []

        def judge(proposed):
            proposals.append(proposed)
            if proposed.changes[0].new_value == "0.66":
                raise cvnworker.Reject("not below two thirds")

        worker = self.worker(on_validate=judge, on_event=events.append)
        threshold = worker.param(THRESHOLD, cvnworker.DECIMAL)
        before = threshold.value
        version = save(self.environment, {THRESHOLD: "0.66"})
        eventually(lambda: worker.state == cvnworker.State.REJECTED, "rejected")
        row = eventually(lambda: (lambda r: r if r and r["rejected"] else None)(status(self.environment, self.id)), "listed")
        self.assertEqual((row["rejected"]["version"], row["rejected"]["detail"]), (version, "not below two thirds"))
        self.assertEqual(threshold.value, before)
        self.assertEqual([e.detail for e in events if e.kind == cvnworker.EventKind.REJECTED], ["not below two thirds"])
        self.apply(worker, {THRESHOLD: "0.67"})
        self.assertEqual(proposals[-1].version, worker.version)

    def test_validate_that_fails(self):
        """python: a configuration that on_validate cannot judge is rejected"""

        def judge(proposed):
            raise KeyError(proposed.changes[0].name * 20 + "é" * 200)

        worker = self.worker(on_validate=judge)
        save(self.environment, {THRESHOLD: "0.71"})
        eventually(lambda: worker.state == cvnworker.State.REJECTED, "rejected")
        row = eventually(lambda: (lambda r: r if r and r["rejected"] else None)(status(self.environment, self.id)), "listed")
        self.assertTrue(row["rejected"]["detail"].startswith("KeyError"))

    def test_apply_that_fails(self):
        """python: an exception of on_apply is said, and the worker goes on"""
        said = []
        self.addCleanup(setattr, sys, "unraisablehook", sys.unraisablehook)
        sys.unraisablehook = lambda unraisable: said.append(unraisable.exc_type)

        def fail(applied):
            raise LookupError(applied.version)

        worker = self.worker(on_apply=fail)
        self.apply(worker, {THRESHOLD: "0.81"})
        eventually(lambda: said, "the exception")
        self.assertEqual(said[0], LookupError)
        self.apply(worker, {THRESHOLD: "0.82"})


class Loops(Case):
    def test_asyncio(self):
        """python: an asyncio loop listens and reports without a thread"""
        threads = threading.active_count()
        told = []

        async def live():
            worker = self.worker(start=False, on_apply=told.append)
            worker.attach(asyncio.get_running_loop())
            self.refused(cvnworker.Code.STATE, worker.attach, asyncio.get_running_loop())
            loop = asyncio.get_running_loop()
            version = await loop.run_in_executor(None, save, self.environment, {THRESHOLD: "0.91"})
            while worker.version < version:
                await asyncio.sleep(0.01)
            row = None
            while not row or row["applied_version"] < version:
                row = await loop.run_in_executor(None, status, self.environment, self.id)
            worker.close()

        asyncio.run(asyncio.wait_for(live(), 20))
        self.assertEqual([c.new_value for a in told for c in a.changes], ["0.91"])
        self.assertEqual(threading.active_count(), threads)

    def test_thread_and_loop(self):
        """python: a worker has a thread or a loop, not both"""
        worker = self.worker()
        self.refused(cvnworker.Code.STATE, worker.start)
        self.refused(cvnworker.Code.STATE, worker.dispatch)

        async def beside():
            loop = asyncio.get_running_loop()
            self.refused(cvnworker.Code.STATE, worker.attach, loop)
            self.assertFalse(loop.remove_reader(worker.fileno()), "the loop must not know of it")

        asyncio.run(beside())
