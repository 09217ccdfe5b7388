"""The configuration of a trading worker, applied at safe boundaries only: libcvnworker for Python.

A worker opens its environment, resolves the parameters that it reads, and says where it is: in a decision cycle, in a
section that must not be disturbed, with a position open. A new value comes into force at the next safe boundary, and
nowhere else; cvnworker(3) has the rules.

    import cvnworker

    with cvnworker.Worker(database="...", environment="paper", worker_id="paper-1") as worker:
        threshold = worker.param("CVN_ENTRY_THRESHOLD", cvnworker.DECIMAL)
        worker.start()
        while True:
            with worker.cycle():
                decide(threshold.value)
            worker.heartbeat()

Values are bool, int, decimal.Decimal, str, datetime.timedelta and list, all exact. What the library refuses is an Error.

The library is the shared object that the environment variable CVNWORKER_LIBRARY names, otherwise libcvnworker.so.0
where the dynamic linker finds it. Only the standard library of Python 3.9 or later is needed.
"""

from __future__ import annotations

import asyncio
import ctypes
import datetime
import decimal
import enum
import json
import os
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Callable, Dict, Generic, List, Mapping, Optional, Tuple, Type, TypeVar

__all__ = [
    "BOOL", "DECIMAL", "DURATION", "ENUM", "INT", "LIST", "STRING",
    "Applied", "Change", "Code", "Error", "Event", "EventKind", "Kind", "Param", "Proposed", "Reject", "Section",
    "State", "Worker",
]  # fmt: skip

T = TypeVar("T")


class Code(enum.IntEnum):
    """Why a call was refused: CVN_E_*."""

    ARGUMENT = 1
    NO_MEMORY = 2
    LINK = 3
    REFUSED = 4
    INVALID = 5
    UNKNOWN = 6
    TYPE = 7
    STATE = 8
    UNAVAILABLE = 9
    SYSTEM = 10
    FORKED = 11


class State(enum.IntEnum):
    """When several hold, the first of: cached, offline, rejected, restart required, pending, current."""

    CURRENT = 0
    PENDING = 1
    RESTART_REQUIRED = 2
    REJECTED = 3
    OFFLINE = 4
    CACHED = 5


class Section(enum.IntEnum):
    """What must not be disturbed, besides a decision cycle."""

    INFERENCE = 0
    ORDER = 1
    RECONCILE = 2


class EventKind(enum.IntEnum):
    """What a log would want to know."""

    LINK_LOST = 0
    LINK_BACK = 1
    RECEIVED = 2
    REJECTED = 3
    VERSION_FELL = 4
    NO_MEMORY = 5
    CACHED = 6
    CACHE_FAILED = 7
    APPLIED = 8


class Error(Exception):
    """What the library refused: a code, a sentence, and the parameter or option that it is about, if any."""

    def __init__(self, code: Code, detail: str, parameter: Optional[str] = None) -> None:
        super().__init__(code, detail, parameter)
        self.code = code
        self.detail = detail
        self.parameter = parameter

    def __str__(self) -> str:
        return f"{self.detail} ({self.code.name.lower()})"


class Reject(Exception):
    """Raised in on_validate: the configuration is rejected, and operators read why."""


@dataclass(frozen=True)
class Change:
    """One parameter; None: it had, or has, no value."""

    name: str
    old_value: Optional[str]
    new_value: Optional[str]


@dataclass(frozen=True)
class Applied:
    """What came into force."""

    environment: str
    version: int
    config_hash: str
    changes: Tuple[Change, ...]


@dataclass(frozen=True)
class Proposed:
    """What has arrived and passed the checks; the changes are against the last configuration accepted."""

    environment: str
    version: int
    changes: Tuple[Change, ...]


@dataclass(frozen=True)
class Event:
    """What has happened; `name` is what to call it in a log, "config_version_applied", "listen_reconnect" and so on."""

    kind: EventKind
    name: str
    version: int
    detail: str


# ---- the library, as cvnworker.h declares it ----

_TEXT = ctypes.c_char_p
_HANDLE = ctypes.c_void_p


class _Error(ctypes.Structure):
    _fields_ = [("code", ctypes.c_int), ("detail", ctypes.c_char * 256)]


class _Param(ctypes.Structure):
    _fields_ = [("slot", ctypes.c_uint32)]


