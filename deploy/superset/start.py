"""Superset on this machine with a dashboard over the current release.

    python3 deploy/superset/start.py

installs the pinned versions into a folder of its own (once), serves the dashboard of `bundle/` at
http://127.0.0.1:8088, for this machine alone. Needs Python 3.11 and nothing besides.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
USER = "admin"


def read_arguments() -> argparse.Namespace:
    data_dir = Path(os.environ.get("PAX_HOME") or CHECKOUT / "warehouse" / "data")
    release = data_dir.absolute() / "current" / "pax_silica.duckdb"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--database", default=f"duckdb:///{release}", metavar="URI",
        help="what the dashboard reads: the current release, or"
        " postgresql+psycopg2://reader@host/database",
    )  # fmt: skip
    parser.add_argument("--folder", type=Path, default=CHECKOUT / ".superset")
    parser.add_argument("--port", type=int, default=8088)
    return parser.parse_args()


def install(folder: Path) -> Path:
    """The folder's `superset` command, of exactly the pinned versions."""
    command = folder / "venv" / "bin" / "superset"
    pins = HERE / "requirements.txt"
    stamp, wanted = folder / "installed", hashlib.sha256(pins.read_bytes()).hexdigest()
    if not (command.exists() and stamp.exists() and stamp.read_text() == wanted):
        print(f"installing Superset into {folder} (0.7 GB) ...", flush=True)
        venv.create(folder / "venv", with_pip=True, clear=True)
        pip = [str(folder / "venv" / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        done = subprocess.run([*pip, "--disable-pip-version-check", "-r", str(pins)], check=False)
        if done.returncode:
            sys.exit("pip could not install the pins, which were made for Python 3.11; see above")
        stamp.write_text(wanted)
    return command


def settings(folder: Path) -> dict[str, str]:
    """The environment of every `superset` command."""
    return {
        **os.environ,
        "PAX_SUPERSET_FOLDER": str(folder),
        "SUPERSET_HOME": str(folder),
        "SUPERSET_CONFIG_PATH": str(HERE / "superset_config.py"),
        "FLASK_APP": "superset.app:create_app()",
    }


def make_secret(path: Path) -> str:
    """The text of a file that only this user can read; made at the first start."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def initialize(command: Path, folder: Path) -> None:
    """Superset's own store and its user, once per folder."""
    make_secret(folder / "secret_key")
    password = make_secret(folder / "password")
    if (folder / "initialized").exists():
        return
    print("initializing Superset's own store ...", flush=True)
    for words in (
        ["db", "upgrade"],
        ["fab", "create-admin", "--username", USER, "--password", password,
         "--firstname", "Pax", "--lastname", "Silica", "--email", "admin@localhost"],
        ["init"],
    ):  # fmt: skip
        run(command, folder, *words)
    (folder / "initialized").touch()


def run(command: Path, folder: Path, *words: str) -> None:
    """One `superset` command; its output is shown only where it fails."""
    done = subprocess.run(
        [str(command), *words], env=settings(folder), cwd=folder, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"superset {words[0]} failed:\n{done.stdout[-4000:]}")


def bundle(database: str) -> bytes:
    """The files of `bundle/` as an archive, with the database that they read.

    Only DuckDB has options of a connection: a release is opened read-only, and no other file.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path in sorted((HERE / "bundle").rglob("*.yaml")):
            text = path.read_text(encoding="utf-8")
            if path.name == "metadata.yaml":
                # an import of all that is there also replaces it
                text = text.replace("type: Dashboard", "type: assets")
            if path.parent.name == "databases":
                written = re.findall("(?m)^sqlalchemy_uri: .*$", text)
                text = text.replace(written[0], f"sqlalchemy_uri: {json.dumps(database)}")
                if not database.startswith("duckdb"):
                    text = re.sub(r"^  engine_params:\n(    .*\n)+", "", text, flags=re.MULTILINE)
            archive.writestr(f"pax_silica/{path.relative_to(HERE / 'bundle')}", text)
    return content.getvalue()


def import_bundle(address: str, password: str, content: bytes) -> None:
    """Write database, datasets, charts and dashboard over those of an earlier import.

    Through the API: the command `import-dashboards` keeps what is there, also an old address.
    """
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor()
    )

    def call(path: str, body: bytes | None = None, **headers: str) -> dict[str, str]:
        request = urllib.request.Request(address + path, body, headers)
        try:
            with opener.open(request, timeout=120) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            sys.exit(f"Superset refused {path}: {error.code} {error.read()[:2000].decode()}")

    who = {"username": USER, "password": password, "provider": "db"}
    is_json = {"Content-Type": "application/json"}
    token = call("/api/v1/security/login", json.dumps(who).encode(), **is_json)["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    csrf = call("/api/v1/security/csrf_token/", **bearer)["result"]
    limit = secrets.token_hex(16)
    part = 'Content-Disposition: form-data; name="bundle"; filename="bundle.zip"'
    body = f"--{limit}\r\n{part}\r\nContent-Type: application/zip\r\n\r\n".encode()
    body += content + f"\r\n--{limit}--\r\n".encode()
    kind = f"multipart/form-data; boundary={limit}"
    call("/api/v1/assets/import/", body,
         **{**bearer, "Content-Type": kind, "X-CSRFToken": csrf, "Referer": address})  # fmt: skip


def wait_for(server: subprocess.Popen[bytes], address: str, seconds: float = 180) -> None:
    """Wait until Superset answers; end where it does not."""
    end = time.monotonic() + seconds
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < end and server.poll() is None:
        try:
            opener.open(f"{address}/health", timeout=10).close()
            return
        except OSError:
            time.sleep(0.5)
    server.terminate()
    sys.exit(f"Superset does not answer at {address}; is the port in use? (--port)")


def main() -> None:
    """Install, initialize, start, import; then serve until interrupted."""
    given = read_arguments()
    folder = given.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if given.database.startswith("duckdb:///"):
        release = Path(given.database.removeprefix("duckdb:///"))
        if not release.exists():
            sys.exit(f"there is no release at {release}: `make run` makes one")
    command = install(folder)
    initialize(command, folder)
    address = f"http://127.0.0.1:{given.port}"
    words = ["run", "--host", "127.0.0.1", "--port", str(given.port), "--with-threads"]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [str(command), *words], env=settings(folder), cwd=folder, stdout=log, stderr=log
        )
    # ends with this process, whoever ends it
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        wait_for(server, address)
        import_bundle(address, make_secret(folder / "password"), bundle(given.database))
        page = f"{address}/superset/dashboard/pax-silica/"
        print(f"{page}  user {USER}, password in {folder / 'password'}", flush=True)
        server.wait()
    except KeyboardInterrupt:
        pass
    finally:
        server.terminate()
        server.wait(30)


if __name__ == "__main__":
    main()
