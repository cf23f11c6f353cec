"use strict";
// Fills each block of a page: its chart and the table of the same rows, for the chosen key.
(() => {
    const data = JSON.parse(document.getElementById("data").textContent);
    // a text is written once a page, and its number in the rows
    for (const block of data.blocks)
        for (const row of block.rows)
            for (const place of block.textColumns) if (row[place] !== null) row[place] = data.texts[row[place]];
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const narrow = matchMedia("(max-width: 40rem)");
    const byId = (id) => document.getElementById(id);
    const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const isShare = (name) => /share/.test(name);
    const isMoney = (name) => name.endsWith("_usd") || /_usd_/.test(name);
    const isTonnes = (name) => /_t(_|$)/.test(name);
    const number = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
    const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

    function text(name, value) {
        if (value === null || value === "") return "–";
        if (typeof value === "boolean") return value ? "yes" : "no";
        if (typeof value !== "number") return String(value);
        if (isShare(name)) return (value * 100).toFixed(1) + " %";
        if (isMoney(name) || (isTonnes(name) && Math.abs(value) >= 10)) return whole.format(value);
        return name.includes("year") ? String(value) : number.format(value);
    }
    const words = {
        label: "name", concern_share: "from concern", concern_share_low: "at least", concern_share_high: "at most",
        imports_usd: "imports, USD", supplier_hhi: "HHI", hhi: "HHI", top1_id: "largest producer",
        top1_share: "its share", is_country_of_concern: "of concern", is_member: "member",
        exposure_share_best: "best estimate", exposure_share_low: "under controls, at least",
        exposure_share_high: "under controls, at most", why_no_share: "why no share",
        why_no_best: "why no best estimate", column_label: "of", bloc_at_stake_usd_low: "at stake, USD, at least",
        bloc_at_stake_usd_high: "at stake, USD, at most", at_stake_missing_reason: "why nothing is at stake",
        issuer_id: "issuer", targets_text: "targets", n_on_goods: "on goods", n_on_entities: "on entities",
        shortage_share: "short", shortage_share_low: "short, at least", shortage_share_high: "short, at most",
        shortage_low_quantity: "shortage quantity, at least", shortage_high_quantity: "shortage quantity, at most",
        weakest_link_share: "its share from concern", weakest_link_share_low: "its share, at least",
        weakest_link_share_high: "its share, at most", completeness_share: "measured of the goods behind",
        missing_reason: "why no number", cover_share: "covered of the shortage",
        n_nodes_essential: "parts that need it", n_nodes_in_all: "parts in all", n_nodes: "parts", nodes: "which parts",
        freshest_complete_year: "newest complete year", supplier_share: "share", supplier_share_low: "share, at least",
        supplier_share_high: "share, at most", uncommitted_t_low: "could be bought, t, at least",
        uncommitted_t_high: "could be bought, t, at most", imports_from_concern_t: "imports from concern, t",
        unit_value_premium_ratio: "price, times the present", instability_share: "instability of the seller",
        clause_ids: "controls of the seller", consumption_t: "used, t", origin_share: "share of use",
        origin_share_low: "share, at least", origin_share_high: "share, at most", hub_t: "through third countries, t",
        hub: "mostly through", imports_from_outside_usd: "imports from outside, USD", most_exposed_share: "its share from concern",
        exposed_usd_low: "covered, USD, at least", exposed_usd_high: "covered, USD, at most", imports_year: "imports of",
        days_to_change: "days after the release's day", base_years: "imports of", as_of_date: "on", n_active_clauses: "clauses", n_passed: "passed", n_critical: "critical",
    };
    const head = (name) => words[name] ?? name.replaceAll("_", " ").replace(/^n /, "");

    // ---- rows ------------------------------------------------------------------------------
    const chosen = () => (byId("key") ? byId("key").value : null);
    function rowsOf(block) {
        const place = block.columns.indexOf("key");
        return place < 0 ? block.rows : block.rows.filter((row) => row[place] === chosen());
    }
    const cell = (block, row, name) => {
        const place = block.columns.indexOf(name);
        return place < 0 ? null : row[place];
    };

    // ---- table -----------------------------------------------------------------------------
    function fillTable(block, rows) {
        byId(block.id + "-count").textContent = rows.length + (rows.length === 1 ? " row" : " rows");
        const headRow = byId(block.id + "-head");
        headRow.replaceChildren(...block.shown.map((name) => {
            const th = document.createElement("th");
            th.scope = "col";
            th.textContent = head(name);
            const isNumber = rows.some((row) => typeof cell(block, row, name) === "number");
            if (isNumber) th.className = "n";
            return th;
        }));
        byId(block.id + "-body").replaceChildren(...rows.map((row) => {
            const tr = document.createElement("tr");
            block.shown.forEach((name, place) => {
                const value = cell(block, row, name);
                const td = document.createElement(place ? "td" : "th");
                if (!place) td.scope = "row";
                td.dir = "auto";
                td.textContent = text(name, value);
                if (name === "label" && cell(block, row, "is_basket")) td.textContent += " *";
                if (typeof value === "number") td.className = "n";
                else if (typeof value === "string" && value.length > 48) td.className = "long";
                else if (/^\d{4}-\d\d-\d\d$/.test(value)) td.className = "day";
                if (place && value === null && name === block.value) {
                    td.className = "n none";
                    td.textContent = "no number";
                }
                tr.append(td);
            });
            return tr;
        }));
    }

    // ---- CSV -------------------------------------------------------------------------------
    function csvCell(value) {
        if (value === null) return "";
        let written = String(value);
        // a spreadsheet would take it for a formula
        if (typeof value === "string" && /^[=+\-@\t\r]/.test(written)) written = "'" + written;
        return /[",\n\r]/.test(written) ? '"' + written.replaceAll('"', '""') + '"' : written;
    }
    function download(block) {
        const lines = [block.columns, ...rowsOf(block)].map((row) => row.map(csvCell).join(","));
        const link = document.createElement("a");
        link.href = URL.createObjectURL(new Blob([lines.join("\r\n") + "\r\n"], { type: "text/csv" }));
        const key = chosen() ? "_" + chosen() : "";
        link.download = block.id + key + "_" + data.release + ".csv";
        link.click();
        URL.revokeObjectURL(link.href);
    }

    // ---- charts ----------------------------------------------------------------------------
    const { option, sizeOf } = blockCharts({ data, cell, rowsOf, text, head, isShare, isMoney, whole, dark, narrow, colour });
    const charts = {};
    function draw(id, kind, block, rows) {
        const box = byId(id);
        const [height, width] = sizeOf(kind, block, rows);
        box.style.height = height + "px";
        box.style.minWidth = width ? width + "px" : "";
        charts[id] ??= echarts.init(box, null, { renderer: "canvas" });
        charts[id].resize();
        charts[id].setOption(option(kind, block, rows), true);
    }
    // the values to pick from are those of the chosen key; a value that is still there stays
    function picked(block, rows) {
        if (!block.pick) return rows;
        const select = byId(block.id + "-pick");
        const values = [...new Set(rows.map((row) => cell(block, row, block.pick)))];
        const value = values.includes(select.value) ? select.value : values[0];
        select.replaceChildren(...values.map((one) => new Option(one, one, false, one === value)));
        // a star says what the chart alone would not
        byId(block.id + "-pick-line").hidden = values.length < 2 && !values[0].endsWith("*");
        return rows.filter((row) => cell(block, row, block.pick) === value);
    }
    function renderBlock(block) {
        if (!block.rows.length) return;
        const rows = rowsOf(block);
        byId(block.id + "-empty").hidden = rows.length > 0;
        byId(block.id + "-details").hidden = rows.length === 0;
        if (rows.length) fillTable(block, rows);
        if (!block.chart) return;
        const frames = [byId(block.id + "-frame"), byId(block.id + "-grid-frame"), byId(block.id + "-pick-line")];
        for (const frame of frames) if (frame) frame.hidden = rows.length === 0;
        if (!rows.length) return;
        if (block.grid) draw(block.id + "-grid", "grid", block, rows);
        const shown = picked(block, rows);
        draw(block.id + "-chart", block.chart, block, block.chart === "bars" ? shown.slice(0, block.limit) : shown);
    }
    function render() {
        data.blocks.forEach(renderBlock);
    }

    // ---- the chosen key: in the address, so that it can be sent ------------------------------
    function readAddress() {
        const select = byId("key");
        if (!select) return;
        const wanted = new URLSearchParams(location.hash.slice(1)).get("key") ?? data.firstKey;
        const known = [...select.options].some((option) => option.value === wanted);
        if (known) select.value = wanted;
    }
    byId("key")?.addEventListener("input", () => {
        history.replaceState(null, "", "#key=" + encodeURIComponent(chosen()));
        render();
    });
    byId("choice")?.addEventListener("submit", (event) => event.preventDefault());
    for (const block of data.blocks) byId(block.id + "-pick")?.addEventListener("input", () => renderBlock(block));
    for (const block of data.blocks) byId(block.id + "-csv")?.addEventListener("click", () => download(block));
    addEventListener("hashchange", () => { readAddress(); render(); });
    dark.addEventListener("change", render);
    addEventListener("resize", render);
    addEventListener("beforeprint", () => {
        document.querySelectorAll("details.block-table").forEach((details) => details.setAttribute("open", ""));
    });
    readAddress();
    render();
    document.documentElement.dataset.rendered = "yes";
})();
