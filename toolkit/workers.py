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
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from queue import SimpleQueue
from typing import IO, Any, Self, TypeVar, cast

from toolkit.errors import WorkerError, wording

__all__ = ["Crash", "WorkerPool", "serve"]

Shared = TypeVar("Shared")
Task = TypeVar("Task")
Result = TypeVar("Result")

_SETTINGS = {
    "MALLOC_TOP_PAD_": str(16 << 20),
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "OMP_NUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
}
"""A worker's environment, where the user's does not say otherwise. The C library's heap keeps so many free bytes at its end, and takes
all but larger blocks from it: memory of pictures and of tables would go back and come anew, page by page, else. Linear algebra and
OpenCV stay on one thread: the processes share the cores already, and threads that wait for one another's turn take three times as long."""

_START = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from toolkit.workers import serve; serve(sys.argv[2])"


_MAX_BAD_STARTS = 3
"""How many processes, one after another, may be killed before they are ready; others take their places."""

_PATIENCE_S = 5
"""How long a process that has closed its pipe may take to end, before it is killed."""


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
        workers: Number of processes. They start at once, so that they are ready when the first task is.
        preload: A module that their tasks will need; empty for none.
    """

    def __init__(self, workers: int, preload: str = "") -> None:
        self._workers, self._preload = workers, preload
        self._threads = ThreadPoolExecutor(max(1, workers))
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        self._running: list[_Worker] = []
        self._closing, self._bad_starts = False, 0
        for _ in range(workers):
            self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in list(self._running):
            worker.process.kill()
        self._threads.shutdown()
        for worker in self._running:
            worker.end()

    def map(self, function: Callable[[Shared, Task], Result], shared: Shared, tasks: Iterable[Task]) -> Iterator[Result | Crash]:
        """Yield ``function(shared, task)`` of each task as it gets done, in any order; tasks are drawn as workers become free.

        A process that dies is replaced, and its task yields a `Crash`.

        Args:
            function: Of a module, so that it can be named to the workers.
            shared: Picklable; sent to each process once.
            tasks: Picklable.

        Raises:
            WorkerError: If no process can be started.
            Exception: What the function raised, as it raised it, or what pickle has against a task.
        """
        if not self._workers:
            yield from (function(shared, task) for task in tasks)
            return
        waiting: set[Future[Result | Crash]] = set()
        todo = iter(tasks)
        while True:
            while len(waiting) < 2 * self._workers and (task := next(todo, None)) is not None:
                waiting.add(self._threads.submit(self._call, function, shared, task))
            if not waiting:
                return
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()

    def _call(self, function: Callable[[Shared, Task], Result], shared: Shared, task: Task) -> Result | Crash:
        """Send one task to a process that is free and wait for its answer."""
        worker = self._idle.get()
        try:
            result, error = worker.ask(function, shared, task)
        except (OSError, EOFError, pickle.UnpicklingError):
            status = self._replace(worker)
            self._bad_starts += not worker.ready
            if not self._closing and not worker.ready and (status >= 0 or self._bad_starts > _MAX_BAD_STARTS):
                fix = "What it wrote above says why." if status >= 0 else "A signal ended it, as where memory is short."
                raise WorkerError(wording("workers", "a process", "able to start", f"status {status}", fix=fix)) from None
            return Crash(task, status)
        except BaseException:  # half a message may be under way
            worker.process.kill()
            self._replace(worker)
            raise
        self._bad_starts = 0
        self._idle.put(worker)
        if error is not None:
            raise error
        return result  # type: ignore[no-any-return]

    def _replace(self, worker: _Worker) -> int:
        """Put another process in the place of one that ended, and return its status."""
        self._running.remove(worker)
        status = worker.end()
        if not self._closing:
            self._start()
        return status

    def _start(self) -> None:
        worker = _Worker(self._preload)
        self._running.append(worker)
        self._idle.put(worker)


class _Worker:
    """A process and the two pipes to it; what goes through them is pickled by us, for us."""

    def __init__(self, preload: str) -> None:
        command = [sys.executable, "-P", "-c", _START, json.dumps(sys.path), preload]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**_SETTINGS, **os.environ})
        self.ready = False
        self._has: Any = None

    def ask(self, function: Callable[..., Any], shared: Any, task: Any) -> Any:
        """Send a task, with what it shares with others unless the process has that already, and return the answer."""
        tasks, answers = cast("IO[bytes]", self.process.stdin), cast("IO[bytes]", self.process.stdout)
        self.ready = self.ready or pickle.load(answers)  # noqa: S301
        news = None if self._has is shared else (shared,)
        pickle.dump((news, function, task), tasks, pickle.HIGHEST_PROTOCOL)
        tasks.flush()
        self._has = shared
        return pickle.load(answers)  # noqa: S301

    def end(self) -> int:
        """Close the pipes, see to it that the process ends, and return its status."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(_PATIENCE_S)
        self.process.kill()
        self.process.communicate()
        return self.process.returncode


def serve(preload: str) -> None:
    """Be a worker: import a module, then read tasks from standard input and answer on standard output until the input ends."""
    tasks, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print must not get between the answers
    shared = None
    try:
        if preload:
            import_module(preload)
        _answer(True, answers)
        while True:
            news, function, task = pickle.load(tasks)  # noqa: S301
            (shared,) = news or (shared,)
            answer: tuple[Any, Exception | None]
            try:
                answer = function(shared, task), None
            except Exception as error:  # noqa: BLE001 (whatever a wing's code raises is the parent's to see)
                answer = None, error
            _answer(answer, answers)
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        os._exit(0)  # the parent is gone or going: there is nobody to tell


def _answer(answer: Any, answers: IO[bytes]) -> None:
    pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
    answers.flush()