class _Change(ctypes.Structure):
    _fields_ = [("name", _TEXT), ("old_value", _TEXT), ("new_value", _TEXT)]


class _Applied(ctypes.Structure):
    _fields_ = [
        ("environment", _TEXT),
        ("version", ctypes.c_int64),
        ("config_hash", _TEXT),
        ("changes", ctypes.POINTER(_Change)),
        ("n_changes", ctypes.c_size_t),
    ]


class _Proposed(ctypes.Structure):
    _fields_ = [
        ("environment", _TEXT),
        ("version", ctypes.c_int64),
        ("changes", ctypes.POINTER(_Change)),
        ("n_changes", ctypes.c_size_t),
    ]


class _Event(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_int), ("version", ctypes.c_int64), ("detail", _TEXT)]


class _Tag(ctypes.Structure):
    _fields_ = [("config_version_id", ctypes.c_int64), ("config_hash", ctypes.c_char * 65)]


_STRUCTURES: Mapping[str, Type[ctypes.Structure]] = {
    "cvn_error": _Error,
    "cvn_param": _Param,
    "cvn_change": _Change,
    "cvn_applied": _Applied,
    "cvn_proposed": _Proposed,
    "cvn_event": _Event,
    "cvn_tag": _Tag,
}

_ON_APPLY = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(_Applied))
_ON_VALIDATE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(_Proposed), ctypes.POINTER(_Error))
_ON_EVENT = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(_Event))
_ERROR = ctypes.POINTER(_Error)

# Name: what it returns, what it takes.
_FUNCTIONS: Mapping[str, Tuple[Any, List[Any]]] = {
    "cvn_options_new": (_HANDLE, []),
    "cvn_options_set": (ctypes.c_int, [_HANDLE, _TEXT, _TEXT, _ERROR]),
    "cvn_options_free": (None, [_HANDLE]),
    "cvn_worker_open": (ctypes.c_int, [_HANDLE, ctypes.POINTER(_HANDLE), _ERROR]),
    "cvn_worker_close": (None, [_HANDLE]),
    "cvn_worker_start": (ctypes.c_int, [_HANDLE, _ERROR]),
    "cvn_worker_fd": (ctypes.c_int, [_HANDLE]),
    "cvn_worker_timeout_ms": (ctypes.c_int, [_HANDLE]),
    "cvn_worker_dispatch": (ctypes.c_int, [_HANDLE, _ERROR]),
    "cvn_worker_state": (ctypes.c_int, [_HANDLE]),
    "cvn_worker_version": (ctypes.c_int64, [_HANDLE]),
    "cvn_worker_config_hash": (_TEXT, [_HANDLE]),
    "cvn_worker_forbidden_applies": (ctypes.c_uint64, [_HANDLE]),
    "cvn_worker_tag": (None, [_HANDLE, ctypes.POINTER(_Tag)]),
    "cvn_tag_labels": (ctypes.c_int, [ctypes.POINTER(_Tag), _TEXT, ctypes.c_size_t]),
    "cvn_event_name": (_TEXT, [ctypes.c_int]),
    "cvn_worker_param": (ctypes.c_int, [_HANDLE, _TEXT, ctypes.c_int, ctypes.POINTER(_Param), _ERROR]),
    "cvn_get_bool": (ctypes.c_bool, [_HANDLE, _Param]),
    "cvn_get_int": (ctypes.c_int64, [_HANDLE, _Param]),
    "cvn_get_decimal": (ctypes.c_double, [_HANDLE, _Param]),
    "cvn_get_duration_ms": (ctypes.c_int64, [_HANDLE, _Param]),
    "cvn_get_string": (_TEXT, [_HANDLE, _Param]),
    "cvn_cycle_begin": (None, [_HANDLE]),
    "cvn_cycle_end": (None, [_HANDLE]),
    "cvn_position_open": (None, [_HANDLE]),
    "cvn_position_close": (None, [_HANDLE]),
    "cvn_section_enter": (None, [_HANDLE, ctypes.c_int]),
    "cvn_section_leave": (None, [_HANDLE, ctypes.c_int]),
    "cvn_heartbeat": (None, [_HANDLE]),
    "cvn_worker_on_apply": (None, [_HANDLE, _ON_APPLY, ctypes.c_void_p]),
    "cvn_worker_on_validate": (None, [_HANDLE, _ON_VALIDATE, ctypes.c_void_p]),
    "cvn_worker_on_event": (None, [_HANDLE, _ON_EVENT, ctypes.c_void_p]),
}


