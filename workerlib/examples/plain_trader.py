"""A trading loop in Python on a thread of the library's. It trades nothing, and logs a JSON object a line.

    PYTHONPATH=$(pkg-config --variable=pythondir cvnworker) \\
    CVN_DATABASE=... CVN_ENVIRONMENT=paper CVN_WORKER_ID=plain-1 python3 plain_trader.py

It ends cleanly on SIGTERM or SIGINT.
"""

from __future__ import annotations

import json
import os
import signal
import threading
from types import FrameType
from typing import Optional

import cvnworker


def log(event: str, **members: object) -> None:
    print(json.dumps({"event": event, **members}, default=str), flush=True)


def on_apply(applied: cvnworker.Applied) -> None:
    for change in applied.changes:
        log("config_change_applied", version=applied.version, name=change.name, value=change.new_value)


def on_validate(proposed: cvnworker.Proposed) -> None:
    """What only this worker can know: it has no orders for so many symbols."""
    for change in proposed.changes:
        if change.name == "CVN_SYMBOLS" and len(json.loads(change.new_value or "[]")) > 50:
            raise cvnworker.Reject("this worker trades at most 50 symbols")


def on_event(event: cvnworker.Event) -> None:
    log(event.name, version=event.version, detail=event.detail)


def trade(worker: cvnworker.Worker, stop: threading.Event) -> None:
    threshold = worker.param("CVN_ENTRY_THRESHOLD", cvnworker.DECIMAL)
    symbols = worker.param("CVN_SYMBOLS", cvnworker.LIST)
    score = 0.0
    while not stop.is_set():
        with worker.cycle():
            with worker.section(cvnworker.Section.INFERENCE):
                score = (score + 0.37) % 1
            if score > threshold.value:
                with worker.section(cvnworker.Section.ORDER), worker.position():
                    log("order", symbol=symbols.value[0], score=score, **worker.tags)
        worker.heartbeat()
        stop.wait(0.2)


def main() -> None:
    stop = threading.Event()

    def end(number: int, frame: Optional[FrameType]) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    with cvnworker.Worker(
        database=os.environ["CVN_DATABASE"],
        environment=os.environ["CVN_ENVIRONMENT"],
        worker_id=os.environ["CVN_WORKER_ID"],
        build="plain_trader.py",
        on_apply=on_apply,
        on_validate=on_validate,
        on_event=on_event,
    ) as worker:
        worker.start()
        log("started", **worker.tags)
        trade(worker, stop)
    log("stopped")


if __name__ == "__main__":
    main()
