"""`make superset`: install Superset, import the dashboard, compare its figures with the marts.

    python -m tests.superset.check_dashboard [--database URI] [--picture FILE]

Every chart's own query is run through Superset's API; the rows must be those of a query on the
marts of the release. Then a browser opens the dashboard: every chart must be answered, nothing may
be requested elsewhere, and the picture is kept to be looked at.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from tests.browser import CHROMIUM
from tests.superset.session import Session, signed_in_proxy
from warehouse.paths import PROJECT, DataPaths
from warehouse.storage.read_only import reading

START = PROJECT / "deploy" / "superset" / "start.py"
PORT = 8089
DASHBOARD = "/superset/dashboard/pax-silica/?standalone=2"
Row = tuple[object, ...]

#: What each chart has to show, from the marts themselves.
EXPECTED = {
    "Restrictive clauses in force": """
        select count(*) from marts.policy_timeline
        where is_current and state = 'active' and is_counted and direction = 'restrictive'
    """,
    "Share from countries of concern, by member and refined material": """
        select dependency.entity_id, any_value(item), max(dependency.concern_share)
        from marts.partner_dependency as dependency
        inner join analysis.partner_dashboard as shown
            on shown.country_id = dependency.entity_id and shown.item_ids = dependency.item_id
            and shown.stage_id = dependency.stage_id and shown.year = dependency.year
            and shown.item_kind = dependency.item_kind
        where dependency.netting = 'gross' and dependency.membership_variant = 'none'
            and dependency.period_type = 'A' and dependency.item_kind = 'material'
            and dependency.stage_id = 'refined' and not shown.is_basket
            and dependency.concern_share is not null
            and dependency.year = (select max(year) from analysis.partner_dashboard)
        group by dependency.entity_id, dependency.item_id
    """,
    "Share of the partnership from countries of concern, by year": """
        select year, material_name, concern_share
        from marts.bloc_dependency
        inner join marts.dim_material on item_id = material_id
        where bloc_id = 'BLOC:PAX_SILICA' and membership_variant = 'as_of_today'
            and period_type = 'A' and item_kind = 'material' and stage_id = 'refined'
            and material_name in ('Bismuth', 'Magnesium metal', 'Titanium sponge',
                'Silicon metal', 'Tungsten', 'Rare earths (total, REO)')
    """,
    "Largest suppliers of refined materials to the members (billion USD)": """
        select supplier, sum(value_usd) / 1e9
        from marts.supplier_share as shares
        inner join analysis.supplier_ranking as shown
            on shown.country_id = shares.entity_id and shown.supplier_id = shares.supplier_id
            and shown.item_ids = shares.item_id and shown.stage_id = shares.stage_id
            and shown.year = shares.year and shown.item_kind = shares.item_kind
        where shares.netting = 'gross' and shares.membership_variant = 'none'
            and shares.period_type = 'A' and shares.is_preferred and not shares.is_reimport
            and shares.item_kind = 'material' and shares.stage_id = 'refined'
            and not shown.is_basket
            and shares.year = (select max(year) from analysis.supplier_ranking)
        group by supplier order by 2 desc limit 12
    """,
    "Controls that change next": """
        select coalesce(country_name, issuer_id), title, replace(items_text, '|', ', '), start_date,
            next_change_date, next_state
        from marts.policy_timeline left join marts.dim_country on issuer_id = country_id
        where is_current and state = 'active' and is_counted and direction = 'restrictive'
            and next_change_date is not null
        order by next_change_date, clause_id limit 20
    """,
}


def main() -> int:
    """Run all steps and print what was found; 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", help="what Superset reads; the current release by default")
    parser.add_argument("--folder", type=Path, default=PROJECT / ".superset")
    parser.add_argument("--picture", type=Path, help="default: dashboard.png in the folder")
    given = parser.parse_args()
    started = time.monotonic()
    folder = given.folder.resolve()
    database = DataPaths.at().current / "pax_silica.duckdb"
    if not database.exists():
        raise SystemExit(f"there is no release at {database}: `make run` makes one")
    with served(folder, given.database) as session:
        print(f"served after {time.monotonic() - started:.0f} s", flush=True)
        with reading(database) as release:
            problems = list(wrong_figures(session, release))
        print(f"figures compared after {time.monotonic() - started:.0f} s", flush=True)
        picture = (given.picture or folder / "dashboard.png").resolve()
        problems += photograph(session, picture)
    print("\n".join(problems) or f"{len(EXPECTED)} charts have the figures of the marts: {picture}")
    print(f"{time.monotonic() - started:.0f} s in all")
    return 1 if problems else 0


