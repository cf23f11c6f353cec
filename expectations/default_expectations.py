"""What every table is asked at a door, whatever it is about."""

from __future__ import annotations

from datetime import date

from expectations.suites import CRITICAL, WARNING, Fact, Movement, Suite, measure, none_of


def arrival_facts(suite: Suite) -> list[Fact]:
    """Volume against receipts and baseline; lineage in every row."""
    return [
        measure(
            "rows_missing_against_receipts",
            "select (select coalesce(sum(n_rows), 0) from receipts) - (select count(*) from data)",
            0,
            0,
            "what lies in the landing is what the receipts speak of; otherwise forget the "
            "partition (pax land --forget) and land it again",
        ),
        none_of(
            "partitions_smaller_than_expected",
            _volume("n_rows < 0.7 * n_expected", "access_method <> 'manual'"),
            "a partition came with less than 70 % of the rows of its baseline (or, for a new "
            "edition, of the newest one): a truncated answer looks like that",
        ),
        none_of(
            "partitions_of_unusual_size",
            _volume("n_rows < 0.7 * n_expected or n_rows > 1.5 * n_expected", "true"),
            "more or fewer rows than the baseline lets expect; right for a dropped file that "
            "holds more than our selection",
            WARNING,
        ),
        none_of(
            "editions_with_two_days",
            "select edition, count(distinct known_from_date) as n_days from data "
            "group by edition having count(distinct known_from_date) > 1",
            "an edition became known on one day; two days mix two publications",
        ),
        none_of(
            "rows_without_payload",
            "select edition, row_locator, payload_sha256 from data "
            "where length(payload_sha256) <> 64 or row_locator = ''",
            "every row leads to its raw file and its place in it",
        ),
    ]


def _volume(broken: str, where: str) -> str:
    return f"""
        with landed as (
            select "partition", min(access_method) as access_method, sum(n_rows) as n_rows
            from receipts group by "partition"
        ), newest as (
            select n_rows from baseline order by "partition" desc limit 1
        ), compared as (
            select landed."partition", landed.access_method, landed.n_rows,
                coalesce(baseline.n_rows, (select n_rows from newest)) as n_expected
            from landed left join baseline on landed."partition" = baseline."partition"
        )
        select * from compared where ({broken}) and {where}
    """


def departure_facts(suite: Suite, has_previous: bool) -> list[Fact]:
    """Rows when something is known; no movement without a cause."""
    facts = [
        measure(
            "empty_although_known",
            f"select case when {_known(suite)} and not exists (select 1 from data) "
            "then 1 else 0 end",
            0,
            0,
            "on this day its sources were known, so the mart has rows",
        )
    ]
    if suite.sources:
        facts.append(
            measure(
                "filled_although_unknown",
                "select case when not exists (select 1 from known_receipts) "
                "and exists (select 1 from data) then 1 else 0 end",
                0,
                0,
                "on this day no edition of its sources was known, so the mart is empty",
            )
        )
    if has_previous and "lineage_id" in suite.columns:
        facts.append(_volume_movement())
        if suite.movement:
            facts.append(_movement(suite.movement))
    return facts


def _known(suite: Suite) -> str:
    if suite.may_be_empty:
        return "false"
    since = suite.known_since or date(1, 1, 1)
    day = f"(select as_known_on from parameters) >= date '{since.isoformat().zfill(10)}'"
    return f"({day} and exists (select 1 from known_receipts))" if suite.sources else day


def _volume_movement() -> Fact:
    sql = """
        with parts as (
            select (select string_agg(distinct lineage_id, ',' order by lineage_id) from data)
                as now,
            (select string_agg(distinct lineage_id, ',' order by lineage_id) from previous)
                as before
        )
        select case when now = before then
            (select count(*) from data) / (select cast(count(*) as double) from previous) end
        from parts
    """
    notes = "the same editions gave 10 % more or fewer rows than in the release that is served"
    return measure("rows_against_previous_release", sql, 0.9, 1.1, notes, WARNING)


def _movement(movement: Movement) -> Fact:
    keys = ", ".join(movement.keys)
    sql = f"""
        select {keys}, d.lineage_id, p.{movement.measure} as before, d.{movement.measure} as now
        from data as d
        inner join previous as p using ({keys})
        where d.lineage_id = p.lineage_id
            and abs(d.{movement.measure} - p.{movement.measure}) > {movement.tolerance}
        order by {keys}
    """
    notes = (
        f"{movement.measure} moved by more than {movement.tolerance} against the release that is "
        "served although its editions are the same: a change of seeds or method, to be told"
    )
    return none_of("moved_without_a_new_edition", sql, notes, WARNING)


__all__ = ["CRITICAL", "arrival_facts", "departure_facts"]
