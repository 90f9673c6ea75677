"""
Draw the pictures of the documentation: what a terminal shows when these commands are run in it.

    python docs/pictures.py

Each command runs in a shell on a pseudo-terminal, among the files of examples/, with the tests' web
site for https://example.com/. What it printed, colours included, becomes an SVG; nothing is drawn
by hand, and a test compares the pictures with what the commands print now.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator, Mapping
from pathlib import Path

FOLDER = Path(__file__).parent
EXAMPLES = FOLDER.parent / "examples"
sys.path.insert(0, str(FOLDER.parent))

from tests.cli.program import environment  # noqa: E402
from tests.example_site import serve_example_site  # noqa: E402

COLUMNS, ROWS = 88, 40
SCENES = {
    "answers": (
        "curl -sSI https://example.com/ | httpheaders get cache-control.max-age",
        "curl -sSI https://example.com/ |\n"
        "  httpheaders assert --raw :status==200 '!server' set-cookie.secure; echo \"status $?\"",
        "httpheaders negotiate en de --accept-language 'de-CH, en;q=0.5'",
    ),
}
# Pictures that the program draws itself, as the cookbook has it.
PLOTS = {
    "sweep": "httpheaders pool-sim --preset requests --threads 20 --latency 80ms --requests 240 "
    "--sweep pool_maxsize=1:40 --svg /dev/stdout -q",
}


def drawn(scene: str, site: Mapping[str, str]) -> str:
    """Run the commands of a scene and give their picture as SVG."""
    from rich.console import Console
    from rich.text import Text

    with open(os.devnull, "w") as nowhere:
        console = Console(
            record=True, width=COLUMNS, file=nowhere, force_terminal=True, color_system="truecolor"
        )
        for number, command in enumerate(SCENES[scene]):
            if number:
                console.print()
            typed = "$ " + command.replace("\n", "\n> ")
            console.print(Text(typed, style="bold"), soft_wrap=True)
            console.print(Text.from_ansi(printed(command, site)), soft_wrap=True)
        return console.export_svg(title="", code_format=_without_web_fonts(), unique_id=scene)


def plotted(plot: str) -> str:
    """Give a picture that the program draws."""
    command = ["bash", "-c", PLOTS[plot]]
    done = subprocess.run(command, env=environment(), capture_output=True, check=True)
    return done.stdout.decode()


def printed(command: str, site: Mapping[str, str]) -> str:
    """Give what a command prints on a terminal, where it runs beside copies of the examples."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(EXAMPLES, folder, dirs_exist_ok=True)
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        shell = subprocess.Popen(
            ["bash", "-c", command],
            cwd=folder,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment(TERM="xterm-256color", **site),
            start_new_session=True,
        )
        os.close(theirs)
        octets = b"".join(_read(ours))
        os.close(ours)
        shell.wait()
    return octets.decode().replace("\r\n", "\n").rstrip("\n")


def _read(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            octets = os.read(terminal, 65536)
        except OSError:  # how Linux says that nobody has the terminal open any more
            return
        if not octets:
            return
        yield octets


def _without_web_fonts() -> str:
    """A picture in a document fetches nothing: any monospaced font will do."""
    from rich._export_format import CONSOLE_SVG_FORMAT

    plain = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    return plain.replace("Fira Code, monospace", "ui-monospace, Menlo, Consolas, monospace")


def main() -> None:
    """Draw all of them anew."""
    with tempfile.TemporaryDirectory() as home, serve_example_site(Path(home)) as site:
        for scene in SCENES:
            (FOLDER / f"{scene}.svg").write_text(drawn(scene, site) + "\n")
        for plot in PLOTS:
            (FOLDER / f"{plot}.svg").write_text(plotted(plot))


if __name__ == "__main__":
    main()
