"""Confines a process to the files it was given (Linux 5.13 and newer; elsewhere it does nothing).

A confined process reads below the given paths, its interpreter and the system's libraries, writes below the given
folders, and nothing else: any other file is EACCES, whoever the process runs as. A demultiplexer that is talked into
opening another file, or a decoder that is broken into, finds neither the service's secrets nor another tenant's media.
The confinement is inherited and cannot be taken off.
"""

import ctypes
import os
import stat
import struct
import sys
from collections.abc import Iterable
from typing import Final

# <linux/landlock.h>; the numbers of the system calls are the same on every architecture.
_CREATE_RULESET: Final = 444
_ADD_RULE: Final = 445
_RESTRICT_SELF: Final = 446
_VERSION: Final = 1
_PATH_BENEATH: Final = 1
_PR_SET_NO_NEW_PRIVS: Final = 38
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE: Final = 1 << 14
_ACCESS_BITS: Final = {1: 13, 2: 14, 3: 15, 4: 15}
"""How many kinds of access each version of the interface knows; 16 from version 5 on."""
_OF_FILES: Final = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
_READ: Final = _READ_FILE | _READ_DIR
_SYSTEM: Final = (
    *("/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib"),
    *("/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo"),
    *("/dev/null", "/dev/zero", "/dev/urandom", "/proc/self", "/proc/cpuinfo", "/proc/meminfo"),
    *("/sys/devices/system/cpu", "/sys/fs/cgroup"),
)


def confine(*, reads: Iterable[str], writes: Iterable[str]) -> bool:
    """Confine this process and its children from now on; False where the system cannot. Absent paths are ignored."""
    if sys.platform != "linux":
        return False
    system_call = ctypes.CDLL(None, use_errno=True).syscall
    version = system_call(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION))
    if version < 1:
        return False
    handled = (1 << _ACCESS_BITS.get(version, 16)) - 1
    rules = system_call(_CREATE_RULESET, struct.pack("=Q", handled), ctypes.c_size_t(8), ctypes.c_uint32(0))
    if rules < 0:
        return False
    try:
        for path in (*_interpreter(), *_SYSTEM, *reads):
            _allow(system_call, rules, path, _READ & handled)
        for path in writes:
            _allow(system_call, rules, path, handled & ~_EXECUTE)
        if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
            return False
        done: bool = system_call(_RESTRICT_SELF, rules, ctypes.c_uint32(0)) == 0
        return done
    finally:
        os.close(rules)


def _interpreter() -> list[str]:
    """Where this interpreter and what it imports lie."""
    libraries = os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)
    return [path for path in (sys.prefix, sys.base_prefix, *sys.path, *libraries) if path]


def _allow(system_call: "ctypes._NamedFuncPointer", rules: int, path: str, access: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            access &= _OF_FILES
        rule = struct.pack("=Qi", access, descriptor)
        system_call(_ADD_RULE, rules, _PATH_BENEATH, rule, ctypes.c_uint32(0))
    finally:
        os.close(descriptor)
