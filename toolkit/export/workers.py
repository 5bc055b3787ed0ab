"""Processes that run a function on one task after another, and survive being used from scripts, notebooks and threads.

Each worker is a fresh interpreter fed through a pipe: nothing is forked, the caller's script is not imported again, and a worker
whose parent dies reads the end of its pipe and leaves. A worker that crashes is replaced, and its task is named.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import IO, Any, Self, TypeVar, cast

__all__ = ["Crash", "WorkerPool", "serve"]

Task = TypeVar("Task")
Result = TypeVar("Result")

_START = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from toolkit.export.workers import serve; serve()"


@dataclass(frozen=True, eq=False)
class Crash:
    """What stands in for a result when a worker process ended in the middle of a task: out of memory, or a decoder's fault.

    Args:
        task: The task.
        status: The process's exit status, negative for a signal.
    """

    task: Any
    status: int


class WorkerPool:
    """A pool of `workers` processes; with 0 the work is done right here.

    Args:
        shared: Picklable; sent once to each process and given to every call as first argument.
        workers: Number of processes, started when first needed.
    """

    def __init__(self, shared: Any, workers: int) -> None:
        self._shared, self._workers = shared, workers
        self._threads = ThreadPoolExecutor(max(1, workers))
        self._local = threading.local()
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running:
            process.kill()
        self._threads.shutdown(cancel_futures=True)
        for process in self._running:
            process.communicate()

    def map(self, function: Callable[[Any, Task], Result], tasks: Iterable[Task]) -> Iterator[Result | Crash]:
        """Yield ``function(shared, task)`` of each task as it gets done, in any order; tasks are drawn as workers become free.

        A process that dies is replaced, and its task yields a `Crash`.

        Raises:
            Exception: What the function raised, as it raised it.
        """
        if not self._workers:
            yield from (function(self._shared, task) for task in tasks)
            return
        waiting: set[Future[Result | Crash]] = set()
        todo = iter(tasks)
        while True:
            while len(waiting) < 2 * self._workers and (task := next(todo, None)) is not None:
                waiting.add(self._threads.submit(self._call, function, task))
            if not waiting:
                return
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()

    def _call(self, function: Callable[[Any, Task], Result], task: Task) -> Result | Crash:
        """Send one task to this thread's process and wait for its answer."""
        worker = self._worker()
        try:
            worker.send((function, task))
            result, error = worker.receive()
        except (OSError, EOFError, pickle.UnpicklingError):
            self._local.worker = None
            return Crash(task, worker.process.wait())
        if error is not None:
            raise error
        return result  # type: ignore[no-any-return]

    def _worker(self) -> _Worker:
        worker: _Worker | None = getattr(self._local, "worker", None)
        if worker is None:
            worker = self._local.worker = _Worker()
            self._running.append(worker.process)
            worker.send(self._shared)
        return worker


class _Worker:
    """A process and the two pipes to it; what goes through them is pickled by us, for us."""

    def __init__(self) -> None:
        command = [sys.executable, "-c", _START, json.dumps(sys.path)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def send(self, message: Any) -> None:
        pipe = cast("IO[bytes]", self.process.stdin)
        pickle.dump(message, pipe, pickle.HIGHEST_PROTOCOL)
        pipe.flush()

    def receive(self) -> Any:
        return pickle.load(cast("IO[bytes]", self.process.stdout))  # noqa: S301


def serve() -> None:
    """Be a worker: read tasks from standard input and answer on standard output until the input ends."""
    tasks, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print must not get between the answers
    try:
        shared = pickle.load(tasks)  # noqa: S301
        while True:
            function, task = pickle.load(tasks)  # noqa: S301
            answer: tuple[Any, Exception | None]
            try:
                answer = function(shared, task), None
            except Exception as error:  # noqa: BLE001 (whatever a wing's code raises is the parent's to see)
                answer = None, error
            pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        os._exit(0)  # the parent is gone or going: there is nobody to tell