def _load(path: Optional[str]) -> ctypes.CDLL:
    library = ctypes.CDLL(path or os.environ.get("CVNWORKER_LIBRARY") or "libcvnworker.so.0")
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments
    return library


def _check(code: int, error: _Error, parameter: Optional[str] = None) -> None:
    if code != 0:
        raise Error(Code(code), _decode(error.detail), parameter)


def _decode(text: bytes) -> str:
    return text.decode("utf-8", "replace")


def _encode(text: str, what: str) -> bytes:
    """A NUL would end the text early for the library: what it then did would not be what was asked."""
    if "\0" in text:
        raise Error(Code.ARGUMENT, f"{what}: a text has no NUL", what)
    return text.encode("utf-8")


def _changes(changes: Any, n: int) -> Tuple[Change, ...]:
    def text(value: Optional[bytes]) -> Optional[str]:
        return None if value is None else _decode(value)

    return tuple(
        Change(_decode(changes[i].name), text(changes[i].old_value), text(changes[i].new_value)) for i in range(n)
    )


# ---- parameters ----


@dataclass(frozen=True)
class Kind(Generic[T]):
    """A type of parameter, and how its value is read. Use the constants BOOL, INT, ... LIST."""

    code: int
    function: str
    convert: Callable[[Any], T]


def _milliseconds(value: int) -> datetime.timedelta:
    return datetime.timedelta(milliseconds=value)


def _exact(text: bytes) -> decimal.Decimal:
    return decimal.Decimal(_decode(text))


def _strings(text: bytes) -> List[str]:
    strings: List[str] = json.loads(text)
    return strings


BOOL: Kind[bool] = Kind(0, "cvn_get_bool", bool)
INT: Kind[int] = Kind(1, "cvn_get_int", int)
DECIMAL: Kind[decimal.Decimal] = Kind(2, "cvn_get_string", _exact)
STRING: Kind[str] = Kind(3, "cvn_get_string", _decode)
ENUM: Kind[str] = Kind(4, "cvn_get_string", _decode)
DURATION: Kind[datetime.timedelta] = Kind(5, "cvn_get_duration_ms", _milliseconds)
LIST: Kind[List[str]] = Kind(6, "cvn_get_string", _strings)


class Param(Generic[T]):
    """A resolved parameter of one worker, from Worker.param()."""

    __slots__ = ("name", "_worker", "_slot", "_read", "_convert")

    def __init__(self, worker: Worker, name: str, slot: _Param, kind: Kind[T]) -> None:
        self.name = name
        self._worker = worker
        self._slot = slot
        self._read = getattr(worker._library, kind.function)
        self._convert = kind.convert

    @property
    def value(self) -> T:
        """What is in force. Within a cycle or a section, all reads on all threads see one configuration."""
        return self._convert(self._read(self._worker._open_handle(), self._slot))

    @property
    def text(self) -> str:
        """The value in its canonical text."""
        return _decode(self._worker._library.cvn_get_string(self._worker._open_handle(), self._slot))

    def __repr__(self) -> str:
        return f"<cvnworker.Param {self.name}>"


class _Inside:
    """Between two calls of the library, also when the block between them raises."""

    __slots__ = ("_enter", "_leave")

    def __init__(self, enter: Callable[[], None], leave: Callable[[], None]) -> None:
        self._enter = enter
        self._leave = leave

    def __enter__(self) -> None:
        self._enter()

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self._leave()


# ---- a worker ----