@contextmanager
def served(folder: Path, database: str | None) -> Iterator[Session]:
    """Superset as `start.py` serves it, with a signed-in user."""
    words = [sys.executable, str(START), "--folder", str(folder), "--port", str(PORT)]
    words += ["--database", database] if database else []
    server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        for line in server.stdout:
            print(line.rstrip(), flush=True)
            if line.startswith(address := f"http://127.0.0.1:{PORT}"):
                session = Session(address, "admin", (folder / "password").read_text())
                session.sign_in()
                yield session
                return
        raise SystemExit("Superset did not start")
    finally:
        server.terminate()
        server.wait(60)


def wrong_figures(session: Session, release: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Charts that are missing, unknown, empty, or show other rows than the marts have."""
    (dashboard,) = session.get("/api/v1/dashboard/")["result"]
    charts = {
        chart["slice_name"]: chart["id"]
        for chart in session.get(f"/api/v1/dashboard/{dashboard['id']}/charts")["result"]
    }
    for name in sorted(charts.keys() ^ EXPECTED.keys()):
        yield f"{name}: only in the {'dashboard' if name in charts else 'check'}"
    for name in sorted(charts.keys() & EXPECTED.keys()):
        (answer,) = session.get(f"/api/v1/chart/{charts[name]}/data/")["result"]
        found = rows(answer["data"])
        expected = [tuple(map(plain, row)) for row in release.execute(EXPECTED[name]).fetchall()]
        if not found or sorted(found, key=repr) != sorted(expected, key=repr):
            only = [row for row in found if row not in expected][:2]
            lacks = [row for row in expected if row not in found][:2]
            yield f"{name}: {len(found)} of {len(expected)} rows; only here {only}; lacks {lacks}"
        else:
            print(f"  {len(found):>4} rows equal: {name}", flush=True)


def rows(data: Sequence[Mapping[str, object]]) -> list[Row]:
    return [tuple(map(plain, row.values())) for row in data]


def plain(value: object) -> object:
    """Numbers by twelve digits; dates as Superset's JSON has them, in milliseconds since 1970."""
    if isinstance(value, date):
        return (value - date(1970, 1, 1)).days * 86_400_000.0
    return float(f"{value:.12g}") if isinstance(value, float) else value


def photograph(session: Session, picture: Path) -> list[str]:
    """Save the dashboard as a browser shows it; what it failed to show or requested elsewhere."""
    if CHROMIUM is None:
        return ["no Chromium: the dashboard was not opened"]
    with signed_in_proxy(session) as proxy, tempfile.TemporaryDirectory() as scratch:
        net_log = Path(scratch, "net.json")
        subprocess.run(
            [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run",
             "--disable-component-update", "--disable-sync", "--window-size=1500,1850",
             "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
             f"--user-data-dir={scratch}/profile", f"--log-net-log={net_log}",
             "--virtual-time-budget=60000", f"--screenshot={picture}", proxy.address + DASHBOARD],
            check=True, timeout=300, capture_output=True,
        )  # fmt: skip
        log = net_log.read_text(errors="replace")
    answered = [path for path, status in proxy.requests
                if path.startswith("/api/v1/chart/data") and status == 200]  # fmt: skip
    problems = [f"{status} for {path}" for path, status in proxy.requests if status >= 400]
    if len(answered) < len(EXPECTED):
        problems.append(f"the browser got {len(answered)} of {len(EXPECTED)} charts")
    started_by_page = re.findall(r'"initiator":"(?!not an origin)[^"]*"[^{}]*"url":"([^"]+)"', log)
    elsewhere = {url for url in started_by_page if url.startswith("http")
                 and not url.startswith(proxy.address)}  # fmt: skip
    return problems + [f"requested elsewhere: {url}" for url in sorted(elsewhere)]


if __name__ == "__main__":
    raise SystemExit(main())
