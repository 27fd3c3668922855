"""Becomes another program that ends when its starter ends: `python -I -S tether.py STARTER SIGNAL USER PROGRAM ...`.

On Linux the kernel sends SIGNAL to the program when the thread that started it dies, however it dies; elsewhere the
next start finds what was left behind. USER is `-`, or whom root becomes for a program that refuses to run as root
(PostgreSQL). That user keeps root's access to files, so that the data may lie in a folder that only root can enter:
opening such folders to everybody would be worse. Only the standard library is imported: this runs for 15 ms.
"""

import ctypes
import os
import pwd
import sys

# From linux/prctl.h and linux/capability.h.
PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 47, 2
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE = 1


def main(starter: int, signal_number: int, user: str, program: list[str]) -> None:
    """Replaces this process by `program`; returns only if that is impossible, by raising OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    if user != "-":
        _become(libc, user)
    end_with(starter, signal_number, libc)
    os.execv(program[0], program)  # noqa: S606 - becoming that program is what this is for


def end_with(starter: int, signal_number: int, libc: ctypes.CDLL | None = None) -> None:
    """Has the kernel send a signal to this process when `starter`, its parent, dies; does nothing but on Linux."""
    if sys.platform == "linux":
        _check((libc or ctypes.CDLL(None, use_errno=True)).prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0))
        if os.getppid() != starter:  # it died before the line above
            raise SystemExit(1)


def _become(libc: ctypes.CDLL, user: str) -> None:
    entry = pwd.getpwnam(user)
    linux = sys.platform == "linux"
    if linux:
        _check(libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0))
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    if linux:
        header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
        held = 1 << CAP_DAC_OVERRIDE
        _check(libc.capset(header, (ctypes.c_uint32 * 6)(held, held, held, 0, 0, 0)))
        _check(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0))


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