class Worker:
    """A worker of one environment; values can be read once it is there. Use it in a `with`, or close() it.

    The options are those of cvn_options_set(): database, or url, watch_url and token; environment, worker_id, build,
    heartbeat_ms, cache_dir, cache_max_age_s. Connecting blocks for some seconds at most; without a configuration there
    is no worker.

    on_apply is called after new values came into force, on the thread that let them. on_validate is called on the
    listening thread before a configuration is accepted, and rejects it by raising: Reject with a reason, or anything
    else, for what cannot be judged is not accepted. on_event is for a log. An exception of on_apply or on_event goes to
    sys.unraisablehook. None of them may close the worker or dispatch.

    Any thread may use a worker, but close() must be the last call: no other thread may be inside one. After a fork the
    child opens a worker of its own.
    """

    def __init__(
        self,
        *,
        on_apply: Optional[Callable[[Applied], None]] = None,
        on_validate: Optional[Callable[[Proposed], None]] = None,
        on_event: Optional[Callable[[Event], None]] = None,
        library: Optional[str] = None,
        **options: object,
    ) -> None:
        self._library = _load(library)
        self._loop: Optional[asyncio.AbstractEventLoop] = None
        self._timer: Optional[asyncio.TimerHandle] = None
        self._callbacks: List[object] = []  # they must live as long as the library may call them
        self._handle: Optional[int] = self._open(options)
        self._set_callbacks(on_apply, on_validate, on_event)

    def _open(self, options: Mapping[str, object]) -> int:
        error, handle = _Error(), _HANDLE()
        made = self._library.cvn_options_new()
        if not made:
            raise Error(Code.NO_MEMORY, "no memory for the options")
        try:
            for name, value in options.items():
                text = _encode(str(value), name)
                _check(self._library.cvn_options_set(made, name.encode(), text, error), error, name)
            _check(self._library.cvn_worker_open(made, handle, error), error)
        finally:
            self._library.cvn_options_free(made)
        assert handle.value is not None
        return handle.value

    def _set_callbacks(
        self,
        on_apply: Optional[Callable[[Applied], None]],
        on_validate: Optional[Callable[[Proposed], None]],
        on_event: Optional[Callable[[Event], None]],
    ) -> None:
        if on_apply:
            self._callback("cvn_worker_on_apply", _ON_APPLY(_apply_caller(on_apply)))
        if on_validate:
            self._callback("cvn_worker_on_validate", _ON_VALIDATE(_validate_caller(on_validate)))
        if on_event:
            self._callback("cvn_worker_on_event", _ON_EVENT(_event_caller(on_event, self._library.cvn_event_name)))

    def _callback(self, function: str, call: object) -> None:
        self._callbacks.append(call)
        getattr(self._library, function)(self._open_handle(), call, None)

    def _open_handle(self) -> int:
        if self._handle is None:
            raise Error(Code.STATE, "the worker is closed")
        return self._handle

    def close(self) -> None:
        """Tells the platform (waits a second for that at most) and ends. A second close does nothing."""
        if self._handle is None:
            return
        self.detach()
        handle, self._handle = self._handle, None
        self._library.cvn_worker_close(handle)

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    # ---- a thread of the library's, or the caller's loop ----

    def start(self) -> None:
        """Starts a background thread that listens and reports. Once, and not beside a loop."""
        error = _Error()
        _check(self._library.cvn_worker_start(self._open_handle(), error), error)

    def fileno(self) -> int:
        """Instead of the thread: wait until this is readable or timeout() is over, then dispatch(). Do not close it."""
        return int(self._library.cvn_worker_fd(self._open_handle()))

    def timeout(self) -> Optional[float]:
        """In seconds; None: no limit."""
        milliseconds = self._library.cvn_worker_timeout_ms(self._open_handle())
        return None if milliseconds < 0 else milliseconds / 1000

    def dispatch(self) -> None:
        """Does all that can be done now. Never blocks."""
        error = _Error()
        _check(self._library.cvn_worker_dispatch(self._open_handle(), error), error)

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Lets an asyncio loop listen and report, until detach() or close(). Callbacks run in the loop's thread."""
        if self._loop is not None:
            raise Error(Code.STATE, "the worker is attached to a loop already")
        self.dispatch()  # what is refused is refused before the loop knows of it
        loop.add_reader(self.fileno(), self._turn)
        self._loop = loop
        self._turn()

    def detach(self) -> None:
        if self._loop is None:
            return
        loop, self._loop = self._loop, None
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if not loop.is_closed():
            loop.remove_reader(self.fileno())

    def _turn(self) -> None:
        self.dispatch()
        if self._timer:
            self._timer.cancel()
            self._timer = None
        timeout = self.timeout()
        if self._loop is not None and timeout is not None:
            self._timer = self._loop.call_later(timeout, self._turn)

    # ---- what it runs with ----

    @property
    def state(self) -> State:
        return State(self._library.cvn_worker_state(self._open_handle()))

    @property
    def version(self) -> int:
        """To tag metrics with: every version up to it is applied, or waits for the restart."""
        return int(self._library.cvn_worker_version(self._open_handle()))

    @property
    def config_hash(self) -> str:
        """SHA-256 of the values in force, 64 hex digits."""
        return _decode(self._library.cvn_worker_config_hash(self._open_handle()))

    @property
    def forbidden_applies(self) -> int:
        """How often something came into force inside a cycle or a section. Must be 0."""
        return int(self._library.cvn_worker_forbidden_applies(self._open_handle()))

    @property
    def tags(self) -> Dict[str, str]:
        """Labels for the metrics, orders and log lines of this moment."""
        tag = _Tag()
        self._library.cvn_worker_tag(self._open_handle(), tag)
        return {"config_version_id": str(tag.config_version_id), "config_hash": _decode(tag.config_hash)}

    def param(self, name: str, kind: Kind[T]) -> Param[T]:
        """Resolves a name once. An unknown name or another type is an Error, never a default."""
        error, slot = _Error(), _Param()
        text = _encode(name, name)
        _check(self._library.cvn_worker_param(self._open_handle(), text, kind.code, slot, error), error, name)
        return Param(self, name, slot, kind)

    # ---- where it is ----

    def cycle(self) -> _Inside:
        """with worker.cycle(): one decision, in which nothing changes."""
        return _Inside(self.cycle_begin, self.cycle_end)

    def position(self) -> _Inside:
        """with worker.position(): while it is open, new risk limits wait."""
        return _Inside(self.position_open, self.position_close)

    def section(self, section: Section) -> _Inside:
        """with worker.section(Section.ORDER): what must not be disturbed."""
        return _Inside(lambda: self.section_enter(section), lambda: self.section_leave(section))

    def cycle_begin(self) -> None:
        self._library.cvn_cycle_begin(self._open_handle())

    def cycle_end(self) -> None:
        self._library.cvn_cycle_end(self._open_handle())

    def position_open(self) -> None:
        """For a position that outlives a block; positions are counted."""
        self._library.cvn_position_open(self._open_handle())

    def position_close(self) -> None:
        self._library.cvn_position_close(self._open_handle())

    def section_enter(self, section: Section) -> None:
        self._library.cvn_section_enter(self._open_handle(), Section(section))

    def section_leave(self, section: Section) -> None:
        self._library.cvn_section_leave(self._open_handle(), Section(section))

    def heartbeat(self) -> None:
        """The worker is at rest for a moment: with no position open, risk limits that wait come into force."""
        self._library.cvn_heartbeat(self._open_handle())


