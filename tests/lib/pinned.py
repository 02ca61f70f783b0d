"""Packages in one pinned version: of PyPI, each in a virtual environment of its own below build/tools of the checkout; of npm, by
the lock file of the test that needs them."""
import pathlib
import shutil
import subprocess
import sys


def environment(root, package, version):
    """The folder of the environment, made where it is missing; None where the package cannot be had."""
    folder = pathlib.Path(root) / "build" / "tools" / f"{package}-{version}"
    whole = folder / "whole"  # pip was through: what was cut short is made again
    steps = ([sys.executable, "-m", "venv", "--clear", str(folder)],
             [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", f"{package}=={version}"])
    for step in () if whole.exists() else steps:
        if subprocess.run(step, capture_output=True, stdin=subprocess.DEVNULL, check=False).returncode:
            return None
    whole.touch()
    return folder


def program(root, package, version, name=None):
    """The path of one of its programs, or None."""
    folder = environment(root, package, version)
    return str(folder / "bin" / (name or package)) if folder else None


def library(root, package, version):
    """The folder to import it from, or None."""
    folder = environment(root, package, version)
    return next((str(path) for path in folder.glob("lib/python*/site-packages")), None) if folder else None


def npm_modules(source, folder, package):
    """Puts what source/package-lock.json names into folder/node_modules, once; False when it cannot be had."""
    source, folder = pathlib.Path(source), pathlib.Path(folder)
    if (folder / "node_modules" / package).exists():
        return True
    if not shutil.which("npm"):
        return False
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(source / name, folder / name)
    done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, capture_output=True,
                          text=True, timeout=120, check=False)
    if done.returncode:
        print("".join(f"# npm: {line}\n" for line in done.stderr.splitlines()[-4:]), end="")
    return done.returncode == 0
