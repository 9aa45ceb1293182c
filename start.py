"""Sets up everything fishcaption needs, then starts it.

    python3 start.py                 open the window
    python3 start.py say Hello       any command of fishcaption (say, voices, serve, doctor, --version)
    python3 start.py test            run the whole check; --fast: the part for every edit, under two minutes
                                     (further arguments go to pytest)

Options, before the command (after `test`, too):
    --yes          install missing system packages without asking
    --no-system    leave system packages alone

The Python packages go into the folder .venv beside this file, exactly as requirements.txt has them. On Debian
and Ubuntu missing system packages are installed with apt; elsewhere you are told what is missing.
"""

# Standard library only. This file must parse on Python 3.6, so that it can say which Python it needs.
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

if not (3, 11) <= sys.version_info[:2] <= (3, 14):
    sys.exit(
        "fishcaption needs Python 3.11, 3.12, 3.13 or 3.14, and this is Python {}.{}.\n"
        "Install one of those, and start with it, for instance: python3.12 start.py".format(*sys.version_info)
    )

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "fishcaption.json"
LOCK = ROOT / ".setup.lock"
PYTHON = VENV.joinpath("Scripts", "python.exe") if os.name == "nt" else VENV.joinpath("bin", "python")
PROGRAM, TESTS = "program", "tests"
LOCKS = {PROGRAM: ROOT / "requirements.txt", TESTS: ROOT / "requirements-test.txt"}
OURS = ("--yes", "--no-system", "--fast")


class SetupError(Exception):
    """Setting up cannot go on; the text says why and what to do."""


def main(argv: list[str]) -> int:
    """Set up what is missing, and become the program."""
    if argv[:1] in (["-h"], ["--help"]):
        sys.stdout.write(__doc__ or "")
        return 0
    options = set()
    while argv and argv[0] in OURS:
        options.add(argv.pop(0))
    part = TESTS if argv[:1] == ["test"] else PROGRAM
    if part == TESTS:
        options |= set(OURS) & set(argv)
        argv = [word for word in argv if word not in OURS]
    try:
        if not is_ready(part):
            with one_at_a_time():
                set_up(part, system="--no-system" not in options, ask="--yes" not in options)
    except (SetupError, OSError) as error:
        say(f"\nfishcaption is not set up: {error}")
        return 1
    except KeyboardInterrupt:
        say("\nInterrupted. Start again to go on.")
        return 130
    if part == TESTS:
        return check(argv[1:], fast="--fast" in options)
    return become([str(PYTHON), "-m", "fishcaption", *argv])


# --- what has been done already -----------------------------------------------------------------------------


def wanted(part: str) -> dict[str, str]:
    """What a finished set-up has noted: for which place and Python, and a digest of what it was made from."""
    sources = (LOCKS[part], ROOT / "fishcaption" / "doctor.py")  # the latter lists the system packages
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    return {"root": str(ROOT), "python": python_version(), part: digest}