# ---- callbacks ----


def _apply_caller(call: Callable[[Applied], None]) -> Callable[[Any, Any], None]:
    def on_apply(_: Any, applied: Any) -> None:
        a = applied.contents
        changes = _changes(a.changes, a.n_changes)
        call(Applied(_decode(a.environment), a.version, _decode(a.config_hash), changes))

    return on_apply


def _validate_caller(call: Callable[[Proposed], None]) -> Callable[[Any, Any, Any], int]:
    def on_validate(_: Any, proposed: Any, error: Any) -> int:
        try:
            p = proposed.contents
            call(Proposed(_decode(p.environment), p.version, _changes(p.changes, p.n_changes)))
        except BaseException as why:  # nothing that cannot be judged is accepted
            error.contents.detail = _fit(str(why) if isinstance(why, Reject) else f"{type(why).__name__}: {why}")
            return 1
        return 0

    return on_validate


def _event_caller(call: Callable[[Event], None], name: Callable[[int], bytes]) -> Callable[[Any, Any], None]:
    def on_event(_: Any, event: Any) -> None:
        e = event.contents
        call(Event(EventKind(e.kind), _decode(name(e.kind)), e.version, _decode(e.detail)))

    return on_event


def _fit(text: str) -> bytes:
    """As much of it as a cvn_error holds, cut between two characters."""
    return text.replace("\0", " ").encode("utf-8")[:255].decode("utf-8", "ignore").encode("utf-8")
