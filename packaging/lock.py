"""Makes requirements.txt (what the program needs) and requirements-test.txt (the tests' tools too) anew.

    python packaging/lock.py              keep the versions that are locked, add and drop what changed
    python packaging/lock.py --upgrade    take the newest versions that pyproject.toml allows

Exact versions with hashes of every file, for Linux, macOS and Windows and each Python the project supports.
Needs uv on the PATH, or as a module of the Python that runs this. The files name no package index.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEADER = "# Made by packaging/lock.py from pyproject.toml; do not edit by hand.\n"


def compile_lock(name: str, *options: str) -> None:
    """Resolve pyproject.toml into the file `name`, starting from the versions it already holds."""
    uv = [shutil.which("uv")] if shutil.which("uv") else [sys.executable, "-m", "uv"]
    command = [*uv, "pip", "compile", "pyproject.toml", "--quiet", "--universal", "--python-version", "3.11",
               "--generate-hashes", "--no-header", "--no-emit-index-url", "--no-emit-find-links",
               "--output-file", name, *options]  # fmt: skip
    subprocess.run([str(part) for part in command], cwd=ROOT, check=True)
    path = ROOT / name
    path.write_text(HEADER + path.read_text("utf-8"), "utf-8", newline="\n")


def main() -> int:
    """Lock the tests' set first and hold the program's to it, so that one environment can have both."""
    compile_lock("requirements-test.txt", "--extra", "test", *sys.argv[1:])
    compile_lock("requirements.txt", "--constraint", "requirements-test.txt", *sys.argv[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main())
