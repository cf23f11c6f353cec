"""What is on the pages of the report: the blocks of the first page and the further pages.

A page is a list of blocks. A block is one query with a chart, if it has one, and always the table
of the same rows: what a chart shows can be read, and both are the rows of the query.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Block:
    """One query on a page: its heading, what it shows, its chart, and what no row means."""

    query: str
    title: str
    caption: str
    empty: str
    chart: str = ""  # bars, lines, matrix, links, flows or spans; none where a table says it best
    value: str = ""  # the column that the chart shows
    low: str = ""
    high: str = ""
    limit: int = 25  # bars shown; the table has all rows
    pick: str = ""  # the chart shows one value of this column at a time
    pick_label: str = ""
    x: str = "year"  # of lines: a column of years, or of days
    marks: str = ""  # the block whose start_date lines are drawn over the chart
    has_grid: bool = False  # a grid of item and stage stands above the chart


@dataclass(frozen=True)
class Page:
    """One page: file name, heading, the query of its choices if it has any, and its blocks."""

    name: str
    title: str
    lead: str
    blocks: tuple[Block, ...]
    keys: str = ""
    key_label: str = ""
    first_key: str = ""

    @property
    def nav(self) -> str:
        """The page's name in the navigation."""
        return {"ai_stack": "AI stack", "what_if": "What if"}.get(self.name, self.name.capitalize())


