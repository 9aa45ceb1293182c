"""Proves the README's two commands in bare roots of Debian: as root, and as a user with sudo.

    sudo python3 packaging/prove_roots.py                    Debian 12 and 13, both ways
    sudo python3 packaging/prove_roots.py trixie --as user   one of them

Each root is made by debootstrap and holds Python, sudo and certificates, nothing else. The last commit is
copied in, then a stranger's steps are run: start, start again, speak into a file, run the tests, open the
window. It needs Linux, root, debootstrap and git; the mirror is the one this machine has. What says how the
network is reached here (proxies, certificates, pip's settings) is handed in. It takes some minutes a root.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
RELEASES = ("bookworm", "trixie")
USERS = {"root": Path("/root"), "user": Path("/home/user")}
CERTIFICATES = Path("etc/ssl/certs/ca-certificates.crt")

_SPEAK = """
python3 start.py say --wav /tmp/said.wav "This is a bare machine, and it speaks."
python3 -c "
import array, wave
with wave.open('/tmp/said.wav') as wav:
    samples = array.array('h', wav.readframes(wav.getnframes()))
    seconds = len(samples) / wav.getframerate()
print('%.1f s of sound, peak %d' % (seconds, max(samples)))
assert 1 < seconds < 10 and max(samples) > 3000
"
"""

# A screen without hardware; the window counts as open when the window manager's list has one with our name.
_WINDOW = """
mkfifo /tmp/display
Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp 3> /tmp/display & screen=$!
trap 'kill $program $screen' EXIT
read number < /tmp/display
export DISPLAY=:$number
python3 start.py & program=$!
timeout 60 xdotool search --sync --onlyvisible --name fishcaption
"""

STEPS = {
    "start": "python3 start.py --yes --version",
    "start again": "python3 start.py --version",
    "doctor": "python3 start.py doctor || test $? = 1",
    "speak": _SPEAK,
    "tests": "python3 start.py test --fast --yes",
    "window": _WINDOW,
    "check": "bash .ci/run",  # the full tier, and only when asked for
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one step went in one root."""

    root: str
    step: str
    exit_code: int
    seconds: float
    last_line: str


def mirror() -> str:
    """The Debian mirror that this machine's apt uses."""
    files = [path for path in Path("/etc/apt").glob("**/*") if path.suffix in (".list", ".sources")]
    text = "\n".join(path.read_text("utf-8", "replace") for path in files)
    found = re.search(r"^(?:URIs:|deb (?:\[.*?\] )?)\s*(https?://\S+/debian)/?(?:\s|$)", text, re.MULTILINE)
    if found is None:
        raise SystemExit("No Debian mirror is set up here. Name one: --mirror URL")
    return found[1]


def make_root(release: str, folder: Path, source: str) -> None:
    """A bare Debian. A release newer than this debootstrap is made the way of sid."""
    scripts = Path("/usr/share/debootstrap/scripts")
    script = [] if (scripts / release).exists() else [str(scripts / "sid")]
    bare = ["--variant=minbase", "--include=python3,sudo,ca-certificates"]
    run(["debootstrap", *bare, release, str(folder), source, *script], folder.with_suffix(".log"))


def furnish(root: Path) -> None:
    """What a machine has before its first user: the network, and a user who may use sudo."""
    for name in (Path("etc/resolv.conf"), Path("etc/hosts"), CERTIFICATES):
        if Path("/", name).exists():
            shutil.copy2(Path("/", name), root / name)
    inside = ["chroot", str(root)]
    subprocess.run([*inside, "useradd", "--create-home", "--shell", "/bin/bash", "user"], check=True)
    (root / "etc/sudoers.d/user").write_text("user ALL=(ALL) NOPASSWD: ALL\n")


def copy_checkout(root: Path, user: str) -> None:
    """The last commit, owned by whoever will use it."""
    place = root / USERS[user].relative_to("/") / "fishcaption"
    place.mkdir()
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=CHECKOUT, capture_output=True, check=True).stdout
    subprocess.run(["tar", "--extract", "--directory", str(place)], input=archive, check=True)
    owner = ["chroot", str(root), "chown", "--recursive", f"{user}:", str(USERS[user])]
    subprocess.run(owner, check=True)


