"""
What is handed out: the distributions, what is in them, and what they do once installed.

Everything happens in fresh environments, with the Pythons of this machine.
"""

from __future__ import annotations

import fnmatch
import functools
import os
import re
import select
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

from httpheaders.version import __version__
from tests.cli.program import environment
from tests.cli.program import run as run_here
from tests.cli.samples import SAMPLES, Sample
from tests.interpreters import SUPPORTED, THIS, interpreter

pytestmark = pytest.mark.once

ROOT = Path(__file__).parent.parent
NAME = f"httpheaders_cli-{__version__}"
EXTRAS = "br,fast,plot,psl,zstd"
PIP = [sys.executable, "-m", "pip"]
NOW = ("--now", "1700000000")
# For what comes from a package registry; far longer than it takes.
PATIENCE = 300


class Built(NamedTuple):
    """The two distributions."""

    sdist: Path
    wheel: Path


def _run(
    *command: str | Path, cwd: Path | None = None, stdin: bytes = b"", **changes: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a program of another environment, as far as can be without what this one has."""
    kept = {key: value for key, value in os.environ.items() if not _is_ours(key)}
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        timeout=PATIENCE,
        env={**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **changes},
        check=False,
    )


def _is_ours(variable: str) -> bool:
    return variable.startswith("PYTHON") or variable in {"VIRTUAL_ENV", "MANPATH"}


def _needs_registry(*command: str | Path, cwd: Path | None = None, **changes: str) -> bytes:
    """Run what fetches packages; without a registry the test is skipped, else it must work."""
    done = _run(*command, cwd=cwd, **changes)
    if done.returncode != 0:
        probe = [*PIP, "download", "--quiet", "--no-deps", "click"]
        with tempfile.TemporaryDirectory() as nowhere:
            if _run(*probe, "--dest", nowhere).returncode != 0:
                pytest.skip("no package registry can be reached")
        raise AssertionError((done.stdout + done.stderr).decode())
    return done.stdout


# --- building -----------------------------------------------------------------------------------

# What a checkout gathers in use. None of it is anybody's business.
LEFTOVERS = {
    ".venv/lib/python3/site-packages/junk.py": "junk",
    ".env": "SECRET=1",
    "build/lib/httpheaders/removed.py": "junk",
    "dist/old.tar.gz": "junk",
    "httpheaders/__pycache__/version.cpython-311.pyc": "junk",
    "httpheaders/cli/parse.py~": "junk",
    "httpheaders/notes.txt": "junk",
    "httpheaders_cli.egg-info/SOURCES.txt": "README.md\nbuild/lib/httpheaders/removed.py\n.env\n",
    "man/httpheaders.1.orig": "junk",
    "tests/__pycache__/conftest.cpython-311.pyc": "junk",
    "tests/.pytest_cache/README.md": "junk",
    ".hypothesis/examples/1": "junk",
    ".mypy_cache/1.json": "{}",
    "benchmarks/__pycache__/x.pyc": "junk",
    "core": "junk",
}


def _checkout(place: Path) -> Path:
    """Copy the tree as it would be checked out: what is tracked, or what a distribution holds."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0 and listed.stdout:
        for name in os.fsdecode(listed.stdout).split("\0"):
            if name and (ROOT / name).is_file():
                target = place / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, target)
    else:
        unwanted = shutil.ignore_patterns(
            ".venv", "__pycache__", ".*_cache", ".hypothesis", "build", "dist", "*.egg-info"
        )
        shutil.copytree(ROOT, place, ignore=unwanted, dirs_exist_ok=True)
    return place


def _build(checkout: Path, results: Path, *options: str) -> None:
    pytest.importorskip("build", reason="the package build is not installed")
    _needs_registry(sys.executable, "-m", "build", *options, "--outdir", results, checkout)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _checkout(tmp_path_factory.mktemp("checkout"))


