"""What landed of UN Comtrade: reported flows, and what had been filed."""

from __future__ import annotations

from expectations.suites import (
    WARNING,
    Suite,
    between,
    declared,
    matches,
    none_of,
    one_of,
)

SUITES = [
    Suite(
        "un_comtrade.trade",
        declared("un_comtrade", "trade"),
        rules=[
            one_of("freq_code", ["A", "M"], "annual or monthly; nothing else is asked for"),
            matches("period", "(19|20)[0-9]{2}(0[1-9]|1[0-2])?", "a year, or a year and month"),
            between("ref_year", 1962, 2100, "Comtrade begins in 1962"),
            matches("reporter_code", "[1-9][0-9]{0,3}", "a number without leading zeros; no ISO"),
            matches("partner_code", "0|[1-9][0-9]{0,3}", "a number without leading zeros; no ISO"),
            one_of(
                "flow_code",
                ["M", "X", "RM", "RX", "DX", "FM", "MIP", "MOP", "XIP", "XOP"],
                "the publisher's flows; another one would be left out of both sides",
            ),
            matches("cmd_code", "TOTAL|[0-9]{2,8}[A-Z]?|[A-Z0-9]{1,6}", "a product code as text"),
            between("primary_value_usd", 0, 1e13, "USD; negative values do not exist"),
            between("net_wgt_kg", 0, 1e14, "kilograms; negative weights do not exist"),
        ],
        facts=[
            none_of(
                "values_that_look_like_flags",
                "select edition, payload_sha256, count(*) as n from data "
                "group by edition, payload_sha256 "
                "having count(*) >= 20 and max(primary_value_usd) <= 6",
                "a table of the website that is shifted by one column carries its estimation flags "
                "(0, 2, 4, 6) where the values were",
            ),
            none_of(
                "reporters_that_are_not_comtrades",
                "select edition, period, reporter_code, count(*) as n from data "
                "where reporter_code in ('840', '158', '250', '356', '578', '756') "
                "and ref_year >= 1996 group by edition, period, reporter_code",
                "842, 490, 251, 699, 579 and 757 are Comtrade's; ISO's numbers were put in their "
                "place somewhere, and partners would be lost",
                WARNING,
            ),
        ],
        sources=["un_comtrade"],
    ),
    Suite(
        "un_comtrade.availability",
        declared("un_comtrade", "availability"),
        rules=[
            one_of("freq_code", ["A", "M"], "annual or monthly"),
            matches("reporter_code", "[1-9][0-9]{0,3}", "a number without leading zeros"),
            between("n_records", 0, 1e9, "rows of a dataset at the publisher"),
        ],
        facts=[
            none_of(
                "filed_without_a_release",
                "select edition, reporter_code, period from data "
                "where is_filed <> (publication_date is not null)",
                "what was filed has the day of its release, what was not has none",
            ),
        ],
        sources=["un_comtrade"],
    ),
]
