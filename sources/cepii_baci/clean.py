"""From raw text to flows that make sense: types, quarantine, repeated rows."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from sources.cepii_baci.layouts import NOMENCLATURES, SOURCE, Layout
from sources.kit.archives import AGAIN, Member
from sources.kit.columns import all_true, matches, repeated, to_number
from sources.kit.errors import CorruptFileError

#: 811231 (hafnium) exists from HS2022 on; a slice in an older revision that has it repeats
#: the rows of 811292 under another label.
_REPEATED_LABEL, _BASKET = "811231", "811292"
_COUNTRY = "[0-9]{1,3}|[A-Z][A-Z0-9]{1,2}"


def typed(raw: pa.Table, layout: Layout, named: tuple[str, int] | None) -> pa.Table:
    """Text and numbers in our names; what cannot be a number is null and judged later."""
    n = raw.num_rows
    product = pc.utf8_trim_whitespace(raw["product"].cast(pa.string()))
    # a tool that read k as a number lost the zero of chapters 01 to 09
    product = pc.if_else(
        pc.equal(pc.utf8_length(product), 5), pc.binary_join_element_wise("0", product, ""), product
    )
    revision, year = named or ("", 0)
    nothing = pa.nulls(n, pa.float64())
    return pa.table(
        {
            "revision": raw["revision"] if "revision" in layout.columns else pa.repeat(revision, n),
            "year": to_number(raw["year"])
            if "year" in layout.columns
            else pa.repeat(float(year), n),
            "exporter": pc.utf8_trim_whitespace(raw["exporter"].cast(pa.string())),
            "importer": pc.utf8_trim_whitespace(raw["importer"].cast(pa.string())),
            "product": product,
            "value_kusd": pc.multiply(to_number(raw["value"]), layout.kusd_per_unit),
            "quantity_t": to_number(raw["quantity_t"])
            if "quantity_t" in layout.columns
            else nothing,
            "line": raw["line"],
        }
    )


def readable(typed: pa.Table, named: tuple[str, int] | None) -> pa.ChunkedArray:
    """True where every part of a flow makes sense; BACI has positive flows only."""
    tests = [
        pc.is_in(typed["revision"], value_set=pa.array(list(NOMENCLATURES))),
        pc.and_(pc.greater(typed["year"], 1987), pc.less(typed["year"], 2100)),
        matches(typed["exporter"], _COUNTRY),
        matches(typed["importer"], _COUNTRY),
        matches(typed["product"], "[0-9]{6}"),
        pc.greater(typed["value_kusd"], 0.0),
        pc.not_equal(typed["exporter"], typed["importer"]),
    ]
    if named:
        tests.append(pc.equal(typed["year"], float(named[1])))
    return all_true(tests)


def without_repeats(good: pa.Table, member: Member) -> pa.Table:
    """811292 once: slices by material repeat its rows under gallium, germanium and hafnium."""
    older = pc.not_equal(good["revision"], "HS22")
    if not pc.any(pc.and_(older, pc.equal(good["product"], _REPEATED_LABEL))).as_py():
        frame = good
    else:
        frame = _relabelled(good, older, member)
    keys = ["revision", "year", "exporter", "importer", "product", "value_kusd"]
    basket = pc.equal(frame["product"], _BASKET)
    firsts = frame.filter(basket).group_by(keys).aggregate([("line", "min")])["line_min"]
    keep = pc.or_(pc.invert(basket), pc.is_in(frame["line"], value_set=firsts.combine_chunks()))
    return frame.filter(keep)


def _relabelled(good: pa.Table, older: pa.ChunkedArray, member: Member) -> pa.Table:
    """The false label put back to 811292, if its rows are indeed those of 811292."""
    keys = ["revision", "year", "exporter", "importer", "value_kusd"]

    def flows_of(code: str) -> set[tuple[object, ...]]:
        rows = good.filter(pc.and_(older, pc.equal(good["product"], code))).select(keys)
        return set(zip(*(rows[k].to_pylist() for k in keys), strict=True))

    if extra := flows_of(_REPEATED_LABEL) - flows_of(_BASKET):
        raise CorruptFileError(
            SOURCE,
            f"{_REPEATED_LABEL} is not in HS revisions before 2022, and {len(extra)} of its rows "
            f"do not repeat {_BASKET}, such as {sorted(extra, key=str)[0]}",
            place=member.place,
            remedy="ask for the slice by HS6 of its own revision",
        )
    false_label = pc.and_(older, pc.equal(good["product"], _REPEATED_LABEL))
    at = good.schema.get_field_index("product")
    return good.set_column(at, "product", pc.if_else(false_label, _BASKET, good["product"]))


def refuse_repeats(good: pa.Table, member: Member) -> None:
    n, example = repeated(good, ["revision", "year", "product", "exporter", "importer"])
    if n:
        raise CorruptFileError(
            SOURCE,
            f"{n} flows stand more than once, such as {example}",
            place=member.place,
            remedy=f"{AGAIN}, or two files were pasted together",
        )
