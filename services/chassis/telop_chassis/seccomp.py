"""A system call filter for processes that open untrusted media (Linux on x86-64 and arm64; elsewhere it does nothing).

A filtered process opens no sockets, starts no programs, reaches no other process, not even by a signal, and stays in
its process group, by which it can be killed: the calls fail with EPERM, so that a library that tries reports an
ordinary error. The filter is inherited and cannot be taken off. It is one more wall behind the white lists of protocols
and formats, not the only one.
"""

import ctypes
import errno
import os
import struct
import sys
from typing import Final, NamedTuple

# <linux/prctl.h>, <linux/seccomp.h>, <linux/filter.h>
_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_SET_SECCOMP: Final = 22
_SECCOMP_MODE_FILTER: Final = 2
_LOAD: Final = 0x20
_JUMP_IF_EQUAL: Final = 0x15
_JUMP_IF_AT_LEAST: Final = 0x35
_RETURN: Final = 0x06
_ALLOW: Final = 0x7FFF0000
_FAIL: Final = 0x00050000 | errno.EPERM
_OFFSET_NUMBER: Final = 0
_OFFSET_ARCHITECTURE: Final = 4
_OFFSET_FIRST_ARGUMENT: Final = 16
"""Its lower half, on machines that keep that first, as both of these do."""
_X32_NUMBERS: Final = 0x40000000


class _Architecture(NamedTuple):
    audit_id: int
    refused: tuple[int, ...]
    signal_own: int
    """`tgkill`, by which a process aborts: refused but for its own threads."""


# socket, socketpair, connect, bind, execve, execveat, ptrace, process_vm_readv, process_vm_writev, io_uring_setup, bpf,
# kill, tkill, pidfd_send_signal, pidfd_open, pidfd_getfd, setpgid, setsid
_ARCHITECTURES: Final = {
    "x86_64": _Architecture(
        0xC000003E, (41, 53, 42, 49, 59, 322, 101, 310, 311, 425, 321, 62, 200, 424, 434, 438, 109, 112), 234
    ),
    "aarch64": _Architecture(
        0xC00000B7, (198, 199, 203, 200, 221, 281, 117, 270, 271, 425, 280, 129, 130, 424, 434, 438, 154, 157), 131
    ),
}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def forbid_network_and_programs() -> bool:
    """Filters this process and its children from now on; False where the system has no such filter."""
    architecture = _ARCHITECTURES.get(os.uname().machine) if sys.platform == "linux" else None
    if architecture is None:
        return False
    code = _compile(architecture)
    program = _Program(len(code) // 8, code)
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    done: bool = prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0
    return done


def _compile(architecture: _Architecture) -> bytes:
    refused = architecture.refused
    to_failure = len(refused) + 4
    steps = [
        (_LOAD, 0, 0, _OFFSET_ARCHITECTURE),
        (_JUMP_IF_EQUAL, 0, to_failure + 2, architecture.audit_id),
        (_LOAD, 0, 0, _OFFSET_NUMBER),
        (_JUMP_IF_AT_LEAST, to_failure, 0, _X32_NUMBERS),
    ]
    steps += [(_JUMP_IF_EQUAL, to_failure - 1 - index, 0, number) for index, number in enumerate(refused)]
    steps += [
        (_JUMP_IF_EQUAL, 0, 2, architecture.signal_own),
        (_LOAD, 0, 0, _OFFSET_FIRST_ARGUMENT),
        (_JUMP_IF_EQUAL, 0, 1, os.getpid()),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _FAIL),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
