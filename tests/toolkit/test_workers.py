"""A pool outlives what happens to its processes: crashes, tasks and errors that cannot be pickled, processes that cannot start."""

import os
import sys
import time
from pathlib import Path

import pytest

from toolkit import workers
from toolkit.errors import WorkerError
from toolkit.workers import Crash, WorkerPool


def double(shared, task):
    if task == "crash":
        os._exit(7)
    if task == "stay":
        time.sleep(600)
    return shared * task


class ShyError(Exception):
    """Cannot be made anew from what pickle keeps of it."""

    def __init__(self, *, reason):
        super().__init__(reason)


def refuse(shared, task):
    raise ShyError(reason="shy")


def open_pipes():
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_pool_goes_on_after_crashes_and_keeps_no_pipes_of_the_dead(workers):
    with WorkerPool(workers) as pool:
        before = open_pipes()
        found = list(pool.map(double, 2, [1, "crash", 3, "crash", "crash", 4]))
        assert open_pipes() == before
    crashes = [answer for answer in found if isinstance(answer, Crash)]
    assert [(crash.task, crash.status) for crash in crashes] == [("crash", 7)] * 3
    assert sorted(answer for answer in found if not isinstance(answer, Crash)) == [2, 6, 8]


@pytest.mark.parametrize("workers", [1, 2])
def test_what_pickle_refuses_is_raised_and_the_pool_goes_on(workers):
    with WorkerPool(workers) as pool:
        for function, tasks in ((double, [lambda: 1] * 4), (refuse, [1] * 4)):
            with pytest.raises(Exception, match=r"pickle|argument"):
                list(pool.map(function, 2, tasks))
            assert sorted(pool.map(double, 2, [1, 2, 3])) == [2, 4, 6]


def test_processes_that_cannot_start_are_told_at_once(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with WorkerPool(2) as pool, pytest.raises(WorkerError, match="workers: a process must be able to start, got status 1"):
        list(pool.map(double, 2, range(100)))
    with WorkerPool(1, preload="no.such.module") as pool, pytest.raises(WorkerError):
        list(pool.map(double, 2, range(100)))


def test_a_process_that_is_killed_before_it_is_ready_is_replaced(monkeypatch):
    with WorkerPool(1) as pool:
        pool._running[0].process.kill()
        found = list(pool.map(double, 2, [1, 2, 3]))
        assert len([answer for answer in found if isinstance(answer, Crash)]) == 1
        assert len([answer for answer in found if not isinstance(answer, Crash)]) == 2
    monkeypatch.setattr(workers, "_START", "import os; os.kill(os.getpid(), 9)")
    with WorkerPool(1) as pool, pytest.raises(WorkerError, match=r"got status -9\. A signal ended it, as where memory is short\."):
        list(pool.map(double, 2, range(100)))


def test_a_pool_that_is_left_early_starts_nothing_anew():
    with WorkerPool(2) as pool:
        processes = [worker.process for worker in pool._running]
        answers = pool.map(double, 2, [1, *["stay"] * 5])
        assert next(answers) == 2
    assert not pool._running or [worker.process for worker in pool._running] == processes
    assert all(process.poll() is not None for process in processes)


def test_workers_import_nothing_from_the_folder_that_they_start_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "json.py").write_text("raise SystemExit(3)")
    with WorkerPool(1) as pool:
        assert list(pool.map(double, 2, [1])) == [2]
