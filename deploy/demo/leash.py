"""`python -m deploy.demo.leash PARENT MODULE ARGUMENT…`: run a module that is asked to end when its parent dies.

By PR_SET_PDEATHSIG, which Linux alone has; elsewhere a demo that is killed leaves its children behind. The
signal is SIGTERM, so that each ends in order. To the kernel the parent is the thread that made the child.
"""

from __future__ import annotations

import ctypes
import os
import runpy
import signal
import sys

PR_SET_PDEATHSIG = 1
"""linux/prctl.h"""


def main() -> None:
    """Put on the leash, become the module."""
    parent, module, *arguments = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
        if os.getppid() != int(parent):
            sys.exit("the parent is gone")
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