@pytest.fixture(scope="module")
def built(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The distributions, built where people have worked; the wheel is built of the other."""
    used = tmp_path_factory.mktemp("used")
    shutil.copytree(checkout, used, dirs_exist_ok=True)
    for name, text in LEFTOVERS.items():
        place = used / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    results = tmp_path_factory.mktemp("dist")
    _build(used, results)
    assert sorted(path.name for path in results.iterdir()) == [
        f"{NAME}-py3-none-any.whl",
        f"{NAME}.tar.gz",
    ]
    return Built(results / f"{NAME}.tar.gz", results / f"{NAME}-py3-none-any.whl")


def _in_sdist(path: Path) -> set[str]:
    with tarfile.open(path) as archive:
        members = [member for member in archive.getmembers() if not member.isdir()]
        assert all(member.isfile() for member in members)
        return {member.name.removeprefix(f"{NAME}/") for member in members}


def _in_wheel(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as archive:
        return {name for name in archive.namelist() if not name.endswith("/")}


def _files(folder: Path, pattern: str) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.glob(pattern) if path.is_file()}


def test_the_wheel_holds_the_package_and_its_pages_and_nothing_else(built, checkout):
    modules = _files(checkout, "httpheaders/**/*.py")
    pages = {
        f"{NAME}.data/data/share/man/man1/{Path(page).name}" for page in _files(checkout, "man/*.1")
    }
    about = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "top_level.txt", "licenses/LICENSE"}
    assert len(modules) > 100
    assert len(pages) > 10
    assert _in_wheel(built.wheel) == (
        modules | {"httpheaders/py.typed"} | pages | {f"{NAME}.dist-info/{one}" for one in about}
    )


def test_the_source_distribution_holds_the_tree_and_nothing_else(built, checkout):
    # The list of sources is made as it is packed.
    made = {"PKG-INFO", "httpheaders_cli.egg-info/SOURCES.txt"}
    assert _in_sdist(built.sdist) - made == _files(checkout, "**/*") - made


def test_the_same_is_built_of_a_clean_checkout_and_of_a_distribution(built, checkout, tmp_path):
    """Those who package for others begin with a distribution: it may lack nothing."""
    with tarfile.open(built.sdist) as archive:
        # Bugfix releases before 2023 have no filters.
        archive.extraction_filter = getattr(tarfile, "data_filter", lambda member, path: member)
        archive.extractall(tmp_path)
    for number, source in enumerate((checkout, tmp_path / NAME)):
        pristine = tmp_path / f"source-{number}"
        shutil.copytree(source, pristine)
        _build(pristine, tmp_path / f"dist-{number}", "--sdist")
        assert _in_sdist(tmp_path / f"dist-{number}" / f"{NAME}.tar.gz") == _in_sdist(built.sdist)


def test_the_metadata_is_valid(built):
    pytest.importorskip("twine", reason="the package twine is not installed")
    done = _run(sys.executable, "-m", "twine", "--no-color", "check", "--strict", *built)
    assert (done.returncode, done.stderr) == (0, b"")
    with zipfile.ZipFile(built.wheel) as archive:
        metadata = archive.read(f"{NAME}.dist-info/METADATA").decode()
    assert f"\nVersion: {__version__}\n" in metadata
    for version in SUPPORTED:
        assert f"\nClassifier: Programming Language :: Python :: {version}\n" in metadata
    needed = re.findall(r"^Requires-Dist: ([a-z-]+)[^;\n]*$", metadata, re.MULTILINE)
    assert sorted(needed) == ["click", "http-sf"]


# --- installing ---------------------------------------------------------------------------------


class Environment:
    """A fresh virtual environment."""

    def __init__(self, python: str, place: Path) -> None:
        done = _run(python, "-m", "venv", "--without-pip", place)
        assert done.returncode == 0, done.stderr.decode()
        self.place = place
        self.bin = place / "bin"

    def install(self, *what: str | Path) -> None:
        _needs_registry(*self._pip(), "install", "--quiet", *what)

    def pip(self, *words: str) -> str:
        """Run pip on it, which need not be in it."""
        done = _run(*self._pip(), *words)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def _pip(self) -> list[str]:
        return [*PIP, "--python", str(self.bin / "python")]

    def run(self, *words: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run a program of it, as if it were activated."""
        path = f"{self.bin}{os.pathsep}{os.environ['PATH']}"
        command = self.bin / words[0]
        first = command if command.exists() else words[0]
        return _run(first, *words[1:], stdin=stdin, cwd=self.place, PATH=path, MANPAGER="cat")

    def ours(self) -> set[str]:
        """Give the files that installing brought and that running did not make."""
        return {
            re.sub(r"python3\.[0-9]+", "python3", path.relative_to(self.place).as_posix())
            for path in self.place.rglob("*")
            if path.is_file()
            and path.suffix != ".pyc"
            and ".dist-info" not in path.parent.name
            and any(part.startswith("httpheaders") for part in path.relative_to(self.place).parts)
        }


supported = pytest.mark.parametrize("version", SUPPORTED)


@pytest.fixture(scope="module")
def environments(built: Built, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Environment]:
    """Environments with the wheel and no extra, made as they are asked for."""

    class Made(dict[str, Environment]):
        def __missing__(self, version: str) -> Environment:
            python = interpreter(version)
            if python is None:
                pytest.skip(f"there is no Python {version} here")
            made = Environment(python, tmp_path_factory.mktemp(f"wheel-{version}"))
            made.install(built.wheel)
            self[version] = made
            return made

    return Made()


def _check_answers(environment: Environment, samples: list[Sample], times: int = 1) -> None:
    """See that each sample is answered, octet for octet, as it is here and now."""
    for sample in samples:
        question = sample.question if times == 1 else sample.line * times
        words = [*sample.command.split(), *sample.piped, *NOW]
        done = environment.run("httpheaders", *words, stdin=question)
        here = _answered_here(*words, question=question)
        assert (done.returncode, done.stderr) == (here.returncode, here.stderr), sample.command
        assert done.stdout == here.stdout, sample.command


@functools.cache
def _answered_here(*words: str, question: bytes) -> subprocess.CompletedProcess[bytes]:
    return run_here(*words, stdin=question)


@supported
def test_the_wheel_answers_without_any_extra(version, environments):
    environment = environments[version]
    _check_answers(environment, SAMPLES)
    as_module = environment.run("python", "-m", "httpheaders", "--version")
    assert as_module.stdout == f"httpheaders {__version__}\n".encode()
    assert environment.run("httpheaders", "--version").stdout == as_module.stdout
    listed = environment.pip("list", "--format", "freeze").replace("_", "-").split()
    names = {line.partition("==")[0] for line in listed}
    # Nothing but these and what http-sf needs itself.
    assert names - {"typing-extensions"} == {"click", "http-sf", "httpheaders-cli"}


@supported
def test_an_extra_that_is_missing_is_named(version, environments):
    environment = environments[version]
    asked = [
        ("fast", ["gzip", "--raw", "--engine", "zlib-ng"], b"content"),
        ("br", ["gzip", "--raw", "--coding", "br"], b"content"),
        ("br", ["gzip", "--raw", "--decompress", "--coding", "br"], b"content"),
        ("plot", _sweep("--plot"), b""),
        ("plot", _sweep("--svg", "sweep.svg"), b""),
    ]
    if version < "3.14":  # where zstd comes with Python
        asked.append(("zstd", ["gzip", "--raw", "--coding", "zstd"], b"content"))
        asked.append(("zstd", ["gzip", "--raw", "--decompress", "--coding", "zstd"], b"content"))
    for extra, words, content in asked:
        done = environment.run("httpheaders", *words, stdin=content)
        assert (done.returncode, done.stdout) == (2, b""), words
        assert f"'httpheaders-cli[{extra}]'".encode() in done.stderr, words
        assert done.stderr.count(b"\n") == 1, words
    assert not (environment.place / "sweep.svg").exists()
    # Without a list of public suffixes every name can be somebody's.
    jar = ["cookie", "jar", "--url", "https://a.example.co.uk/", "--raw", "--set-cookie"]
    done = environment.run("httpheaders", *jar, "a=1; Domain=co.uk")
    assert (done.returncode, done.stderr) == (1, b"") or done.stdout == b"a=1\n"


def _sweep(*last: str) -> list[str]:
    words = "pool-sim --preset requests --threads 4 --latency 80ms --requests 40"
    return [*words.split(), "--sweep", "pool_maxsize=1:8", *last]


@supported
def test_extras_change_no_answer_and_do_what_they_are_for(version, environments, built):
    environment = environments[version]
    _check_answers(environment, SAMPLES, times=200)
    environment.install(f"httpheaders-cli[{EXTRAS}] @ {built.wheel.as_uri()}")
    _check_answers(environment, SAMPLES, times=200)
    content = b"content " * 1000
    for coding in ("gzip", "br", "zstd"):
        coded = environment.run("httpheaders", "gzip", "-r", "--coding", coding, stdin=content)
        assert (coded.returncode, coded.stderr) == (0, b"")
        back = environment.run(
            "httpheaders", "gzip", "-r", "-d", "--coding", coding, stdin=coded.stdout
        )
        assert (back.returncode, back.stdout) == (0, content)
    assert environment.run("httpheaders", *_sweep("--plot", "--raw")).returncode in (0, 1)
    assert environment.run("httpheaders", *_sweep("--svg", "sweep.svg")).returncode in (0, 1)
    assert (environment.place / "sweep.svg").read_bytes().startswith(b"<")
    jar = ["cookie", "jar", "--url", "https://a.example.co.uk/", "--set-cookie"]
    done = environment.run("httpheaders", *jar, "a=1; Domain=co.uk")
    assert b"public suffix" in done.stdout


@supported
def test_the_source_distribution_installs_the_same(version, environments, built, tmp_path):
    python = interpreter(version)
    if python is None:
        pytest.skip(f"there is no Python {version} here")
    environment = Environment(python, tmp_path / "venv")
    environment.install(built.sdist)
    assert environment.ours() == environments[version].ours()
    _check_answers(environment, SAMPLES[:3])
    environment.pip("uninstall", "--yes", "--quiet", "httpheaders-cli")
    assert environment.ours() == set()
    assert list(environment.place.rglob("*httpheaders*")) == []


# --- what an installation brings besides the program --------------------------------------------


@pytest.fixture
def installed(environments: dict[str, Environment]) -> Environment:
    """The environment with this Python."""
    return environments[THIS]


def test_the_manual_is_found(installed):
    if shutil.which("man") is None or _run("man", "-w", "man").returncode not in (0, 16):
        pytest.skip("there is no manual reader")
    for words in (["httpheaders"], ["httpheaders", "negotiate"], ["httpheaders", "cookie"]):
        place = installed.run("man", "-w", *words)
        if b"unrecognized option" in place.stderr:
            pytest.skip("this man cannot say where a page is")
        first = place.stdout.decode().split()[0]
        assert Path(first) == installed.place / "share/man/man1" / f"{'-'.join(words)}.1"
        page = installed.run("man", *words).stdout.decode()
        assert page.lstrip().upper().startswith(f"{'-'.join(words)}(1)".upper())


TYPED = [
    pytest.param("httpheaders nego\t", "httpheaders negotiate", id="command"),
    pytest.param("httpheaders session ver\t", "httpheaders session verify", id="subcommand"),
    pytest.param("httpheaders negotiate --accept-l\t", "--accept-language", id="option"),
    pytest.param("httpheaders parse --input long-na\t", "--input long-name.txt", id="file"),
]


@pytest.mark.parametrize(("typed", "shown"), TYPED)
@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_shell_completes(shell, typed, shown, installed):
    """A real shell on a terminal, and the key pressed."""
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    (installed.place / "long-name.txt").write_text("")
    begin, ready = {
        "bash": (["bash", "--norc", "--noprofile", "-i"], ""),
        "zsh": (["zsh", "-f", "-i"], "autoload -U compinit; compinit -D -u; "),
    }[shell]
    ready += f'eval "$(_HTTPHEADERS_COMPLETE={shell}_source httpheaders)"; echo re""ady\n'
    with _Terminal(begin, installed) as terminal:
        terminal.type(ready)
        terminal.wait_for("ready")
        terminal.type(typed)
        terminal.wait_for(shown)


@pytest.mark.parametrize(("typed", "shown"), TYPED)
def test_fish_completes(typed, shown, installed):
    if shutil.which("fish") is None:
        pytest.skip("there is no fish here")
    (installed.place / "long-name.txt").write_text("")
    asked = "_HTTPHEADERS_COMPLETE=fish_source httpheaders | source; complete -C $argv[1]"
    done = installed.run("fish", "--no-config", "-c", asked, typed.rstrip("\t"))
    assert done.returncode == 0, done.stderr.decode()
    offers = [line.split("\t")[0] for line in done.stdout.decode().splitlines()]
    assert shown.split()[-1] in offers


class _Terminal:
    """A program on a terminal, what is typed there and what is shown."""

    def __init__(self, command: list[str], installed: Environment) -> None:
        path = f"{installed.bin}{os.pathsep}{os.environ['PATH']}"
        self._parent, child = os.openpty()
        self._shown = ""
        self._process = subprocess.Popen(
            command,
            stdin=child,
            stdout=child,
            stderr=child,
            cwd=installed.place,
            env={**environment(), "PATH": path, "TERM": "dumb", "PS1": "$ ", "HISTFILE": ""},
            start_new_session=True,
        )
        os.close(child)

    def __enter__(self) -> _Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._parent)

    def type(self, text: str) -> None:
        os.write(self._parent, text.encode())

    def wait_for(self, text: str) -> None:
        """Wait until it is shown; what comes after it is for the next to wait for."""
        end = time.monotonic() + 30
        while text not in self._shown:
            ready, _, _ = select.select([self._parent], [], [], max(0, end - time.monotonic()))
            assert ready, f"expected {text!r} in {self._shown!r}"
            self._shown += os.read(self._parent, 4096).decode(errors="replace")
        self._shown = self._shown.partition(text)[2]