def python_version() -> str:
    """The version that an environment belongs to."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def read_stamp() -> dict[str, str]:
    """The note of the last set-up; empty where there is none."""
    try:
        stamp = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def is_ready(part: str) -> bool:
    """Whether nothing is left to do. Cheap: it is asked at every start."""
    return wanted(part).items() <= read_stamp().items() and PYTHON.exists()


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let a second start wait until the first has set everything up; Windows has no such lock."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    # A file that this user alone can open: another one could hold the lock of any other for ever.
    handle = os.open(str(LOCK), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with open(handle) as lock:  # noqa: PTH123  a handle, not a path
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another start is setting up; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        except OSError:
            pass  # a file system that knows no locks
        yield


# --- setting up ---------------------------------------------------------------------------------------------


def set_up(part: str, *, system: bool, ask: bool) -> None:
    """Bring the system packages, the environment and the Python packages; note what was done."""
    if is_ready(part):
        return
    stamp = read_stamp()
    say(f"Setting up the {part} in {ROOT}; this happens once.")
    sys.path.insert(0, str(ROOT))  # for fishcaption.doctor, which knows the system packages
    if system:
        system_packages(part, ask)
    environment(stamp)
    # A set-up that is cut off here leaves this note, and the next one starts from an empty environment.
    STAMP.write_text('{"root": "unfinished"}', "utf-8")
    try:
        python_packages(LOCKS[part])
    except SetupError:  # most likely without a network: the environment is as it was
        STAMP.write_text(json.dumps(stamp), "utf-8")
        raise
    link_checkout()
    tell_what_is_missing()
    STAMP.write_text(json.dumps(finished(stamp, part)), "utf-8")
    say("Ready.")


def finished(before: dict[str, str], part: str) -> dict[str, str]:
    """The note of a set-up that is done. What the tests need has all that the program needs."""
    now = wanted(PROGRAM) | wanted(part)
    is_same = all(before.get(key) == now[key] for key in ("root", "python", PROGRAM))
    return before | now if is_same else now


def system_packages(part: str, ask: bool) -> None:
    """On Debian and Ubuntu: install what is missing, as root or with sudo, after saying what."""
    from importlib.util import find_spec

    from fishcaption import doctor

    has_pip = find_spec("ensurepip") is not None
    codename = doctor.debian_codename(doctor.read_os_release())
    if codename not in doctor.DEBIAN_RELEASES or not shutil.which("apt-get"):
        if not has_pip:
            raise SetupError("this Python cannot make an environment. Install its venv and pip packages.")
        return
    pipewire = installed_packages(["pipewire-alsa"])
    names = doctor.debian_packages(codename, tests=part == TESTS, installed=pipewire)
    names = names if has_pip else ("python3-venv", *names)
    present = installed_packages(names)
    missing = [name for name in names if name not in present]
    if missing:
        install(missing, doctor.apt_line(missing), ask, not doctor.OPTIONAL_PACKAGES.issuperset(missing))


def install(names: list[str], line: str, ask: bool, needed: bool) -> None:
    """Install with apt, by root or sudo. The package lists are fetched first: a new machine has none."""
    is_root = os.geteuid() == 0
    say(f"These system packages are missing, and apt can bring them:\n  {' '.join(names)}")
    if not (is_root or shutil.which("sudo")) or (ask and not agreed()):
        if needed:
            raise SetupError(f"system packages are missing. Run this, or start with --yes:\n\n  {line}\n")
        return
    sudo = [] if is_root else ["sudo"] if can_ask() else ["sudo", "-n"]
    apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    subprocess.run([*apt, "update"], stdout=sys.stderr)  # may fail, where the lists are there already
    done = subprocess.run([*apt, "install", "--yes", "--no-install-recommends", *names], stdout=sys.stderr)
    if done.returncode:
        raise SetupError(f"apt could not install the system packages. Run this, and see why:\n\n  {line}\n")


def can_ask() -> bool:
    """Whether somebody sits there who could answer."""
    return sys.stdin is not None and sys.stdin.isatty()


def agreed() -> bool:
    """Ask; where nobody can answer, the answer is no. Return means yes."""
    if not can_ask():
        return False
    sys.stderr.write("Install them now? [Y/n] ")
    sys.stderr.flush()
    answer = sys.stdin.readline()  # empty where the input has ended
    return bool(answer) and answer.strip().lower() in ("", "y", "yes")


def installed_packages(names: Iterable[str]) -> set[str]:
    """Those of the Debian packages that are installed."""
    command = ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *names]
    listing = subprocess.run(command, capture_output=True, text=True).stdout  # exits 1 where one is unknown
    return {line.split()[0] for line in listing.splitlines() if line.endswith(" installed")}


def environment(stamp: dict[str, str]) -> None:
    """Make .venv, or keep one that is whole and belongs here."""
    belongs_here = not stamp or (stamp.get("root"), stamp.get("python")) == (str(ROOT), python_version())
    if belongs_here and has_working_pip():
        return
    say("Making the environment .venv ...")
    python = getattr(sys, "_base_executable", None) or sys.executable  # not the one that is cleared away
    made = subprocess.run([python, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True)
    if made.returncode:
        raise SetupError(f"the environment .venv cannot be made:\n{made.stdout}{made.stderr}")


def has_working_pip() -> bool:
    """Whether .venv has a Python of this version, and pip."""
    probe = "import pip, sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([str(PYTHON), "-c", probe], capture_output=True, text=True)
    except OSError:
        return False
    return done.stdout.strip() == python_version()


def python_packages(lock: Path) -> None:
    """Install exactly what the lock has. pip's own settings (an index, a proxy, certificates) count."""
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--no-user",
           "--progress-bar", "off", "--require-hashes", "--only-binary", ":all:",
           "--requirement", str(lock)]  # fmt: skip
    environ = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}
    said = []
    say("Installing the Python packages ...")
    with subprocess.Popen(
        pip,
        cwd=str(ROOT),
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            said.append(line)
            progress(line.strip())
    if process.returncode:
        raise SetupError(
            "pip could not install the Python packages; its last words:\n\n"
            + "".join(said[-12:])
            + "\nIs there a network? Once it works, start again: what has been fetched is kept."
        )


def progress(line: str) -> None:
    """Show what pip is at, in one line that changes; in a log, nothing."""
    if sys.stderr.isatty() and line.startswith(("Collecting", "Downloading", "Using cached", "Installing")):
        width = shutil.get_terminal_size().columns - 4
        sys.stderr.write(f"\r  {line[:width].ljust(width)}\r")
        sys.stderr.flush()


def link_checkout() -> None:
    """Let the environment find this checkout from any folder."""
    import sysconfig

    base = {"base": str(VENV), "platbase": str(VENV)}
    encoding = "utf-8" if sys.version_info >= (3, 13) else None  # before 3.13 such files are in the locale's
    Path(sysconfig.get_path("purelib", "venv", base), "fishcaption.pth").write_text(f"{ROOT}\n", encoding)


def tell_what_is_missing() -> None:
    """Where system libraries were not installed by us: say how to get what is missing."""
    probe = "import sys; from fishcaption.doctor import library_line; sys.stdout.write(library_line())"
    line = subprocess.run([str(PYTHON), "-P", "-c", probe], capture_output=True, text=True).stdout
    if line:
        say(f"System libraries are missing. This should bring them:\n\n  {line}\n")


# --- becoming the program -----------------------------------------------------------------------------------


def program_environ() -> dict[str, str]:
    """Imports must not come from the folder that the user happens to be in, in no process of ours."""
    return dict(os.environ, PYTHONSAFEPATH="1")


def test_environ() -> dict[str, str]:
    """The same, with compiled modules kept: the tests start some hundred processes, which all import them."""
    environ = dict(program_environ(), PYTHONPYCACHEPREFIX=str(VENV / "bytecode"))
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return environ


def become(command: list[str]) -> int:
    """Run the command in place of this script, where the system can do that."""
    if os.name != "nt":
        os.execve(command[0], command, program_environ())
    process = subprocess.Popen(command, env=program_environ())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # the program has got it too, and knows what to do
            continue


def check(arguments: list[str], fast: bool) -> int:
    """The whole check: form, style, types, layers, tests. All of it runs; the tests come last."""
    tools = [["ruff", "format", "--check"], ["ruff", "check"], ["mypy"], ["lint-imports", "--no-logo"]]
    failed = [" ".join(tool) for tool in tools if run_tool([str(PYTHON.parent / tool[0]), *tool[1:]])]
    if failed:
        say(f"Failed: {', '.join(failed)}. The tests run all the same.")
    if fast and not arguments:
        code = fast_tests()
    else:
        code = run_tests([*(["-m", "not slow"] if fast else []), *arguments])
    return code or int(bool(failed))


def fast_tests() -> int:
    """Run the fast tests in two processes, for two cores; the words of the second follow the first's."""
    import tempfile

    fast = ["-m", "not slow"]
    parts = ["tests/" + name for name in ("core", "store", "ui")]
    with tempfile.TemporaryFile() as words:
        rest = [str(PYTHON), "-m", "pytest", *fast, "tests", *("--ignore=" + part for part in parts)]
        other = subprocess.Popen(
            rest, cwd=str(ROOT), env=test_environ(), stdout=words, stderr=subprocess.STDOUT
        )
        try:
            code = run_tests([*fast, *parts])
        finally:
            other.wait()
        words.seek(0)
        sys.stdout.write(words.read().decode("utf-8", "replace"))
    return code or other.returncode


def run_tests(arguments: list[str]) -> int:
    """Run pytest; return its exit code."""
    return run_tool([str(PYTHON), "-m", "pytest", *arguments], test_environ())


def run_tool(command: list[str], environ: dict[str, str] | None = None) -> int:
    """Run one of the tools in the checkout; return its exit code."""
    say(" ".join(["\n>", Path(command[0]).name, *command[1:]]))
    return subprocess.run(command, cwd=str(ROOT), env=environ or program_environ()).returncode


def say(text: str) -> None:
    """Tell the user how far it is; on standard error, as the output belongs to the program."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