_CONCERN = (
    "Share of the import value from countries of concern, newest complete year. A hatched bar is a"
    " band or a share of which a part is not measured; * is measured on codes that hold other items"
    " too. What has no bar has its reason in the table."
)
#: Blocks of the first page.
TODAY = (
    Block("today_bloc", "The partnership as one importer",
          _CONCERN + " Trade among the members is left out.",
          "No complete year of the partnership's imports is in this release.", "bars",
          "concern_share", "concern_share_low", "concern_share_high", limit=15),
    Block("today_controls", "Exposure by control in force",
          "Imports of the partnership in the last year before each clause of a country of concern"
          " took effect: what it covers for certain to what it covers at most, where a clause names"
          " a part of a customs code. Never add two clauses.",
          "No control in force of a country of concern hits the partnership's measured imports.",
          "bars", "exposed_usd_high", "exposed_usd_low", "exposed_usd_high"),
    Block("today_expiring", "What is about to change",
          "The next changes that the texts foresee, with the imports of the partnership at stake."
          " The policy page has all.",
          "The texts foresee no change."),
)  # fmt: skip
PAGES = (
    Page(
        "partner", "What a member depends on",
        "One member at a time: what it imports from countries of concern, how that moved, which"
        " controls hit it today, what it holds against that.",
        (
            Block("partner_items", "Imports by item and stage", _CONCERN + " The grid has all"
                  " items, the bars the most exposed.",
                  "No imports of this member are in this release.", "bars", "concern_share",
                  "concern_share_low", "concern_share_high", has_grid=True),
            Block("partner_years", "Over the years",
                  "The six largest items of one material that drew a tenth or more from countries"
                  " of concern in some year. A gap is a year without a figure.",
                  "No item of this member has shares over several years.", "lines",
                  "concern_share"),
            Block("partner_suppliers", "From whom",
                  "The four largest suppliers of these items. A pale field is the band from the"
                  " least to the most; a gap is a year without a figure.",
                  "No item of this member has suppliers over several years.", "lines",
                  "supplier_share", "supplier_share_low", "supplier_share_high",
                  pick="item", pick_label="Item"),
            Block("partner_exposure", "Under controls in force",
                  "Share of the imports that export controls of countries of concern in force hit:"
                  " the bar is the band from the least to the most, the tick a best estimate where"
                  " national lines allow one.",
                  "No control in force hits the measured imports of this member.",
                  "bars", "exposure_share_best", "exposure_share_low", "exposure_share_high"),
            Block("partner_exposure_years", "Under controls, quarter by quarter",
                  "The pale field reaches from what controls of countries of concern in force hit"
                  " for certain to what they may hit; the line is the best estimate where national"
                  " lines allow one.",
                  "No control in force hits the measured imports of single items of this member.",
                  "lines", "exposure_share_best", "exposure_share_low", "exposure_share_high",
                  pick="item", pick_label="Item", x="as_of_date"),
            Block("partner_alternatives", "Who else sells it",
                  "For the ten largest items from countries of concern the three best placed"
                  " exporters elsewhere: what they sell to countries of concern at present (tonnes,"
                  " at least and at most) and which part of this member's need that covers. Each"
                  " member is looked at alone: two cannot have the same tonnes.",
                  "No alternatives are computed for this member in this release."),
            Block("partner_instruments", "Instruments that it holds",
                  "Unknown is where nobody has looked; it never means that the member lacks one.",
                  "No instruments are recorded."),
            Block("partner_projects", "Projects",
                  "Projects of the register in this country. Capacities are never added up.",
                  "The register has no project in this country."),
        ),
        "key_members", "Member", "JPN",
    ),
    Page(
        "material", "A material from mine to importer",
        "One material at a time: who produces it, how concentrated that is, which members buy it"
        " from whom, and what controls it.",
        (
            Block("material_producers", "Who produces it",
                  "Share of the listed countries' production, newest year of all editions. Stages"
                  " are views of the same atoms: never add them.",
                  "No production of this material is published in the sources of this release.",
                  "bars", "production_share", "production_share_low", "production_share_high"),
            Block("material_concentration", "How concentrated production is",
                  "Sum of squared shares of the producers (HHI): 1 is a single producer, 0.1 ten"
                  " equal ones; one line for each edition, so that revisions can be seen. A pale"
                  " field is the band where producers have no figure of their own.",
                  "No production of this material is published in the sources of this release.",
                  "lines", "hhi", "hhi_low", "hhi_high", pick="item", pick_label="Stage"),
            Block("material_origins", "From the mine to the member",
                  "Tonnes that the ten largest users among the members use, by the country that"
                  " extracted them. What third countries sell on runs through them: the seller is"
                  " not the origin. Exists where production and all customs codes of a stage are"
                  " measured.",
                  "The origins of this material cannot be traced with the sources of this release.",
                  "flows", "consumption_t", pick="stage", pick_label="Stage"),
            Block("material_flows", "Imports of the partnership, and the controls over them",
                  "Imports from outside the partnership, its four largest suppliers; a point stands"
                  " in the middle of its year. Vertical lines are the days on which clauses of"
                  " countries of concern took effect (dashed: suspended or of unknown state;"
                  " dotted: announced). * is measured on codes that hold other items too.",
                  "No imports of this material by the partnership as one importer are measured.",
                  "lines", "imports_usd", pick="item", pick_label="Stage",
                  marks="material_controls"),
            Block("material_members", "Members that import it", _CONCERN,
                  "No imports of this material by members are in this release.", "bars",
                  "concern_share", "concern_share_low", "concern_share_high"),
            Block("material_controls", "Restrictive measures on it",
                  "Clauses that are announced, in force, suspended or of unknown state on the"
                  " release's day, newest first.",
                  "The register has no restrictive measure on this material."),
        ),
        "key_materials", "Material", "gallium",
    ),
    Page(
        "ai_stack", "The AI stack, from ore to data centre",
        "What goes into what, which part of it hangs on countries of concern, and which minerals"
        " nothing in it can do without.",
        (
            Block("ai_stack_links", "What goes into what",
                  "Minerals that a part cannot do without, parts, and what they go into. The width"
                  " of a line counts links; it is no quantity and no value. Links that run in a"
                  " circle are in the table alone.",
                  "No links between the parts of the stack are in this release.", "links"),
            Block("ai_stack_weakest", "The weakest link behind each part",
                  "The largest share from countries of concern among the goods behind a part, with"
                  " the band of that good. A hatched bar leaves goods out that nobody has measured:"
                  " the weakest link may be another. The index is one minus the product of what"
                  " is not from countries of concern: an index, not a probability.",
                  "No part of the stack is recorded for this importer.", "bars",
                  "weakest_link_share", "weakest_link_share_low", "weakest_link_share_high"),
            Block("ai_stack_goods", "Imports of the goods of the stack",
                  _CONCERN + " Parts that share their customs codes share one row.",
                  "No flows of these goods to this importer are in this release; the reasons are"
                  " below. This is not an import of zero.", "bars",
                  "concern_share", "concern_share_low", "concern_share_high"),
            Block("ai_stack_missing", "What has no share, and why",
                  "Parts of the stack without a share for this importer. Missing is never zero.",
                  "Every part has a share."),
            Block("ai_stack_materials", "Materials behind most parts",
                  "Number of parts that cannot do without the material. Counts, never quantities.",
                  "No materials of the parts are recorded.", "bars", "n_nodes_essential"),
            Block("ai_stack_market", "Market shares of providers",
                  "Share of the providers from countries of concern in the market of each input:"
                  " another measure than a share of imports, never mixed with it.",
                  "No market shares are in this release: they are published under terms that do"
                  " not allow to pass them on, and appear where they were landed and allowed.",
                  "bars", "concern_share", "concern_share_low", "concern_share_high"),
        ),
        "key_ai_importers", "Importer", "USA",
    ),
    Page(
        "policy", "What is in force, and what is about to change",
        "The register of state acts on the release's day: restrictive clauses by issuer, the"
        " calendar that their texts foresee, and the instruments of the members.",
        (
            Block("policy_issuers", "Restrictive clauses in force, by issuer",
                  "Rows that only repeat or prolong another are not counted.",
                  "No restrictive clause was in force on this day.", "bars", "n_clauses"),
            Block("policy_calendar", "Calendar",
                  "Changes that the texts foresee after the release's day. Imports at stake are"
                  " those of the partnership in the year before the clause took effect.",
                  "The texts foresee no change."),
            Block("policy_watchlist", "What to look at now",
                  "Found by six rules: a suspension that ends, a share whose whole band crossed a"
                  " level, a supplier that vanished, a gap between two declarations that jumped,"
                  " a project that is late, an act that is new. By the value at stake.",
                  "No rule found anything, which is a right answer."),
            Block("policy_timeline", "Clauses over time",
                  "Restrictive clauses of countries of concern on goods, the newest first: in"
                  " force, announced, suspended, or of unknown state (hatched) after the last"
                  " evidence of a time-bound suspension. The upright line is the release's day.",
                  "The register has no clause of a country of concern on goods.", "spans",
                  "state"),
            Block("policy_matrix", "Instruments of the members",
                  "Hatched is unknown: nobody has looked, which never means that the member lacks"
                  " the instrument.",
                  "No instruments are recorded.", "matrix", "state"),
            Block("policy_in_force", "All restrictive clauses in force",
                  "By issuer, the newest first; clauses of unknown state are not in this list.",
                  "No restrictive clause was in force on this day."),
        ),
    ),
    Page(
        "what_if", "What if a supplier stops",
        "One scenario at a time: who runs short, alone and when the members share, and who gives"
        " what. First-order answers in quantities: no price reacts, no demand gives way.",
        (
            Block("what_if_shortages", "Who runs short",
                  "Share of demand that is not met, each alone and with sharing: the"
                  " partnership first, then members. A pale hatched bar is the band from the least"
                  " to the most; * is measured on codes that hold other items too. A member that"
                  " gives may end with a shortage itself.",
                  "Nobody runs short in this scenario, or nothing of it is measured: see below.",
                  "bars", "shortage_share", "shortage_share_low", "shortage_share_high"),
            Block("what_if_flows", "Who would deliver more",
                  "Deliveries that grow in the plan with sharing. Several plans are equally good:"
                  " at least and at most are the range over all of them, between them is one.",
                  "No delivery grows in this scenario."),
            Block("what_if_cover", "Who covers whom",
                  "What each member's shortage gets from another country in one best plan, and"
                  " what that country could give if it helped this member alone (of members only;"
                  " never add these).",
                  "Nobody covers a shortage in this scenario."),
            Block("what_if_missing", "What the scenario cannot answer",
                  "Missing is never zero: each row names what is not known.",
                  "Every item of the scenario has an answer."),
        ),
        "key_scenarios", "Scenario", "chn_magnets",
    ),
    Page(
        "quality", "How good the figures are",
        "What the release covers, what it does not, and what its checks found.",
        (
            Block("quality_missing", "Shares of the newest year, and why some are missing",
                  "Cells of member, item and stage with imports. Missing is never shown as zero.",
                  "No figures are in this release.", "bars", "n_cells"),
            Block("quality_coverage", "Coverage of imports by member and tier",
                  "Share of a tier's products whose imports are measured. None: there are no"
                  " figures, which is not an import of zero.",
                  "No coverage is computed in this release.", "matrix", "state"),
            Block("quality_sources", "Grades of the sources",
                  "The worst of a source's measures is its grade; the reason is named.",
                  "No source is graded in this release."),
            Block("quality_checks", "Checks before publishing, by suite",
                  "Suites with failed checks first. A failed critical check stops a release.",
                  "This release was built without recorded checks."),
        ),
    ),
)  # fmt: skip