def test_pipx_installs_runs_and_removes_it(built, tmp_path):
    pytest.importorskip("pipx", reason="the package pipx is not installed")
    places = {
        "PIPX_HOME": str(tmp_path / "home"),
        "PIPX_BIN_DIR": str(tmp_path / "bin"),
        "PIPX_MAN_DIR": str(tmp_path / "man"),
        "PIPX_DEFAULT_PYTHON": sys.executable,
    }
    pipx = [sys.executable, "-m", "pipx"]
    _needs_registry(*pipx, "install", built.wheel, **places)
    program = tmp_path / "bin" / "httpheaders"
    told = f"httpheaders {__version__}\n".encode()
    assert _run(program, "--version").stdout == told
    sample = next(sample for sample in SAMPLES if sample.command == "negotiate")
    assert _run(program, "negotiate", *sample.piped, stdin=sample.question).returncode == 0
    assert (tmp_path / "man/man1/httpheaders-negotiate.1").exists()
    ran = _needs_registry(
        *pipx, "run", "--no-cache", "--spec", str(built.wheel), "httpheaders", "--version", **places
    )
    assert ran == told
    assert _run(*pipx, "uninstall", "httpheaders-cli", **places).returncode == 0
    left = [path for path in tmp_path.rglob("*httpheaders*") if ".cache" not in path.parts]
    assert [path for path in left if fnmatch.fnmatch(path.name, "httpheaders*")] == []