def network_environment() -> Iterator[str]:
    """The variables that tell how the network is reached from here."""
    for name, value in os.environ.items():
        if re.fullmatch(r"PIP_\w+|\w+_proxy|SSL_CERT_\w+|REQUESTS_CA_BUNDLE", name, re.IGNORECASE):
            yield f"{name}={value}"


def step(root: Path, user: str, name: str, command: str) -> Outcome:
    """Run a step in the root, in processes and mounts that all end with it."""
    home = USERS[user]
    basics = [f"HOME={home}", f"USER={user}", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"]
    script = f"set -e; cd ~/fishcaption; {command}"
    inside = ["chroot", f"--userspec={user}", str(root), "env", "-i", *basics, *network_environment()]
    mounted = f"mount --rbind /dev {shlex.quote(str(root))}/dev && exec " + shlex.join(
        [*inside, "sh", "-c", script]
    )
    alone = ["unshare", "--mount", "--pid", "--fork", "--kill-child", f"--mount-proc={root}/proc"]
    log = root.with_name(f"{root.name} {name}.log")
    began = time.perf_counter()
    code = run([*alone, "sh", "-c", mounted], log, check=False)
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    return Outcome(root.name, name, code, time.perf_counter() - began, lines[-1] if lines else "")


def run(command: list[str], log: Path, *, check: bool = True) -> int:
    """Run it into a log file; where it must not fail, end with the log's last words."""
    with log.open("wb") as output:
        code = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output).returncode
    if check and code:
        words = "\n".join(log.read_text("utf-8", "replace").splitlines()[-15:])
        raise SystemExit(f"{shlex.join(command)} failed:\n{words}")
    return code


def prove(release: str, users: list[str], steps: list[str], work: Path, source: str) -> Iterator[Outcome]:
    """All steps in roots of one release, as each kind of user."""
    bare = work / release
    make_root(release, bare, source)
    furnish(bare)
    for user in users:
        root = work / f"{release}-{user}"
        subprocess.run(["cp", "--archive", "--reflink=auto", str(bare), str(root)], check=True)
        copy_checkout(root, user)
        for name in steps:
            yield step(root, user, name, STEPS[name])
        shutil.rmtree(root)
    shutil.rmtree(bare)


def main() -> int:
    """Prove what was asked for; a table on standard output; 0 when every step went well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "releases", nargs="*", metavar="RELEASE", help=f"of {', '.join(RELEASES)}; all by default"
    )
    parser.add_argument("--as", dest="users", choices=USERS, action="append", help="both by default")
    parser.add_argument(
        "--step", dest="steps", choices=STEPS, action="append", help="all but `check` by default"
    )
    parser.add_argument("--mirror", help="where Debian comes from; by default from where apt here takes it")
    parser.add_argument("--work", type=Path, help="an empty folder with 5 GB of space; the logs stay there")
    options = parser.parse_args()
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        parser.error("it needs root and debootstrap")
    work = (options.work or Path(tempfile.mkdtemp(prefix="fishcaption-roots-"))).resolve()
    work.mkdir(parents=True, exist_ok=True)
    is_good = True
    for release in options.releases or RELEASES:
        for outcome in prove(
            release,
            options.users or list(USERS),
            options.steps or [name for name in STEPS if name != "check"],
            work,
            options.mirror or mirror(),
        ):
            is_good &= outcome.exit_code == 0
            mark = "ok  " if outcome.exit_code == 0 else "FAIL"
            row = (
                f"{mark} {outcome.root:<15} {outcome.step:<12} {outcome.seconds:6.1f} s  {outcome.last_line}"
            )
            sys.stdout.write(row + "\n")
            sys.stdout.flush()
    sys.stdout.write(f"logs: {work}\n")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
