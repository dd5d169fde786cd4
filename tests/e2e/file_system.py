"""Harm to a file system: files that nobody may write, small disks, full ones."""
import contextlib
import os
import subprocess


class NotPermitted(Exception):
    pass


@contextlib.contextmanager
def immutable(*files):
    """Permission bits don't hold root back; this does, on most file systems."""
    with open(f"{files[0]}.probe", "wb", buffering=0) as probe:
        everything = [*files, probe.name]
        changed = subprocess.run(["chattr", "+i", *everything], capture_output=True, text=True)
        try:
            if changed.returncode != 0:
                raise NotPermitted(f"chattr +i: {changed.stderr.strip()}")
            with contextlib.suppress(PermissionError):
                probe.write(b"x")
                raise NotPermitted("chattr +i: here whoever has a file open can still write it")
            yield
        finally:
            subprocess.run(["chattr", "-i", *everything], capture_output=True)
            os.unlink(probe.name)


@contextlib.contextmanager
def mounted(case, folder, *how):
    done = subprocess.run(["mount", *how, folder], capture_output=True, text=True)
    if done.returncode != 0:
        case.skipTest(f"mount is not permitted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill_up(folder):
    """Takes the last byte of a small file system."""
    filler = folder / "filler"
    with open(filler, "wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 512)
    return filler
