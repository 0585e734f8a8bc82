"""The one server that forks the tests' processes. What ``tests.preloaded`` imports, they begin with."""

import multiprocessing

FORKING = multiprocessing.get_context("forkserver")
FORKING.set_forkserver_preload(["tests.preloaded"])
