"""Apache Spark on this machine alone: two threads, bounded memory, nothing but 127.0.0.1."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.cli.program import environment

__all__ = ["EXAMPLE", "spark_command", "spark_environment", "why_not"]

# What pyspark 4 runs on.
OLDEST_JAVA = 17
EXAMPLE = Path(__file__).parent.parent / "examples" / "spark.py"


def why_not() -> str | None:
    """Say what is missing for it to run; None when nothing."""
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark is not installed: pip install '.[spark]'"
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java" if home is None else os.path.join(home, "bin", "java"))
    if java is None:
        return "Java is not installed"
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "([0-9]+)', told)
    if version is None or int(version[1]) < OLDEST_JAVA:
        return f"Java {OLDEST_JAVA} or newer is not installed"
    return None


def spark_command(scratch: Path, *arguments: str) -> list[str]:
    """Give the command that runs the example with these arguments."""
    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.log.level": "WARN",
        "spark.local.dir": str(scratch),
        # A dozen partitions out of a million lines, where one cluster's block would hold them all.
        "spark.hadoop.mapreduce.input.fileinputformat.split.maxsize": str(8 << 20),
    }
    options = [word for setting in settings.items() for word in ("--conf", "=".join(setting))]
    submit = str(Path(sys.executable).with_name("spark-submit"))
    local = ["--master", "local[2]", "--driver-memory", "1g"]
    return [submit, *local, *options, str(EXAMPLE), *arguments]


def spark_environment(**changes: str) -> dict[str, str]:
    """Give the environment in which it runs."""
    found = environment(SPARK_LOCAL_IP="127.0.0.1", PYSPARK_PYTHON=sys.executable, **changes)
    found.pop("SPARK_HOME", None)
    return found
