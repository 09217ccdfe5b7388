"""A trading loop in Python in an asyncio loop of its own: no thread listens. It trades nothing, and logs a JSON object
a line.

    PYTHONPATH=$(pkg-config --variable=pythondir cvnworker) \\
    CVN_URL=... CVN_WATCH_URL=... CVN_TOKEN=... CVN_ENVIRONMENT=paper CVN_WORKER_ID=loop-1 python3 asyncio_trader.py

The long-poll feed; with CVN_DATABASE instead of the first three, the direct one. It ends cleanly on SIGTERM or SIGINT.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from typing import Dict

import cvnworker

OPTIONS = {
    "CVN_DATABASE": "database",
    "CVN_URL": "url",
    "CVN_WATCH_URL": "watch_url",
    "CVN_TOKEN": "token",
    "CVN_ENVIRONMENT": "environment",
    "CVN_WORKER_ID": "worker_id",
}


def options() -> Dict[str, str]:
    return {option: os.environ[variable] for variable, option in OPTIONS.items() if variable in os.environ}


def log(event: str, **members: object) -> None:
    print(json.dumps({"event": event, **members}, default=str), flush=True)


def on_apply(applied: cvnworker.Applied) -> None:
    for change in applied.changes:
        log("config_change_applied", version=applied.version, name=change.name, value=change.new_value)


async def trade(worker: cvnworker.Worker) -> None:
    """Within a cycle it may await: nothing comes into force before the cycle ends."""
    cooldown = worker.param("CVN_COOLDOWN", cvnworker.DURATION)
    trend = worker.param("CVN_FILTER_TREND", cvnworker.BOOL)
    while True:
        with worker.cycle():
            before = (cooldown.value, trend.value)
            await asyncio.sleep(0.05)
            if (cooldown.value, trend.value) != before:
                raise RuntimeError("a cycle saw two configurations")
        worker.heartbeat()
        await asyncio.sleep(0.05)


async def main() -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    with cvnworker.Worker(build="asyncio_trader.py", on_apply=on_apply, **options()) as worker:
        worker.attach(loop)
        log("started", **worker.tags)
        trading = asyncio.create_task(trade(worker))
        ending = asyncio.create_task(stop.wait())
        await asyncio.wait((trading, ending), return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        if trading.done():
            trading.result()  # raises what it has raised
        trading.cancel()
        await asyncio.gather(trading, return_exceptions=True)
    log("stopped")


if __name__ == "__main__":
    asyncio.run(main())
