"""Programs of PyPI in one pinned version, each in a virtual environment of its own below build/tools."""
import pathlib
import subprocess
import sys


def program(root, package, version, name=None):
    """The path of the program, installed first where it is missing; None where it cannot be had."""
    folder = pathlib.Path(root) / "build" / "tools" / f"{package}-{version}"
    path = folder / "bin" / (name or package)
    steps = ([sys.executable, "-m", "venv", str(folder)],
             [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", f"{package}=={version}"])
    for step in () if path.exists() else steps:
        if subprocess.run(step, capture_output=True, stdin=subprocess.DEVNULL, check=False).returncode:
            return None
    return str(path)
